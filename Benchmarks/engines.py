"""The engines that `compare`, `segments` and `gate` run: ours by engine-bench, others by the peers' scripts.

Every engine takes `index CORPUS DIR` and `query DIR QUERIES NAME ROUNDS [COMMAND...]` and prints a JSON object a line.
What the peers' setup.sh installs lies in PEERS, outside of the project; their scripts are only read.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
COMMANDS = (
    "or10 and10 or10n and10n phrase10 phrase_count facet_or facet_and count_or count_and".split()
)


class EngineFailure(Exception):
    """An engine did not do what it was asked; the text says which, and what it printed."""


def say(message):
    """Progress, beside the figures on standard output."""
    print(message, file=sys.stderr, flush=True)


def digest(path):
    """Names the content of a file, so that a copy elsewhere is the same corpus and a changed one is not."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:12]


def json_lines(command, log, environment=None, folder=None):
    """Runs a command to its end; the JSON objects among the lines of its standard output."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as errors:
        done = subprocess.run(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env={**os.environ, **(environment or {})},
            cwd=folder,
        )
    output = done.stdout.decode(errors="replace")
    rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not rows:
        told = (log.read_text(errors="replace") + output)[-1500:]
        raise EngineFailure(f"{log.stem} ended with {done.returncode} and {len(rows)} results: {told}")
    return rows


# MARK: Ours


class Ours:
    """engine-bench, of this working copy or of another one."""

    def __init__(self, binary, name="saekin"):
        self.binary, self.name = Path(binary).resolve(), name

    def index(self, corpus, folder, logs, *options):
        """Builds an index in a folder that is made anew, and returns the figures of the build."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        return json_lines(
            [self.binary, "index", corpus, folder, *options], logs / f"{self.name}-index.log"
        )[-1]

    def query(self, folder, queries, corpus_name, rounds, commands, logs):
        """Rows of the commands, as the peers print them."""
        return json_lines(
            [self.binary, "query", folder, queries, corpus_name, rounds, *commands],
            logs / f"{self.name}-query.log",
        )

    @property
    def version(self):
        """Changes whenever the binary does."""
        return digest(self.binary)


