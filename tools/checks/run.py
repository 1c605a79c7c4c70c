"""Checks of the whole product, as a user runs it: one process, real files, a real browser.

usage: run.py --binary PATH --report FILE [NAME...]

Each module beside this one whose name begins with `check_` holds functions of the same prefix; each takes a
`Workplace` and fails by raising. `Skip` says why a check cannot run here."""

import argparse
import importlib
import json
import pathlib
import sys
import time
import traceback

from workplace import Skip, Workplace


def collect(names):
    """All checks, in the order of their files and their place in the file."""
    here = pathlib.Path(__file__).parent
    checks = []
    for path in sorted(here.glob("check_*.py")):
        module = importlib.import_module(path.stem)
        checks += [(name, function) for name, function in vars(module).items()
                   if name.startswith("check_") and callable(function)]
    return [(name, function) for name, function in checks if not names or name in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, help="the saekin binary to check")
    parser.add_argument("--report", required=True, help="where to write the counts as JSON")
    parser.add_argument("names", nargs="*", help="run only these checks")
    options = parser.parse_args()

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for name, check in collect(options.names):
        started = time.monotonic()
        title = name.removeprefix("check_").replace("_", " ")
        try:
            with Workplace(options.binary) as workplace:
                check(workplace)
            counts["passed"] += 1
            print(f"check: passed {title} ({time.monotonic() - started:.1f} s)", flush=True)
        except Skip as reason:
            counts["skipped"] += 1
            print(f"check: skipped {title}: {reason}", flush=True)
        except Exception:
            counts["failed"] += 1
            print(f"check: FAILED {title}\n{traceback.format_exc()}", flush=True)
    if sum(counts.values()) == 0:
        counts["failed"] = 1
        print("check: FAILED no check of that name")
    pathlib.Path(options.report).write_text(json.dumps(counts), encoding="utf-8")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
