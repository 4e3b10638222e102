"""Golden values of YAML: what PyYAML's own parser (the one in Python, not libyaml) and the core schema of YAML 1.2.2 make of texts.

    python3 scripts/golden/yaml_cases.py > Tests/LaresYAMLTests/Golden/yaml.json

Needs PyYAML (6.0). Texts that aren't plain data (anchors, tags, keys that aren't texts, several documents) and texts with mistakes are "refused".
"""
import json
import math
import random
import re
import sys

import yaml


class Refused(Exception):
    pass


def plain(text):
    """Section 10.3.2 of YAML 1.2.2."""
    if re.fullmatch(r"|~|null|Null|NULL", text):
        return None
    if re.fullmatch(r"true|True|TRUE", text):
        return True
    if re.fullmatch(r"false|False|FALSE", text):
        return False
    if re.fullmatch(r"[-+]?[0-9]+", text, re.A):
        return whole(int(text))
    if re.fullmatch(r"0o[0-7]+", text):
        return whole(int(text[2:], 8), exact=True)
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return whole(int(text[2:], 16), exact=True)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text, re.A):
        number = float(text)
        if math.isinf(number):
            raise Refused
        return number
    if re.fullmatch(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN", text):
        raise Refused
    return text


def whole(number, exact=False):
    if -(2**63) <= number < 2**63:
        return number
    if exact:
        raise Refused
    return float(number)


def value(events):
    event = next(events)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
        raise Refused
    if isinstance(event, yaml.ScalarEvent):
        return plain(event.value) if event.style is None else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        elements = []
        while not isinstance(events.peek, yaml.SequenceEndEvent):
            elements.append(value(events))
        next(events)
        return elements
    members = {}
    while not isinstance(events.peek, yaml.MappingEndEvent):
        key = value(events)
        if not isinstance(key, str) or key in members:
            raise Refused
        members[key] = value(events)
    next(events)
    return members


class Events:
    def __init__(self, text):
        self.events = yaml.parse(text, Loader=yaml.SafeLoader)
        self.peek = next(self.events)

    def __next__(self):
        event, self.peek = self.peek, next(self.events, None)
        return event


def read(text):
    events = Events(text)
    next(events)
    start = next(events)
    if not isinstance(start, yaml.DocumentStartEvent) or start.tags:
        raise Refused
    result = value(events)
    next(events)
    if not isinstance(next(events), yaml.StreamEndEvent):
        raise Refused
    return result


def case(text):
    try:
        return {"yaml": text, "json": read(text)}
    except (Refused, yaml.YAMLError):
        return {"yaml": text, "refused": True}


WORDS = """null Null NULL nUll ~ true True TRUE tRue false False FALSE yes no on off y n 0 00 -0 +0 7 007 -7 +7 1_000 0o17 0o18 0o 0x1F 0xg 0x -0x1F
-0o7 1. .5 -.5 +.5 . .. -. 1.5 1e3 1E3 1e+3 1e-3 1.e3 .5e3 1e 1e+ e3 1e999 -1e999 1e-999 .inf -.Inf +.INF .iNF .nan .NaN -.nan 07:30 22:00:00 190:20:30
2026-01-01 2026-01-01T07:30:00Z 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 0xffffffffffffffff 0x7fffffffffffffff
12e03 1.2.3 1,2 +-1 --1 ++1 +1a sunset-30m 5m hall/lamp/on 50% a:b a#b -a ?a :a =""".split() + ["", "٣", "a b", "a  b", "é", "走廊灯"]

TEXTS = """a: 1
---
a: {b: [1, 2, {c: d}], e: }
---
- - 1
  - 2
- a: x
  b: y
---
a: |
  one
   two

  three
---
a: >-
  one
  two

  three
---
a: "x\\ty\\u00e9\\x41\\n"
---
a: 'it''s'
---
"a b": [on, off, yes, no]
---
a: &x 1
b: *x
---
a: !!str 1
---
a: ! x
---
!!map {a: 1}
---
1: a
---
true: a
---
~: a
---
"1": a
---
a: 1
a: 2
---
[a, b]: 1
---
{a: 1}: 1
---
? a
: b
---
? [a]
: b
---
a
b
---
a: b: c
---
a: [1, 2
---
a: }
---
a:
	- b
---
a:
  - b
 - c
---
- a
b: c
---
a: 'x
---
a: "\\q"
---
# only a remark
---
a: 1 # a remark
---
a: 1#none
---
a: @b
---
a: `b`
---
a: %b
---
when: {becomes: hall/motion/motion, to: true, for: 1m30s}
---
when:
- becomes: hall/motion/motion
  to: true
only:
- between: [sunset, sunrise]
then:
- set:
    hall/lamp/on: true
    hall/lamp/brightness: "{{ level }}"
- after: 5m
  then: [{set: {hall/lamp/on: false}}]
mode: restart
---
a: {{ level }}
---
<<: {a: 1}
---
a: -
---
a: - b
---
- 
-
---
a: ,
---
[,]
---
[a,,b]
---
{a, b: 1}
---
{a: 1, }
---
a: [x: 1, y]
---
'a': 1
"b": 2""".split("\n---\n")

EXTRA = ["", "\n", "---\n", "---\na: 1\n...\n", "a: 1\n---\nb: 2\n", "%YAML 1.2\n---\na: 1\n", "%YAML 1.1\n---\na: 1\n", "%YAML 2.0\n---\na: 1\n",
         "%TAG ! tag:x,2000:\n---\na: 1\n", "a: 1\r\nb: 2\r\n", "\ta: 1", "a: \x01", "a: \u2028b", "--- a", "--- |\n a\n", "a: >\n  x\n   y\n  z\n"]


def random_value(rng, depth=0):
    kind = rng.random()
    if depth < 4 and kind < 0.25:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if depth < 4 and kind < 0.6:
        return {random_text(rng): random_value(rng, depth + 1) for _ in range(rng.randrange(5))}
    return rng.choice([None, True, False, rng.randrange(-1000, 1000), rng.uniform(-10, 10), rng.uniform(-1, 1) * 10 ** rng.randrange(-30, 30),
                       random_text(rng), random_text(rng), random_text(rng)])


def random_text(rng):
    if rng.random() < 0.4:
        return rng.choice(WORDS)
    return "".join(rng.choice("ab /:-#?,[]{}&*!|>'\"%@`\\ \n\té走0.5") for _ in range(rng.randrange(8)))


def random_cases():
    rng = random.Random(22)
    for _ in range(300):
        options = {"default_flow_style": rng.choice([True, False, None]), "default_style": rng.choice([None, None, None, "'", '"', "|", ">"]),
                   "allow_unicode": rng.choice([True, False]), "width": rng.choice([20, 80]), "indent": rng.choice([2, 4]),
                   "explicit_start": rng.choice([True, False]), "sort_keys": False}
        yield yaml.dump(random_value(rng), Dumper=yaml.SafeDumper, **options)


texts = [f"a: {word}" for word in WORDS] + [f"- {word}\n" for word in WORDS[:40]] + TEXTS + EXTRA + list(random_cases())
cases = [case(text) for text in texts]
json.dump({"made": f"PyYAML {yaml.__version__}", "cases": cases}, sys.stdout, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
print()
