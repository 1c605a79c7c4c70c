"""From the rows that engines print to one comparison: medians over passes, the best peer, ratios, tables."""

import os
import statistics
import time

# PISA leaves out the words that it does not know, also where all words are asked for: there it has more hits than the
# others. It is compared all the same, for that is more work; the output says so.
MAY_DIFFER = {("pisa", "and10")}


def medians(figures):
    """One row of several of the same kind: the median of every number, anything else from the last."""
    return {
        key: statistics.median(row[key] for row in figures) if isinstance(value, int | float) else value
        for key, value in figures[-1].items()
    }


def best_of(rows):
    """The fastest row of each command, for an engine that has several ways to run one."""
    best = {}
    for row in rows:
        if row["command"] not in best or row["mean_us"] < best[row["command"]]["mean_us"]:
            best[row["command"]] = row
    return best


def figures_of(command, passes):
    """What one engine reached with a command: medians over the passes, of its fastest way to run it."""
    ways = {}
    for number, rows in enumerate(passes):
        for row in rows:
            if row["command"] == command:
                ways.setdefault(row.get("algorithm", ""), {})[number] = row
    found = []
    for way, taken in ways.items():
        figures = {
            "us": round(statistics.median(row["mean_us"] for row in taken.values()), 1),
            "p99_us": round(statistics.median(row["p99_us"] for row in taken.values()), 1),
            "hits": sorted({row["hits"] for row in taken.values()}),
            "passes_us": [row["mean_us"] for _, row in sorted(taken.items())],
        }
        # An engine that counts differently from pass to pass has two counts, which no other engine's equals.
        figures["hits"] = figures["hits"][0] if len(figures["hits"]) == 1 else figures["hits"]
        found.append(figures | ({"algorithm": way} if way else {}))
    return min(found, key=lambda figures: figures["us"], default=None)


def rows(commands, passes):
    """A row a command: ours, the best peer, the ratio (how many times faster ours is), and every engine's figures."""
    result = []
    for command in commands:
        ours = figures_of(command, passes["saekin"])
        peers = {name: figures_of(command, rows) for name, rows in passes.items() if name != "saekin"}
        peers = {name: figures for name, figures in peers.items() if figures}
        unlike = [name for name in peers if peers[name]["hits"] != ours["hits"]]
        best = min(peers, key=lambda name: peers[name]["us"], default=None)
        result.append(
            {
                "command": command,
                "ours_us": ours["us"],
                "ours_p99_us": ours["p99_us"],
                "best_peer": best,
                "best_us": peers[best]["us"] if best else None,
                "best_p99_us": peers[best]["p99_us"] if best else None,
                "ratio": round(peers[best]["us"] / max(ours["us"], 0.1), 2) if best else None,
                "hits_equal": all((name, command) in MAY_DIFFER for name in unlike) if peers else None,
                "hits": ours["hits"],
                "ours_passes_us": ours["passes_us"],
                "peers": peers,
                "unlike": unlike,
            }
        )
    return result


def query_count(passes):
    return passes["saekin"][0][0]["queries"]


# MARK: Builds


def build_figures(record, measured, passes):
    """A record of a build in the units that are compared."""
    row = record["figures"]
    peak = [row["peak_rss_mib"] for rows in passes for row in rows if "peak_rss_mib" in row]
    return {
        "docs": row["docs"],
        "build_s": row["build_s"],
        "build_cpu_s": row["build_cpu_s"],
        "docs_per_cpu_s": round(row["docs"] / max(row["build_cpu_s"], 0.01)),
        "merge_s": row.get("force_merge_s"),
        "merge_cpu_s": row.get("force_merge_cpu_s"),
        "bytes": row["bytes"],
        "bytes_without_stored": row["bytes"] - row["stored_bytes"],
        "stored_bytes": row["stored_bytes"],
        "build_peak_rss_mib": row["peak_rss_mib"],
        "query_peak_rss_mib": max(peak, default=None),
        "taken": record["taken"],
        "load": record["load"],
        "recorded": not measured,
    }


