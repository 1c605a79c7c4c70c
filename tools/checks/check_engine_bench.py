"""The harness of the engine and the scripts that compare it: their counts against a scan, their verdicts."""

import json
import pathlib
import shutil
import subprocess
import sys

from workplace import ROOT

sys.path.insert(0, str(ROOT / "Benchmarks"))
import synthetic_corpus  # noqa: E402

COMMANDS = ["or10", "and10", "or10n", "and10n", "phrase10", "phrase_count", "facet_or", "facet_and", "count_or",
            "count_and"]


def bench(workplace):
    binary = pathlib.Path(workplace.binary).with_name("engine-bench")
    assert binary.exists(), f"{binary} is missing: swift build -c release --product engine-bench"
    return binary


def files(workplace, documents=1200, queries=60):
    """A made-up corpus and its queries, with a few lines more that are easily got wrong."""
    corpus, asked = synthetic_corpus.write(workplace.folder / "made", documents, queries, seed=3, word_count=600)
    with open(asked, "a", encoding="utf-8") as file:
        file.write("made\tnowhere\tnowhere\t0\t1000000000\n")
        file.write("made\tnowhere nohow\tnowhere nohow\t5\t5\n")
        words = json.loads(corpus.read_text(encoding="utf-8").splitlines()[0])["text"].split()
        # The phrase is a whole document, and one that goes beyond its end; no price is in the range.
        file.write(f"made\t{words[-1]}\t{' '.join(words)}\t0\t1000000000\n")
        file.write(f"made\t{words[-1]} {words[0]}\t{words[-1]} {words[-1]}\t-5\t-1\n")
    return corpus, asked


def is_drawn(key, percent):
    """Whether --delete draws a key, written down a second time."""
    mask, value = (1 << 64) - 1, 0xCBF29CE484222325
    for byte in key.encode():
        value = (value ^ byte) * 0x100000001B3 & mask
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & mask
    return (value ^ value >> 33) % 100 < percent


def scanned(corpus, asked, without=0):
    """The sums of hits that every command must have, by looking at each document for each query."""
    records = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    records = [(r["text"].split(), r["price"]) for r in records if not is_drawn(r["id"], without)]
    records = [(f" {' '.join(words)} ", set(words), price) for words, price in records]
    sums = dict.fromkeys(COMMANDS, 0)
    for line in asked.read_text(encoding="utf-8").splitlines():
        _, terms, phrase, low, high = line.split("\t")
        terms, low, high = set(terms.split()), int(low), int(high)
        either = [price for _, words, price in records if terms & words]
        every = [price for _, words, price in records if terms <= words]
        phrases = sum(f" {phrase} " in text for text, _, _ in records)
        inside = lambda prices: sum(low <= price <= high for price in prices)  # noqa: E731
        counts = {
            "or10n": len(either), "and10n": len(every), "count_or": len(either), "count_and": len(every),
            "or10": min(len(either), 10), "and10": min(len(every), 10),
            "phrase10": min(phrases, 10), "phrase_count": phrases,
            "facet_or": inside(either), "facet_and": inside(every),
        }
        for command, count in counts.items():
            sums[command] += count
    return sums


def run(*command, status=0, environment=None):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300,
                          env=environment)
    assert done.returncode == status, (done.returncode, command, done.stdout[-2000:], done.stderr[-2000:])
    return done


def hits(workplace, folder, asked):
    output = run(bench(workplace), "query", folder, asked, "made", 1).stdout
    return {row["command"]: row["hits"] for row in map(json.loads, output.splitlines())}


def check_the_engine_harness_counts_what_a_scan_counts(workplace):
    corpus, asked = files(workplace)
    expected = scanned(corpus, asked)
    assert all(expected.values()), expected
    shapes = {"one": [], "seven": ["--segments", "7"]}
    for name, shape in shapes.items():
        built = json.loads(run(bench(workplace), "index", corpus, workplace.folder / name, *shape).stdout)
        assert built["docs"] == 1200 and built["segments"] == (1 if name == "one" else 7), built
        assert hits(workplace, workplace.folder / name, asked) == expected, name
    run(bench(workplace), "index", corpus, workplace.folder / "one", status=2)
    run(bench(workplace), "query", workplace.folder / "one", asked, "made", 1, "or11", status=2)