def built(folder=PROJECT, scratch=None):
    """engine-bench of a working copy, built in release mode where its sources are newer."""
    command = ["swift", "build", "-c", "release", "--product", "engine-bench"]
    if scratch:
        command += ["--scratch-path", str(scratch)]
    say(f"building: {' '.join(command)}")
    try:
        done = subprocess.run(command, cwd=folder, stdout=sys.stderr, stderr=sys.stderr, check=False)
        if done.returncode != 0:
            raise EngineFailure("the build failed; tools/setup installs what it needs")
        where = subprocess.run(
            [*command, "--show-bin-path"], cwd=folder, capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        raise EngineFailure("swift is not on PATH; --engine-bench names a binary instead") from None
    return Path(where.stdout.strip()) / "engine-bench"


# MARK: Peers


class Peer:
    """A peer engine by its word in the peers' env.sh.

    `probe` succeeds in bash where the engine is installed. `commands` are those it has; `None` means all. Some print
    more rows than were asked for; the reader picks.
    """

    def __init__(self, word, probe, commands=None, environment=None):
        self.word, self.probe, self.commands = word, probe, commands
        self.environment = environment or {}

    def index_name(self, name):
        """The engine whose index this one searches."""
        return name

    def folder(self, root, name):
        return root / self.index_name(name)

    def query(self, peers, root, name, queries, corpus_name, rounds, commands, logs):
        return peers.call(
            self,
            ["query", self.folder(root, name), queries, corpus_name, rounds, *commands],
            logs / f"{name}-query.log",
        )


class Lucene(Peer):
    """Lucene is compared with its index merged to one segment, as ours is."""

    def query(self, peers, root, name, queries, corpus_name, rounds, commands, logs):
        # LuceneBench measures DIR/many and DIR/one, and leaves `many` out where it has one segment. It is given the
        # merged index as both, so that no time goes into, and no profile comes from, the other.
        merged, shown = self.folder(root, name) / "one", root / f"{self.index_name(name)}-merged"
        shown.mkdir(exist_ok=True)
        for link in (shown / "one", shown / "many"):
            if not link.exists():
                link.unlink(missing_ok=True)
                link.symlink_to(merged.resolve(), target_is_directory=True)
        calls = [[command] for command in commands] if name.endswith("solo") else [commands]
        rows = []
        for part in calls:
            rows += peers.call(
                self,
                ["query", shown, queries, corpus_name, rounds, *part],
                logs / f"{name}-query.log",
            )
        return [row for row in rows if row.get("shape") == "one"]

    def index_name(self, name):
        return name.removesuffix("solo")


LUCENE10 = "[ -f $W/l10/LuceneBench.class ] && $ARCADE/jre/bin/java -version"
TANTIVY = "$P/venv-tantivy/bin/python -c 'import tantivy'"
PISA = (
    "LD_LIBRARY_PATH=$P/venv-pisa/lib PYTHONPATH=$P/pisa/pyterrier_pisa"
    " $P/venv-pisa/bin/python -c 'import numpy, _pisathon'"
)
PEERS = {
    "lucene10": Lucene("lucene10", LUCENE10),
    "lucene10solo": Lucene("lucene10", LUCENE10),
    "lucene9": Lucene("lucene9", "[ -f $W/l9/LuceneBench.class ] && [ -f $L9 ] && java -version"),
    "tantivy": Peer("tantivy", TANTIVY),
    # Memory for the whole corpus, so that it has one segment as ours has.
    "tantivy1": Peer("tantivy", TANTIVY, environment={"TV_HEAP": "4000000000"}),
    "pisa": Peer("pisa", PISA, commands=("or10", "and10")),
    "fts5": Peer("fts5", "/usr/bin/python3 -c 'import sqlite3'"),
    "xapian": Peer("xapian", "/usr/bin/python3 -c 'import xapian'"),
}


def scripts_beside_the_project():
    """The folder `shared/peers` next to the project or, for a working copy in a deeper folder, next to one above."""
    for folder in PROJECT.parents:
        if (folder / "shared/peers/env.sh").exists():
            return folder / "shared/peers"
    return PROJECT.parent / "shared/peers"


class Peers:
    """The peers' scripts and the folder in which they are set up."""

    def __init__(self, scripts, home):
        self.scripts, self.home = Path(scripts).resolve(), Path(home).resolve()

    def shell(self, script, *arguments):
        """A bash command with the words of env.sh; Python programs are taken from the scripts themselves."""
        return ["bash", "-c", f". ./env.sh; B=$PWD; {script}", "env.sh", *map(str, arguments)]

    @property
    def environment(self):
        return {
            "PEERS": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DEBIAN_FRONTEND": "noninteractive",
        }

    def call(self, peer, arguments, log):
        return json_lines(
            self.shell('"$@"', peer.word, *arguments),
            log,
            environment={**self.environment, **peer.environment},
            folder=self.scripts,
        )

    def has(self, probe):
        """Whether a command of bash succeeds among the words of env.sh."""
        done = subprocess.run(
            self.shell(probe),
            cwd=self.scripts,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode == 0

    def set_up(self, probes):
        """Sets up what is missing of these names, each with its probe; those that are missing even then."""
        missing = [name for name, probe in probes.items() if not self.has(probe)]
        if not missing:
            return []
        say(f"setting up {', '.join(missing)}: {self.scripts}/setup.sh, about 600 MB in {self.home}")
        self.home.mkdir(parents=True, exist_ok=True)
        steps = [["bash", "setup.sh"]]
        if os.geteuid() == 0:
            steps.insert(0, ["apt-get", "update", "-qq"])
        for step in steps:
            done = subprocess.run(
                step,
                cwd=self.scripts,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                stderr=sys.stderr,
            )
            if done.returncode != 0:
                say(f"{' '.join(step)} ended with {done.returncode}")
        return [name for name in missing if not self.has(probes[name])]

    def index(self, name, corpus, root, logs):
        """Builds a peer's index in a folder that is made anew, and returns the figures of the build."""
        peer = PEERS[name]
        folder = peer.folder(root, name)
        shutil.rmtree(folder, ignore_errors=True)
        root.mkdir(parents=True, exist_ok=True)
        return self.call(peer, ["index", corpus, folder], logs / f"{name}-index.log")[-1]


# MARK: Records of builds


class Records:
    """What the builds of a corpus took, kept beside the indexes in `builds.json`."""

    def __init__(self, root):
        self.path = root / "builds.json"
        self.all = json.loads(self.path.read_text()) if self.path.exists() else {}

    def add(self, name, figures, version=""):
        """Keeps the figures of a build."""
        self.all[name] = {
            "taken": time.strftime("%Y-%m-%d %H:%M"),
            "load": round(os.getloadavg()[0], 1),
            "version": version,
            "figures": figures,
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(self.all, indent=1) + "\n")
        part.replace(self.path)

    def get(self, name, version=""):
        """The record of an engine, unless it was made by another version of it."""
        record = self.all.get(name)
        return record if record and record["version"] == version else None

    def forget(self, name):
        """Before an index is made anew: one that was left half-made is not used."""
        if self.all.pop(name, None) is not None:
            self.path.write_text(json.dumps(self.all, indent=1) + "\n")
