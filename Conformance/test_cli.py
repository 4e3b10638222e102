"""The command line as scripts and people use it."""

import json
import os
import pty
import select
import signal
import subprocess
import time

import pytest

from lares_server import MODELS, PROGRAM, must_run, run

COMMANDS = ["serve", "run", "pull", "import", "list", "show", "rm", "bench", "keys"]


@pytest.mark.parametrize("command", [[], *[[c] for c in COMMANDS], ["keys", "add"], ["keys", "list"], ["keys", "revoke"]])
def test_help_is_everywhere(home, command):
    text = must_run([*command, "--help"], home)
    assert "USAGE" in text.upper() and len(text.splitlines()) > 4


def test_help_names_every_command(home):
    text = must_run(["--help"], home)
    assert all(command in text for command in COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_are_completions(home, shell):
    assert "lares" in must_run(["--generate-completion-script", shell], home)


def test_list_and_show_as_json(home):
    models = {m["name"]: m for m in json.loads(must_run(["list", "--json"], home))}
    assert {"smollm2", "minilm"} <= set(models)
    shown = json.loads(must_run(["show", "smollm2", "--json"], home))
    assert shown["name"] == "smollm2" and shown["sha256"] == models["smollm2"]["sha256"]
    assert (MODELS / "smollm2.gguf").stat().st_size in shown.values()


def test_list_and_show_for_people(home):
    assert "smollm2" in must_run(["list"], home) and "smollm2" in must_run(["show", "smollm2"], home)


def test_chinese_is_spoken_where_it_is_asked_for(home):
    assert any("\u4e00" <= c <= "\u9fff" for c in must_run(["show", "smollm2", "--lang", "zh"], home))


def test_import_and_rm(tmp_path, home):
    from hostile_files import model

    (tmp_path / "tiny.gguf").write_bytes(model(tmp_path))
    made = json.loads(must_run(["import", str(tmp_path / "tiny.gguf"), "--name", "tiny", "--json"], tmp_path))
    assert made["name"] == "tiny"
    blobs = list((tmp_path / "blobs").glob("sha256-*"))
    assert len(blobs) == 1 and blobs[0].name == f"sha256-{made['sha256']}"
    must_run(["rm", "tiny"], tmp_path)
    assert json.loads(must_run(["list", "--json"], tmp_path)) == [] and not list((tmp_path / "blobs").glob("sha256-*"))


def test_the_same_file_twice_is_stored_once(tmp_path):
    from hostile_files import model

    (tmp_path / "tiny.gguf").write_bytes(model(tmp_path))
    for name in ("one", "two"):
        must_run(["import", str(tmp_path / "tiny.gguf"), "--name", name], tmp_path)
    assert len(list((tmp_path / "blobs").glob("sha256-*"))) == 1
    must_run(["rm", "one"], tmp_path)
    assert len(list((tmp_path / "blobs").glob("sha256-*"))) == 1


def test_a_missing_model_is_an_error_that_names_it(home):
    for arguments in (["show", "nothing-here"], ["rm", "nothing-here"], ["run", "nothing-here", "hi"], ["bench", "nothing-here"]):
        result = run(arguments, home)
        assert result.returncode == 66 and "nothing-here" in result.stderr and not result.stdout


@pytest.mark.parametrize("name", ["../up", "a/b", "", "a b", "x" * 300, "\n", "-x", "sha256:../../x"])
def test_names_that_are_paths_are_refused(tmp_path, name):
    result = run(["import", str(MODELS / "smollm2.gguf"), f"--name={name}"], tmp_path)
    assert result.returncode > 0 and not list(tmp_path.glob("blobs/*"))


@pytest.mark.parametrize("source", ["http://127.0.0.1:1/x.gguf", "https://localhost/x.gguf", "https://169.254.169.254/latest/x.gguf", "https://[::1]/x.gguf",
                                    "https://0.0.0.0/x.gguf", "https://10.0.0.1/x.gguf", "ftp://example.org/x.gguf", "file:///etc/passwd", "hf:../../x", "/nothing/there.gguf"])  # fmt: skip
def test_pull_refuses_what_is_not_a_public_model(tmp_path, source):
    result = run(["pull", source], tmp_path, timeout=30)
    assert result.returncode > 0 and result.stderr.strip()


def test_pull_takes_a_path(tmp_path):
    from hostile_files import model

    (tmp_path / "tiny.gguf").write_bytes(model(tmp_path))
    assert json.loads(must_run(["pull", str(tmp_path / "tiny.gguf"), "--name", "tiny", "--json"], tmp_path))["name"] == "tiny"


def test_run_answers_once(home):
    result = run(["run", "smollm2", "--temperature", "0", "--max-tokens", "16", "The capital of France?"], home)
    assert result.returncode == 0 and result.stdout.strip()
    assert result.stdout == must_run(["run", "smollm2", "--temperature", "0", "--max-tokens", "16", "The capital of France?"], home)


def test_run_reads_what_is_piped_in(home):
    assert must_run(["run", "smollm2", "--temperature", "0", "--max-tokens", "8"], home, stdin="Say hello.").strip()


def test_bench_as_json(home):
    values = json.loads(must_run(["bench", "smollm2", "--json", "--prompt", "32", "--decode", "8", "--runs", "1"], home))
    assert values["prompt_tokens_per_second"] > 0 and values["decode_tokens_per_second"] > 0


def test_keys_live_and_die(tmp_path):
    made = json.loads(must_run(["keys", "add", "kitchen", "--json"], tmp_path))
    assert made["secret"].startswith("lares_") and len(made["secret"]) > 30
    listed = must_run(["keys", "list", "--json"], tmp_path)
    assert [k["name"] for k in json.loads(listed)] == ["kitchen"] and made["secret"] not in listed
    must_run(["keys", "revoke", "kitchen"], tmp_path)
    assert run(["keys", "revoke", "nobody"], tmp_path).returncode > 0


def test_an_unknown_option_is_64(home):
    assert run(["list", "--nonsense"], home).returncode == 64


def test_a_port_in_use_is_said_plainly(server, home):
    result = run(["serve", "--port", str(server.port)], home, timeout=30)
    assert result.returncode > 0 and str(server.port) in result.stderr


class Conversation:
    """`lares run` at a terminal."""

    def __init__(self, home, *arguments):
        self.main, child = pty.openpty()
        environment = dict(os.environ, LARES_HOME=str(home), LANG="C.UTF-8", TERM="xterm")
        self.process = subprocess.Popen([str(PROGRAM), "run", *arguments], stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True)
        os.close(child)
        self.said = ""

    def wait_for(self, test, seconds=40):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.main], [], [], 0.1)[0]:
                try:
                    self.said += os.read(self.main, 4096).decode(errors="replace")
                except OSError:
                    break
            if test(self.said):
                return self.said
        raise AssertionError(f"not seen within {seconds} s: {self.said[-500:]!r}")

    def type(self, text):
        self.said = ""
        os.write(self.main, text.encode())

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.main)


def test_control_c_stops_the_answer_and_not_the_program(home):
    talk = Conversation(home, "smollm2", "--max-tokens", "2000")
    try:
        talk.wait_for(lambda said: ">>> " in said)
        talk.type("Write a very long story about a lighthouse.\n")
        talk.wait_for(lambda said: len(said) > 120)
        os.killpg(talk.process.pid, signal.SIGINT)
        talk.said = ""
        talk.wait_for(lambda said: ">>> " in said, seconds=10)
        assert talk.process.poll() is None
        talk.type("Say hello.\n")
        talk.wait_for(lambda said: said.count(">>> ") >= 1 and len(said) > 20)
        talk.type("/bye\n")
        assert talk.process.wait(timeout=20) == 0
    finally:
        talk.close()
