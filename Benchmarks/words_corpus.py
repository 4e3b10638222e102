"""The corpus of the rows of word vectors: the text of two free dictionaries of Debian, GCIDE (Webster 1913 and later entries) and WordNet 3.0.

    python Benchmarks/words_corpus.py FOLDER

Fetches the packages with apt-get, unpacks them into FOLDER without installing, and writes FOLDER/corpus.txt: an entry a line, lower-case
words of letters, spaces between.
"""

import gzip
import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

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


# Google's word2vec.c (Apache-2.0), as the Python package word2vec carries it.
ORIGINAL, ORIGINAL_SHA256 = "word2vec-0.11.1", "222d8ffb47f385c43eba45e3f308e605fc9736b2b7137d74979adf1a31e7c8b4"


def original(folder):
    """The program word2vec.c, compiled as its makefile says; fetched from the package index when it isn't there, never installed."""
    folder = pathlib.Path(folder)
    program, archive = folder / "word2vec", folder / f"{ORIGINAL}.tar.gz"
    if program.exists():
        return program
    if not archive.exists():
        name, version = ORIGINAL.rsplit("-", 1)
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "-d", str(folder), f"{name}=={version}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: could not fetch the Python package {name} {version}: {done.stderr.strip()[-500:]}")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != ORIGINAL_SHA256:
        raise SystemExit(f"bench: {archive} is another file than the one these rows were made with: remove it and try again")
    with tarfile.open(archive) as files:
        (folder / "word2vec.c").write_bytes(files.extractfile(f"{ORIGINAL}/word2vec/includes/word2vec.c").read())
    compiler = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)
    if compiler is None:
        raise SystemExit("bench: no C compiler found, which word2vec.c needs: install gcc.")
    command = [compiler, str(folder / "word2vec.c"), "-o", str(program), "-lm", "-pthread", "-O3", "-march=native", "-w", "-funroll-loops"]
    subprocess.run(command, check=True)
    return program


if __name__ == "__main__":
    print(corpus(sys.argv[1]))