def check_deleted_documents_count_as_if_they_had_never_been_there(workplace):
    corpus, asked = files(workplace)
    expected = scanned(corpus, asked, without=20)
    assert expected != scanned(corpus, asked)
    for name, shape in {"left out": ["--leave-out", "20"], "one": ["--delete", "20"],
                        "many": ["--segments", "10", "--delete", "20"]}.items():
        built = json.loads(run(bench(workplace), "index", corpus, workplace.folder / name, *shape).stdout)
        assert 900 < built["docs"] < 1020, built
        assert hits(workplace, workplace.folder / name, asked) == expected, name


def compare(workplace, corpus, asked, *options, status=0):
    return run(ROOT / "Benchmarks/compare", "--corpus", corpus, "--queries", asked, "--passes", 2, "--rounds", 1,
               "--engine-bench", bench(workplace), "--peers", workplace.folder / "peers", *options, status=status)


def check_the_comparison_without_peers_gives_a_row_for_every_command(workplace):
    corpus, asked = files(workplace)
    expected = scanned(corpus, asked)
    first = json.loads(compare(workplace, corpus, asked, "--engines", "", "--json").stdout)
    assert {row["command"]: row["hits"] for row in first["rows"]} == expected
    for row in first["rows"]:
        assert row["ours_us"] > 0 and row["ours_p99_us"] >= row["ours_us"] / 10 and row["best_peer"] is None, row
        assert len(row["ours_passes_us"]) == 2, row
    assert first["build"]["engines"]["saekin"]["docs"] == 1200 and not first["build"]["recorded"]
    # The index is used again, also for a copy of the corpus that lies elsewhere.
    copy = workplace.folder / "copy" / corpus.name
    copy.parent.mkdir()
    shutil.copy(corpus, copy)
    again = json.loads(compare(workplace, copy, asked, "--engines", "", "--commands", "or10", "--json").stdout)
    assert again["build"]["recorded"] and [row["command"] for row in again["rows"]] == ["or10"]
    assert "| or10 |" in compare(workplace, corpus, asked, "--engines", "").stdout


def check_a_wrong_call_of_the_comparison_is_refused(workplace):
    corpus, asked = files(workplace, documents=100, queries=4)
    for options in (["--engines", "nobody"], ["--engines", "", "--commands", "or11"],
                    ["--engines", "", "--commands", ""], ["--engines", "", "--passes", "0"],
                    ["--peers-scripts", workplace.folder]):
        refused = compare(workplace, corpus, asked, *options, status=2)
        assert refused.stderr.strip() and not refused.stdout, refused
    compare(workplace, workplace.folder / "missing.jsonl", asked, "--engines", "", status=2)
    workplace.write("bad.tsv", "only one column\n")
    refused = compare(workplace, corpus, workplace.folder / "bad.tsv", "--engines", "", status=1)
    assert "line 1 is not a query" in refused.stderr, refused.stderr


def peers_of_our_own(workplace):
    """Scripts of the peers' form whose engines are this harness; one of them answers as the file `answer` says."""
    scripts = workplace.folder / "scripts"
    scripts.mkdir()
    (scripts / "env.sh").write_text(
        "P=$PEERS; W=$P/work; ARCADE=$P/arcade\n"
        f"tantivy() {{ echo noise; '{bench(workplace)}' \"$@\"; }}\n"
        f"pisa() {{ '{bench(workplace)}' \"$@\" | sed -f $B/answer; }}\n")
    (scripts / "answer").write_text("s/nothing/nothing/\n")
    (scripts / "setup.sh").write_text(
        "set -e; cd \"$(dirname \"$0\")\"; . ./env.sh\n"
        "for e in tantivy pisa; do mkdir -p $P/venv-$e/bin; printf '#!/bin/sh\\n' > $P/venv-$e/bin/python\n"
        "chmod +x $P/venv-$e/bin/python; done\n")
    return scripts


