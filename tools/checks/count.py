"""Adds up the reports of all test runners and prints the closing line of tools/test.

usage: count.py STATUS_OF_SWIFT_TEST FOLDER

Exit status 0 only where nothing failed, every report is there, and something passed."""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def swift_counts(folder):
    """Passed, failed and skipped of every xunit file that `swift test` wrote."""
    passed = failed = skipped = 0
    for path in sorted(folder.glob("swift*.xml")):
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif case.find("skipped") is not None:
                skipped += 1
            else:
                passed += 1
    return passed, failed, skipped


def main():
    status, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    passed, failed, skipped = swift_counts(folder)
    if passed == 0:
        print("test: the Swift tests left no report")
        failed += 1
    elif status != 0 and failed == 0:
        print(f"test: swift test ended with status {status} though no test failed: a crash?")
        failed += 1
    checks = folder / "checks.json"
    if checks.exists():
        counts = json.loads(checks.read_text(encoding="utf-8"))
        passed, failed = passed + counts["passed"], failed + counts["failed"]
        skipped += counts["skipped"]
    else:
        print("test: the checks of the whole product left no report")
        failed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
