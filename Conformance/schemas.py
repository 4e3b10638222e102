"""Real schemas, answered by the real program and held against them by `jsonschema`.

    python Conformance/schemas.py FOLDER [--count 500] [--answers 3] [--max-tokens 500]

Takes the schemas of the folder in an order of chance until `--count` of them have answers that ended. A file is a schema, or holds one beside its tests as
those of JSONSchemaBench do. Refused schemas are counted by what they were refused for; an answer that `max_tokens` cut isn't judged. None may be wrong.
"""

import argparse
import collections
import concurrent.futures
import decimal
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import threading

import jsonschema.validators
import openai
import referencing

from lares_server import MODELS, Server, must_run

CALLERS = 16


def schemas(folder, seed):
    """(name, schema) of all files, shuffled."""
    files = sorted(folder.rglob("*.json"))
    random.Random(seed).shuffle(files)
    for file in files:
        content = json.loads(file.read_bytes(), parse_float=decimal.Decimal)
        yield file.stem, content["schema"] if content.keys() >= {"schema", "tests"} else content


class Judge:
    """`jsonschema` with all its formats; numbers are decimal, so that multiples are exact. It fetches nothing."""

    def __init__(self, schema):
        kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
        self.validator = kind(schema, format_checker=kind.FORMAT_CHECKER, registry=referencing.Registry())

    def complaint(self, text):
        """What is wrong with an answer; None if nothing is."""
        try:
            value = json.loads(text, parse_float=decimal.Decimal)
        except ValueError as error:
            return f"no JSON: {error}"
        error = next(self.validator.iter_errors(value), None)
        return error and f"{error.message[:200]} (#/{'/'.join(map(str, error.absolute_schema_path))})"


class Check:
    def __init__(self, client, options):
        self.client, self.options = client, options
        self.found, self.lock = schemas(options.folder, options.seed), threading.Lock()
        self.counts, self.refusals, self.wrong = collections.Counter(), collections.Counter(), []

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(CALLERS) as callers:
            for caller in [callers.submit(self.caller) for _ in range(CALLERS)]:
                caller.result()

    def caller(self):
        while self.counts["schemas answered"] < self.options.count:
            with self.lock:
                name, schema = next(self.found, (None, None))
            if schema is None:
                return
            try:
                answers = [self.ask(name, schema, seed) for seed in range(self.options.answers)]
            except openai.APIStatusError as error:
                if error.status_code not in (400, 413):
                    raise
                self.refused(error.body["message"])
            else:
                self.judge(name, schema, answers)

    def refused(self, message):
        keyword = re.search(r"keyword '(.*)'", message)
        with self.lock:
            self.count("schemas refused")
            self.refusals[keyword[1] if keyword else message.split(";")[0]] += 1

    def count(self, kind):
        self.counts.update([kind, "schemas taken"])
        if self.counts["schemas taken"] % 100 == 0:
            print(f"{self.counts['schemas taken']} taken, {self.counts['schemas answered']} answered", file=sys.stderr, flush=True)

    def ask(self, name, schema, seed):
        content = f"Write an example of {schema.get('title', name)}. {str(schema.get('description', ''))[:300]}"
        form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": json.loads(json.dumps(schema, default=float))}}
        return self.client.chat.completions.create(
            model="smollm2", messages=[{"role": "user", "content": content}], response_format=form, temperature=1, seed=seed, max_tokens=self.options.max_tokens
        )

    def judge(self, name, schema, answers):
        finished = [answer.choices[0].message.content for answer in answers if answer.choices[0].finish_reason == "stop"]
        try:
            judge = Judge(schema)
            complaints = [(name, judge.complaint(text), text) for text in finished]
        except Exception as error:  # a schema that `jsonschema` itself can't read: patterns of other dialects, references to nowhere
            print(f"{name}: {type(error).__name__} {str(error)[:100]!r}", file=sys.stderr)
            with self.lock:
                self.count("schemas without a judge")
            return
        with self.lock:
            self.count("schemas answered" if finished else "schemas with no answer that ended")
            self.counts["answers judged"] += len(finished)
            self.counts["answers cut"] += len(answers) - len(finished)
            self.counts["tokens"] += sum(answer.usage.completion_tokens for answer in answers)
            self.wrong += [complaint for complaint in complaints if complaint[1]]

    def report(self):
        for name in ("schemas taken", "schemas refused", "schemas without a judge", "schemas with no answer that ended", "schemas answered"):
            print(f"{self.counts[name]:7d} {name}")
        for name in ("answers judged", "answers cut", "tokens"):
            print(f"{self.counts[name]:7d} {name}")
        print(f"{len(self.wrong):7d} wrong answers")
        for name, complaint, text in self.wrong[:20]:
            print(f"        {name}: {complaint}: {text[:300]}")
        print("refused for: " + ", ".join(f"{reason} {count}" for reason, count in self.refusals.most_common()))


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--count", type=int, default=500)
    options.add_argument("--answers", type=int, default=3)
    options.add_argument("--max-tokens", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    home = tempfile.mkdtemp(prefix="lares-schemas-")
    try:
        must_run(["import", str(MODELS / "smollm2.gguf"), "--name", "smollm2"], home)
        with Server(home) as server:
            check = Check(openai.OpenAI(base_url=server.url + "/v1", api_key="none-needed", max_retries=0, timeout=600), options)
            check.run()
            check.report()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    sys.exit(1 if check.wrong or check.counts["schemas answered"] < options.count else 0)


if __name__ == "__main__":
    main()