def check_the_comparison_sets_peers_up_and_tells_when_their_hits_differ(workplace):
    corpus, asked = files(workplace)
    scripts = peers_of_our_own(workplace)
    options = ["--engines", "tantivy1,pisa", "--commands", "or10,and10,facet_or", "--peers-scripts", scripts, "--json"]
    result = json.loads(compare(workplace, corpus, asked, *options).stdout)
    rows = {row["command"]: row for row in result["rows"]}
    for row in rows.values():
        assert row["hits_equal"] is True and row["best_peer"] in row["peers"], row
        assert row["best_us"] == min(peer["us"] for peer in row["peers"].values()), row
        assert abs(row["ratio"] - row["best_us"] / row["ours_us"]) < 0.01, row
    assert set(rows["or10"]["peers"]) == {"tantivy1", "pisa"} and set(rows["facet_or"]["peers"]) == {"tantivy1"}
    build = result["build"]
    assert set(build["engines"]) == {"saekin", "tantivy1", "tantivy", "pisa"}, build
    assert build["ratio"] and build["build_peak_rss_to_tantivy"] and build["query_peak_rss_to_tantivy"], build

    # A faster peer is the best one, with its own figures.
    (scripts / "answer").write_text('s/"mean_us": [0-9.]*/"mean_us": 0.5/\n')
    row = json.loads(compare(workplace, corpus, asked, *options).stdout)["rows"][0]
    assert (row["best_peer"], row["best_us"]) == ("pisa", 0.5), row

    # What PISA leaves out of `and10` is said and is no difference; another count of `or10` is one.
    (scripts / "answer").write_text('/"and10"/s/"hits": [0-9]*/"hits": 7/\n')
    rows = json.loads(compare(workplace, corpus, asked, *options).stdout)["rows"]
    assert rows[1]["hits_equal"] is True and rows[1]["unlike"] == ["pisa"], rows[1]
    (scripts / "answer").write_text('/"or10"/s/"hits": [0-9]*/"hits": 7/\n')
    differing = compare(workplace, corpus, asked, *options, status=1)
    assert json.loads(differing.stdout)["rows"][0]["hits_equal"] is False and "or10" in differing.stderr

    # An engine that fails is left out, and that is said.
    (scripts / "answer").write_text("this is no script of sed\n")
    failing = compare(workplace, corpus, asked, *options, status=1)
    result = json.loads(failing.stdout)
    assert list(result["failures"]) == ["pisa"] and result["engines"] == ["tantivy1"], result["failures"]


def check_the_comparison_of_segments_wants_the_same_hits(workplace):
    corpus, asked = files(workplace)
    result = json.loads(run(
        ROOT / "Benchmarks/segments", "--corpus", corpus, "--queries", asked, "--passes", 1, "--rounds", 1,
        "--engine-bench", bench(workplace), "--peers", workplace.folder, "--limit", 1000, "--json").stdout)
    assert [row["command"] for row in result["rows"]] == COMMANDS
    assert all(row["hits_equal"] and row["many_us"] > 0 and row["clean_us"] > 0 for row in result["rows"])
    assert result["rows"][0]["hits"] == scanned(corpus, asked, without=20)["or10"]


def gate(workplace, *options, status=0):
    return run(ROOT / "Benchmarks/gate", "--engine-bench", bench(workplace), "--work", workplace.folder / "gate",
               "--documents", 400, "--queries", 8, "--commands", "and10,count_or", *options, "--json", status=status)


def check_the_gate_lets_the_same_binary_pass_and_stops_a_slower_one(workplace):
    # valgrind is there wherever tools/setup was run for the tests.
    same = json.loads(gate(workplace, "--base-bench", bench(workplace), "--method", "instructions").stdout)
    assert same["passed"] and {"and10", "count_or", "and10, segments", "index, a document"} <= {
        row["name"] for row in same["rows"]}, same
    assert all(abs(row["change_percent"]) < 1 for row in same["rows"]), same

    # A base that says it needs a quarter of the time: ours is four times as slow.
    base = workplace.write("base", (
        f"#!{sys.executable}\nimport json, subprocess, sys\n"
        f"done = subprocess.run([{str(bench(workplace))!r}, *sys.argv[1:]], capture_output=True, text=True)\n"
        "for row in map(json.loads, done.stdout.splitlines()):\n"
        "    print(json.dumps(row | ({'mean_us': row['mean_us'] / 4} if 'mean_us' in row else {})))\n"))
    base.chmod(0o755)
    slower = json.loads(gate(workplace, "--base-bench", base, "--method", "time", "--passes", 3, status=1).stdout)
    failed = {row["name"] for row in slower["rows"] if not row["passed"]}
    assert {"and10", "count_or"} <= failed and "bytes stored" not in failed, slower
