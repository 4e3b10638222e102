"""A current ClickHouse engine (PyPI's chdb, in this process) behind as much of the HTTP interface as Lares uses.

    python city_engine.py PORT      serves until its standard input ends
"""

import http.server
import os
import re
import shutil
import sys
import tempfile
import threading
import urllib.parse


class Engine:
    """One session. Statements are carried out one after the other: the engine in a process has one current database."""

    def __init__(self, folder):
        # It takes the configuration of a server from the folder it starts in, if there is one.
        os.chdir(folder)
        from chdb import session

        self.folder = folder
        self.session = session.Session(folder + "/data")
        self.lock = threading.Lock()
        self.count = 0

    def run(self, statement, body, database):
        with self.lock:
            self.session.query(f"USE {database or 'default'}")
            if body:
                return self.insert(statement, body)
            result = self.session.query(statement, "RowBinary")
            return bytes(result.bytes()) if result is not None else b""

    def insert(self, statement, body):
        table = re.fullmatch(r"INSERT INTO (\w+) FORMAT Native", statement).group(1)
        self.count += 1
        path = f"{self.folder}/{self.count}.native"
        with open(path, "wb") as file:
            file.write(body)
        try:
            columns = self.session.query(f"DESCRIBE file('{path}', Native)", "TSV").bytes().decode()
            names = ", ".join(line.split("\t")[0] for line in columns.splitlines())
            self.session.query(f"INSERT INTO {table} ({names}) SELECT {names} FROM file('{path}', Native)")
        finally:
            os.unlink(path)
        return b""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
        try:
            if "query" in asked:
                status, answer = 200, self.engine.run(asked["query"], body, asked.get("database"))
            else:
                status, answer = 200, self.engine.run(body.decode(), b"", asked.get("database"))
        except Exception as error:  # the engine's own, of no common type
            status, answer = 500, str(error).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def main(port):
    folder = tempfile.mkdtemp(prefix="lares-engine-")
    Handler.engine = Engine(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(Handler.engine.run("SELECT version() FORMAT TSV", b"", None).decode().strip(), flush=True)
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    # Threads of the engine would keep the process.
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