def build(records, measured, passes, engines):
    """Builds and memory, ours beside theirs. A build that was not measured in this run is `recorded`.

    `ratio` is how many times the documents a CPU second of the best peer; the others are ours divided by theirs, so
    less is better.
    """
    names = dict.fromkeys(["saekin", *(name.removesuffix("solo") for name in engines)])
    if "tantivy1" in engines:
        names["tantivy"] = None
    figures = {
        name: build_figures(records[name], name in measured, passes.get(name, []))
        for name in names
        if name in records
    }
    ours, peers = figures["saekin"], {name: row for name, row in figures.items() if name != "saekin"}
    best = max(peers, key=lambda name: peers[name]["docs_per_cpu_s"], default=None)

    def share(key, *candidates):
        """Ours divided by the first of these peers that has the figure."""
        for name in candidates:
            if peers.get(name) and peers[name][key] and ours[key]:
                return round(ours[key] / peers[name][key], 3)
        return None

    return {
        "ours_docs_per_cpu_s": ours["docs_per_cpu_s"],
        "best_peer": best,
        "best_docs_per_cpu_s": peers[best]["docs_per_cpu_s"] if best else None,
        "ratio": round(ours["docs_per_cpu_s"] / peers[best]["docs_per_cpu_s"], 2) if best else None,
        "bytes_without_stored_to_lucene10": share("bytes_without_stored", "lucene10"),
        "build_peak_rss_to_tantivy": share("build_peak_rss_mib", "tantivy", "tantivy1"),
        "query_peak_rss_to_tantivy": share("query_peak_rss_mib", "tantivy1", "tantivy"),
        "recorded": any(row["recorded"] for row in figures.values()),
        "engines": figures,
    }


# MARK: Output


def machine():
    """What the figures were taken on, to stand beside them."""
    model = ""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "load": [round(x, 1) for x in os.getloadavg()],
        "cores": os.cpu_count(),
        "processor": model,
    }


def cell(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def table(head, body):
    """A Markdown table, numbers to the right."""
    print("|", " | ".join(head), "|")
    print("|", " | ".join("---" if i == 0 else "--:" for i in range(len(head))), "|")
    for row in body:
        print("|", " | ".join(map(cell, row)), "|")
    print()


def print_tables(result):
    where = result["machine"]
    print(
        f"{result['corpus']}, {result['queries']:,} queries of {result['query_file']}; {where['date']}, "
        f"{where['cores']} cores ({where['processor']}), load {where['load'][0]}; microseconds, medians of "
        f"{result['passes']} passes of {result['rounds']} rounds\n"
    )
    names = result["engines"]
    body = []
    for row in result["rows"]:
        line = [row["command"], f"{row['ours_us']} / {row['ours_p99_us']}"]
        for name in names:
            peer = row["peers"].get(name)
            line.append(f"{peer['us']} / {peer['p99_us']}" if peer else None)
        ratio = f"{row['ratio']:.2f}" if row["ratio"] is not None else None
        body.append([*line, row["best_peer"], ratio, row["hits"], row["hits_equal"]])
    table(["mean / p99", "saekin", *names, "best peer", "x faster", "hits", "equal"], body)
    for row in result["rows"]:
        for name in row["unlike"]:
            why = " (it leaves out words that it does not know)" if (name, row["command"]) in MAY_DIFFER else ""
            print(f"{row['command']}: {name} has {cell(row['peers'][name]['hits'])} hits{why}\n")
    print_build(result["build"])
    for name, why in result["failures"].items():
        print(f"{name} is missing: {why}\n")


def print_build(build):
    body = [
        [
            name,
            row["docs"],
            row["build_cpu_s"],
            row["docs_per_cpu_s"],
            row["merge_s"],
            round(row["bytes_without_stored"] / 1e6, 1),
            round(row["stored_bytes"] / 1e6, 1),
            row["build_peak_rss_mib"],
            row["query_peak_rss_mib"],
            f"{row['taken']}, load {row['load']}" + (" (recorded)" if row["recorded"] else ""),
        ]
        for name, row in build["engines"].items()
    ]
    head = ["build", "documents", "CPU s", "docs/CPU s", "merge s", "MB without stored", "MB stored"]
    table([*head, "RSS MiB, build", "RSS MiB, queries", "taken"], body)
    if build["best_peer"]:
        print(
            f"documents a CPU second: {build['ratio']} x {build['best_peer']}; ours divided by theirs: bytes without "
            f"stored {cell(build['bytes_without_stored_to_lucene10'])} of lucene10, peak memory of the build "
            f"{cell(build['build_peak_rss_to_tantivy'])} and of queries "
            f"{cell(build['query_peak_rss_to_tantivy'])} of tantivy\n"
        )
