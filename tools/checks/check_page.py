"""The search page in a real browser."""

import subprocess
import sys

from workplace import ROOT


def check_the_search_page_in_a_browser(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    finished = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "browser" / "test_page.py"), server.url,
         "--screenshots", str(workplace.folder)],
        capture_output=True, text=True, timeout=300)
    print(finished.stdout, end="")
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    assert len(list(workplace.folder.glob("*.png"))) >= 3
