"""Translators: learnt from pairs, published, asked over KServe V2, and the errors of each."""

import hashlib
import json

import httpx
import pytest

from lares_server import Server, must_run, run

MONTHS = ["January", "May", "December"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A translator of a few months' days."""
    folder = tmp_path_factory.mktemp("translate")
    pairs = [(f"{day} {month} {year}", f"{year}-{number:02}-{day:02}") for number, month in zip((1, 5, 12), MONTHS) for day in range(1, 29) for year in range(1990, 2010)]
    (folder / "dates.tsv").write_text("".join(f"{text}\t{iso}\n" for text, iso in pairs))
    answer = json.loads(must_run(["translate", "train", str(folder / "dates.tsv"), "-o", str(folder / "dates.safetensors"), "--epochs", "20", "--width", "64", "--learning-rate", "0.006", "--json"], folder))
    assert answer["pairs"] == len(pairs) and answer["exact"] > 90, answer
    return folder


def test_it_writes_what_it_has_not_seen(place):
    assert must_run(["translate", "ask", str(place / "dates.safetensors"), "17 May 1999", "3 December 2004"], place).split() == ["1999-05-17", "2004-12-03"]


def test_it_is_served_as_a_version(place):
    must_run(["registry", "publish", str(place / "dates.safetensors"), "dates", "--promote"], place)
    with Server(place, models=None) as server, httpx.Client(base_url=server.url) as http:
        def ask(*texts):
            return http.post("/v2/models/dates/infer", json={"inputs": [{"name": "text", "shape": [len(texts)], "datatype": "BYTES", "data": list(texts)}]})

        assert ask("17 May 1999", "3 December 2004").json()["outputs"][0]["data"] == ["1999-05-17", "2004-12-03"]
        assert http.get("/v2/models/dates").json()["inputs"][0]["datatype"] == "BYTES"
        # Letters that no pair had are read as the unknown one, and the texts beside are as they are alone.
        mixed = ask("17 Mai! 1999", "3 December 2004")
        assert mixed.status_code == 200 and mixed.json()["outputs"][0]["data"][1] == "2004-12-03"
        for text in ("", "9" * 3_000):
            answer = ask(text)
            assert answer.status_code == 400 and answer.json()["error"], text
        assert ask("1 May 2000").status_code == 200
        assert http.get("/networks/dates").status_code == 200


def test_its_card_says_what_it_learnt_from_and_how_well(place):
    """And is taken rather than a card.json of something else in the same folder."""
    (place / "card.json").write_text('{"summary": "of another"}')
    card = json.loads((place / "dates.card.json").read_text())
    assert card["data"] == {"file": "dates.tsv", "sha256": hashlib.sha256((place / "dates.tsv").read_bytes()).hexdigest()}
    arguments = ["registry", "publish", str(place / "dates.safetensors"), "carded", "--licence", "CC0-1.0", "--json"]
    version = json.loads(must_run(arguments, place))["versions"][0]
    assert version["card"]["metrics"]["validation exact"] > 0.9 and version["card"]["licence"] == "CC0-1.0"
    assert "1680 pairs" in version["card"]["summary"] and version["data_sha256"] == card["data"]["sha256"]
    shown = must_run(["registry", "show", "carded"], place)
    assert "Written exactly, validation data: " in shown and "%" in shown


@pytest.mark.parametrize("content, words", [("", "no pairs"), ("one side\n", "line 1"), ("a\tb\na\t\n", "line 2"), ("a\tb\tc\n", "line 1"), (b"a\t\xff\n", "UTF-8")])
def test_pairs_that_are_wrong_are_named(tmp_path, content, words):
    (tmp_path / "p.tsv").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run(["translate", "train", str(tmp_path / "p.tsv"), "-o", str(tmp_path / "x")], tmp_path)
    assert result.returncode != 0 and words in result.stderr and not (tmp_path / "x").exists()


def test_a_file_that_was_cut_is_neither_read_nor_published(place, tmp_path):
    (tmp_path / "t").write_bytes((place / "dates.safetensors").read_bytes()[:-9])
    for arguments in (["translate", "ask", str(tmp_path / "t"), "1 May 2000"], ["registry", "publish", str(tmp_path / "t"), "cut"]):
        result = run(arguments, place)
        assert result.returncode != 0 and result.stderr
