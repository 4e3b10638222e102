"""The corpus of the rows of word vectors: the text of two free dictionaries of Debian, GCIDE (Webster 1913 and later entries) and WordNet 3.0.

    python Benchmarks/words_corpus.py FOLDER

Fetches the packages with apt-get, unpacks them into FOLDER without installing, and writes FOLDER/corpus.txt: an entry a line, lower-case
words of letters, spaces between.
"""

import gzip
import pathlib
import re
import subprocess
import sys

PACKAGES = {"dict-gcide": "gcide", "dict-wn": "wn"}
MARKS = re.compile(r"\[(?:1913 Webster|WordNet 1\.5|PJC|GCIDE|Webster 1913 Suppl\.)[^]]*\]|\\[^\\\n]*\\|[{}]")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


def fetch(folder, package):
    if not list(folder.glob(f"{package}_*.deb")):
        done = subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: could not fetch the Debian package {package}: {done.stderr.strip()}")
    subprocess.run(["dpkg", "-x", next(folder.glob(f"{package}_*.deb")), folder / "unpacked"], check=True)


def entries(path):
    """Entries begin at the left margin; what belongs to them is indented."""
    entry = []
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for line in file:
            if entry and line[0] not in " \t\n":
                yield "".join(entry)
                entry = []
            entry.append(line)
    yield "".join(entry)


def corpus(folder):
    """The path of the corpus; made when it isn't there."""
    folder = pathlib.Path(folder)
    path = folder / "corpus.txt"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        fetch(folder, package)
    part = path.with_suffix(".part")
    with open(part, "w") as out:
        for name in PACKAGES.values():
            for entry in entries(folder / f"unpacked/usr/share/dictd/{name}.dict.dz"):
                words = WORD.findall(MARKS.sub(" ", entry).lower())
                if len(words) > 1:
                    print(" ".join(words), file=out)
    part.rename(path)
    return path


if __name__ == "__main__":
    print(corpus(sys.argv[1]))
