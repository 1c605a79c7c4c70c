"""Options that the comparisons of engines share."""

import argparse
import contextlib
import fcntl
import os
from pathlib import Path

from engines import COMMANDS, say


def words(known, what):
    """An argument that is a list of known words, none too."""

    def parse(text):
        chosen = list(dict.fromkeys(text.replace(",", " ").split()))
        unknown = [word for word in chosen if word not in known]
        if unknown:
            raise argparse.ArgumentTypeError(
                f"unknown {what} {', '.join(unknown)}; there are {', '.join(known)}"
            )
        return chosen

    return parse


def positive(text):
    """An argument that is a number of times."""
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1000")
    return number


def parser(doc):
    """A parser with what every comparison on the peers' files takes."""
    home = Path(os.environ.get("PEERS", Path.home() / ".cache/peers"))
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", required=True, help="documents, a JSON object a line")
    p.add_argument(
        "--queries", required=True, help="class, terms, phrase, least and greatest price; tabs between"
    )
    p.add_argument("--commands", type=words(COMMANDS, "command"), default=list(COMMANDS))
    p.add_argument("--passes", type=positive, default=3, help="everything once a pass; medians over the passes")
    p.add_argument("--rounds", type=positive, default=5, help="of all queries within a pass; medians a query")
    p.add_argument("--json", action="store_true", help="print a JSON object instead of tables")
    p.add_argument("--engine-bench", type=Path, help="our harness; default: built from this working copy")
    p.add_argument("--peers", type=Path, default=home, help="what the peers' setup.sh fills")
    p.add_argument("--work", type=Path, help="where indexes go; default PEERS/work/compare")
    return p


def parsed(p, arguments=None):
    """The options, with the files found and checked."""
    o = p.parse_args(arguments)
    o.corpus = _found(p, o.corpus, o.peers, ".jsonl")
    o.queries = _found(p, o.queries, o.peers, ".tsv")
    o.work = (o.work or o.peers / "work/compare").resolve()
    if not o.commands:
        p.error("no command was asked for")
    if o.engine_bench and not os.access(o.engine_bench, os.X_OK):
        p.error(f"{o.engine_bench} cannot be run")
    return o


def _found(p, name, peers, suffix):
    """The file of that name, or the one that the peers' scripts would give it."""
    for path in (Path(name), peers / "work" / f"{name}{suffix}"):
        if path.is_file():
            return path.resolve()
    p.error(f"there is no file {name}")


@contextlib.contextmanager
def exclusive(work):
    """Holds a folder of indexes for one run at a time."""
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run in {work}")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
