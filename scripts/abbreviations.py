#!/usr/bin/env python3
"""Writes Home Assistant's abbreviations of discovery options as Sources/LaresThings/Discovery/HomeAssistant/Abbreviations+Table.swift.

    pip download --no-deps --only-binary=:all: --python-version 3.14.2 homeassistant==2026.11.0
    pip download --no-deps homeassistant==2024.3.3
    python3 scripts/abbreviations.py homeassistant-2024.3.3-py3-none-any.whl homeassistant-2026.11.0-py3-none-any.whl

Devices still send names that were dropped since, so older wheels add theirs; the last one wins. Only names are taken, no code.
"""
import ast
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).resolve().parent.parent
TARGET = HERE / "Sources/LaresThings/Discovery/HomeAssistant/Abbreviations+Table.swift"
NAMES = {"ABBREVIATIONS": "options", "DEVICE_ABBREVIATIONS": "device", "ORIGIN_ABBREVIATIONS": "origin"}


def tables(source):
    """The three dictionaries by their names."""
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield target.id, ast.literal_eval(node.value)


def lines(table):
    """Pairs "short=long", as many in a line as fit."""
    line = ""
    for short, long in sorted(table.items()):
        pair = f"{short}={long}"
        if len(line) + len(pair) > 110:
            yield line
            line = ""
        line += (" " if line else "") + pair
    yield line


def main():
    merged = {name: {} for name in NAMES}
    versions = []
    for wheel in map(pathlib.Path, sys.argv[1:]):
        versions.append(re.search(r"homeassistant-([0-9.]+)-", wheel.name)[1])
        for name, table in tables(zipfile.ZipFile(wheel).read("homeassistant/components/mqtt/abbreviations.py")):
            merged.get(name, {}).update(table)
    text = [f"// Made by scripts/abbreviations.py from the names in homeassistant {' and '.join(versions)}; don't edit.", "extension Abbreviations {"]
    for name, table in merged.items():
        text += [f"    /// {len(table)} names.", f"    static let {NAMES[name]} = table(", '        """']
        text += ["        " + line for line in lines(table)] + ['        """)']
    TARGET.write_text("\n".join(text + ["}", ""]))


main()
