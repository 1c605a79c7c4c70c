"""What the measuring scripts share: where things lie, how a command is run, tables, the machine's state.

Every place can be given as an option or in the environment; the defaults lie beside the project (../shared) and in
~/.cache. Nothing of the corpora is written into the project.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent


def beside_the_project():
    """The folder `shared` next to the project or, for a working copy in a deeper folder, next to one above it."""
    for folder in PROJECT.parents:
        if (folder / "shared" / "corpora").is_dir():
            return folder / "shared"
    return PROJECT.parent / "shared"


def parser(doc, work):
    """An argument parser with the places that all scripts know; `work` names the folder below ~/.cache."""
    env = os.environ.get
    shared = Path(env("SHARED", beside_the_project()))
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--saekin", type=Path, default=Path(env("SAEKIN", PROJECT / ".build/release/saekin")))
    p.add_argument(
        "--shared", type=Path, default=shared, help="folder of corpora, hard_queries, relevance, peers"
    )
    p.add_argument("--peers", type=Path, default=Path(env("PEERS", Path.home() / ".cache/peers")))
    p.add_argument(
        "--work", type=Path, default=Path(env("WORK", Path.home() / ".cache/saekin-benchmarks" / work))
    )
    p.add_argument("--json", type=Path, help="write the figures there too, as one JSON object")
    return p


def complain(message):
    sys.exit(f"{Path(sys.argv[0]).name}: {message}")


def run(*command, text=None):
    """Runs a command to its end and returns its standard output; anything but success ends the script."""
    done = subprocess.run(
        [str(c) for c in command], input=text, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode != 0:
        complain(f"{' '.join(map(str, command))[:300]}\nended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def lines_of(path):
    """Lines of a text file or of a .zst."""
    path = Path(path)
    if not path.exists():
        complain(f"{path} is not there; --shared names the folder that has it")
    if path.suffix == ".zst":
        with subprocess.Popen(
            ["zstd", "-dcq", path], stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ) as p:
            yield from p.stdout
    else:
        with open(path, encoding="utf-8") as f:
            yield from f


def records_of(path):
    for line in lines_of(path):
        yield json.loads(line)


def evaluate(saekin, data, queries, qrels):
    """The report of `saekin evaluate`, and the seconds that it took."""
    start = datetime.datetime.now()
    report = json.loads(
        run(saekin, "evaluate", "--data", data, "--queries", queries, "--qrels", qrels, "--json")
    )
    report["seconds"] = round((datetime.datetime.now() - start).total_seconds(), 1)
    return report


def imported(saekin, data, *files, fresh=False):
    """A data folder with these catalogues; made where it is not there, or anew."""
    stamp = data / "imported"
    if fresh and data.exists():
        if not stamp.exists():
            complain(f"{data} was not made by this script; remove it or choose another --work")
        run("rm", "-r", "--", data)
    if not stamp.exists():
        data.parent.mkdir(parents=True, exist_ok=True)
        run(saekin, "import", "--data", data, *files)
        stamp.write_text("by Benchmarks\n")
    return data


def table(head, rows):
    """A Markdown table; numbers to three digits."""
    cell = lambda x: x if isinstance(x, str) else f"{x:,}" if isinstance(x, int) else f"{x:.3f}"
    print("|", " | ".join(head), "|")
    print("|", " | ".join("---" if i == 0 else "--:" for i in range(len(head))), "|")
    for row in rows:
        print("|", " | ".join(map(cell, row)), "|")
    print()


def state():
    """Date and load, to stand beside figures."""
    load = " ".join(f"{x:.1f}" for x in os.getloadavg())
    return f"{datetime.datetime.now():%Y-%m-%d %H:%M}, load {load}, {os.cpu_count()} cores"


def write_json(path, value):
    if path:
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
