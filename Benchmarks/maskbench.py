"""Prints the cases of MaskBench (the `maskbench` folder of JSONSchemaBench) for the `maskbench` program: a schema or an instance a line.

    python Benchmarks/maskbench.py .build/jsonschemabench | .build/benchmarks/release/maskbench .build/models/smollm2.gguf
"""

import json
import pathlib
import sys


def text(value):
    """As Python writes it; halves of surrogate pairs as escapes."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")


def main():
    folder = pathlib.Path(sys.argv[1]) / "maskbench/data"
    files = sorted(folder.glob("*.json"))
    if not files:
        raise SystemExit(f"maskbench: no schemas in {folder}: is that a checkout of guidance-ai/jsonschemabench?")
    for file in files:
        case = json.loads(file.read_bytes())
        sys.stdout.buffer.write(b"S " + text(case["schema"]) + b"\n")
        for test in case["tests"]:
            sys.stdout.buffer.write((b"V " if test["valid"] else b"I ") + text(test["data"]) + b"\n")


if __name__ == "__main__":
    main()
