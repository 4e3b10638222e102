"""In which languages, schemes and widths pages are looked at: everything takes a second for each page, so only `make conformance` looks at it."""

import itertools
import os

LONG = bool(os.environ.get("LARES_LONG"))
LANGUAGES = ["en", "zh"]
SCHEMES = ["light", "dark"]
LOOKS = list(itertools.product(LANGUAGES, SCHEMES, [1280, 390])) if LONG else [("en", "light", 1280), ("zh", "dark", 390)]
SIZES = list(itertools.product(LANGUAGES, [1280, 390, 320])) if LONG else [("en", 390)]
