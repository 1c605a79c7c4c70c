"""A folder of its own for each check, and the ways to drive the binary in it."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Skip(Exception):
    """The check cannot run here; the text says why."""


class Answer:
    """Status, headers and body of one HTTP answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """A running `saekin serve`."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log
        self.url = f"http://127.0.0.1:{port}"

    def request(self, method, path, body=None, headers=None, timeout=20):
        """One request; `body` may be bytes, text or anything JSON can hold."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body, ensure_ascii=False)
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def get(self, path, **parameters):
        if parameters:
            path += "?" + urllib.parse.urlencode(parameters)
        return self.request("GET", path)

    def search(self, query, **parameters):
        answer = self.get("/api/v1/search", q=query, **parameters)
        assert answer.status == 200, (answer.status, answer.body[:500])
        return answer.json

    def stop(self):
        """Asks the server to stop and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Workplace:
    """One check's folder, removed afterwards; servers it started are killed."""

    def __init__(self, binary):
        self.binary = str(pathlib.Path(binary).resolve())
        self.servers = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="saekin-check-"))
        self.data = self.folder / "data"
        return self

    def __exit__(self, *_):
        for server in self.servers:
            if server.process.poll() is None:
                server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments, status=0, stdin=None, timeout=300):
        """Runs `saekin` to its end, demands the exit status, and returns the finished process."""
        finished = subprocess.run(
            [self.binary, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=timeout)
        assert finished.returncode == status, (
            f"exit {finished.returncode} instead of {status}: {arguments}\n{finished.stdout[-2000:]}"
            f"\n{finished.stderr[-2000:]}")
        return finished

    def start(self, *arguments, **options):
        """Starts `saekin` in the background."""
        return subprocess.Popen([self.binary, *map(str, arguments)], **options)

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def serve(self, data=None, *arguments):
        """Starts a server on a free port and waits until it is ready."""
        log = self.folder / f"serve-{len(self.servers)}.log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [self.binary, "serve", "--data", str(data or self.data), "--port", "0", *arguments],
                stdout=output, stderr=output)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            port = re.search(r"http://[\w.]+:(\d+)", log.read_text(errors="replace"))
            if port:
                server = Server(process, int(port.group(1)), log)
                self.servers.append(server)
                with contextlib.suppress(OSError, urllib.error.URLError):
                    if server.get("/health/ready").status == 200:
                        return server
            assert process.poll() is None, f"serve ended: {log.read_text(errors='replace')}"
            time.sleep(0.05)
        raise AssertionError(f"serve is not ready: {log.read_text(errors='replace')}")


def product_lines(products):
    """Products as JSON lines."""
    return "".join(json.dumps(product, ensure_ascii=False) + "\n" for product in products)


def shared_corpora():
    """The folder of real catalogues beside the project, where it is."""
    folder = pathlib.Path(os.environ.get("SAEKIN_SHARED", ROOT.parent / "shared")) / "corpora"
    if not folder.is_dir():
        raise Skip("the real catalogues are not beside the project")
    return folder
