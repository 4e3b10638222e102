"""The tutorials, typed: every command of docs/tutorials runs and leaves what the text says it does. Some take minutes and are `long`."""

import json
import re

import pytest

from lares_server import ROOT
from tutorial import TUTORIALS, Shell, blocks

NAMES = sorted(path.stem for path in TUTORIALS.glob("*.md") if not path.stem.endswith(".zh-CN"))
# Whose code a tutorial's fragments of Swift are; the code of train-a-network is a test of its own (TutorialTests.swift).
EXAMPLES = {"sequences": "Dates", "tiny-gpt": "TinyGPT", "word-vectors": "WordVectors"}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_code(name):
    english, chinese = blocks(TUTORIALS / f"{name}.md"), blocks(TUTORIALS / f"{name}.zh-CN.md")
    assert [block.language for block in english] == [block.language for block in chinese]
    for ours, theirs in zip(english, chinese):
        if ours.language:  # what programs write is shown in the reader's language
            without_remarks = lambda block: [re.sub(r"\s+(#|//) .*", "", line) for line in block.lines]
            assert without_remarks(ours) == without_remarks(theirs)


@pytest.mark.parametrize("name", NAMES)
def test_swift_is_that_of_the_example(name):
    source = lambda path: " ".join(path.read_text().split())
    for block in blocks(TUTORIALS / f"{name}.md"):
        if block.language == "swift" and name in EXAMPLES:
            code = source(ROOT / f"Examples/Sources/{EXAMPLES[name]}/main.swift")
            for line in block.lines:
                fragment = " ".join(re.sub(r"\s*// .*", "", line).split())
                assert fragment in code, f"{EXAMPLES[name]} has no {fragment!r}"


@pytest.mark.parametrize("name", NAMES)
def test_paths_that_are_named_are_there(name):
    for path in (TUTORIALS / f"{name}.md", TUTORIALS / f"{name}.zh-CN.md"):
        for target, anchor in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", path.read_text()):
            assert (TUTORIALS / target).exists(), f"{path.name} leads to {target}"
            headings = re.findall(r"^#+ (.*)$", (TUTORIALS / target).read_text(), re.M) if anchor else []
            assert not anchor or anchor in [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings], f"{path.name}: {target}#{anchor}"


def test_train_a_network(tmp_path):
    with Shell(tmp_path) as shell:
        written = shell.run(TUTORIALS / "train-a-network.md")
    card = json.loads((tmp_path / "heating/card.json").read_text())
    assert card["metrics"]["test"]["accuracy"] > 0.97 and len(card["data"]["sha256"]) == 64 and (tmp_path / "heating/network.safetensors").exists()
    assert "accuracy" in written["lares train heating.json"]
    jobs = [output for command, output in written.items() if "/jobs" in command]
    assert len(jobs) == 3 and json.loads(jobs[0])["id"] and "finished" in jobs[1] and json.loads(jobs[2])["id"], jobs
    data = next(output for command, output in written.items() if "/lares/v1/data" in command)
    assert "heating.csv" in data or '"rows"' in data, data
    assert not shell.skipped


SWIFT = "the examples are built and run by scripts/examples"


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_tiny_gpt(tmp_path):
    (tmp_path / "letters.txt").write_text((ROOT / "LICENSE").read_text())
    left_out = {"venv llama": "make bench ONLY=learn compares the two", "llama/bin/python": "make bench ONLY=learn compares the two", "swift run": SWIFT}
    with Shell(tmp_path, smaller={"language tune": "--steps 3"}, left_out=left_out) as shell:
        written = shell.run(TUTORIALS / "tiny-gpt.md")
    assert "bible.txt" in next(output for command, output in written.items() if command.startswith("wc"))
    answers = [output for command, output in written.items() if "completions" in command]
    assert len(answers) == 2 and all(len(answer.strip()) > 20 and answer.isascii() for answer in answers), answers
    assert (tmp_path / "mine.gguf").stat().st_size > 100 << 20
    print("\n".join(["after 500 steps it goes on:", *(answer.rstrip() for answer in answers)]))


@pytest.mark.long
@pytest.mark.timeout(1_800)
def test_word_vectors(tmp_path):
    with Shell(tmp_path, left_out={"swift run": SWIFT}) as shell:
        written = shell.run(TUTORIALS / "word-vectors.md")
    output = lambda part: next(output for command, output in written.items() if part in command)
    assert "queen" in output("analogy words.safetensors")
    assert len(output("nearest words.safetensors").strip().splitlines()) >= 5
    assert "king" in output("nearest pieces.safetensors") or "queen" in output("nearest pieces.safetensors"), output("nearest pieces.safetensors")
    spearman = float(re.search(r"0\.\d+", output("words evaluate"))[0])
    assert spearman > 0.5, output("words evaluate")
    assert float(output("pets.safetensors 猫 狗")) > 0.3
    assert len(json.loads(output("nearest?word=king"))["words"]) == 5 and len(json.loads(output("analogy?a=man"))["words"]) == 3
    print(output("words evaluate").rstrip())


@pytest.mark.long
@pytest.mark.timeout(900)
def test_sequences(tmp_path):
    parts = [(f"nr. {number} {letter}", f"P-{number:05}/{letter.upper()}") for number in range(7_000, 8_000, 3) for letter in "abcdef"]
    (tmp_path / "parts.tsv").write_text("".join(f"{text}\t{name}\n" for text, name in parts))
    left_out = {"Benchmarks --scratch-path": "make bench ONLY=sequences and ONLY=g2p run it", "swift run": SWIFT, "pip download": "make bench ONLY=g2p fetches it"}
    with Shell(tmp_path, left_out=left_out) as shell:
        written = shell.run(TUTORIALS / "sequences.md")
    assert next(output for command, output in written.items() if "translate ask" in command).strip() == "P-07731/B"
    answer = json.loads(next(output for command, output in written.items() if "/infer" in command))
    assert answer["outputs"][0]["data"] == ["P-07731/B"]
    assert not (tmp_path / "parts.checkpoint").exists() and (tmp_path / "parts.safetensors").exists()
