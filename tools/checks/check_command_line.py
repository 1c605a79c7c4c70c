"""The command line: exit codes, messages, and the shapes that scripts rely on."""

import json

from workplace import ROOT, Workplace, product_lines

PRODUCTS = [
    {"id": "p1", "title": "나이키 에어맥스 270 운동화 블랙 260mm", "brand": "나이키",
     "category": "패션 > 신발 > 운동화", "price": 139000, "stock": 3, "rating": 4.5,
     "attributes": {"color": "블랙"}, "barcode": "8801234567890"},
    {"id": "p2", "title": "아디다스 삼바 운동화 화이트", "brand": "아디다스",
     "category": "패션 > 신발 > 운동화", "price": 129000, "stock": 0, "attributes": {"color": "화이트"}},
    {"id": "p3", "title": "삼성노트북 갤럭시북4 프로 16인치", "brand": "삼성전자",
     "category": "디지털 > 노트북", "price": 1890000, "attributes": {"color": "그레이", "ram_gb": 16}},
    {"id": "p4", "title": "소니 무선 이어폰 WF-1000XM5", "brand": "소니",
     "category": "디지털 > 음향 > 이어폰", "price": 329000, "attributes": {"color": "블랙"}},
]


def imported(workplace: Workplace):
    """A data folder with a few products."""
    return workplace.run("import", "--data", workplace.data, workplace.write("p.jsonl", product_lines(PRODUCTS)))


def check_every_command_explains_itself(workplace):
    overview = workplace.run("--help").stdout
    for command in "serve import reindex search analyze check evaluate bench".split():
        assert command in overview
        text = workplace.run(command, "--help").stdout
        assert f"usage: saekin {command}" in text and "--help" in text, text


def check_wrong_calls_exit_with_2_and_say_what_to_do(workplace):
    for arguments, word in [
        ([], "usage"), (["serch"], "no command"), (["search", "--data"], "needs a value"),
        (["search", "이어폰"], "--data is missing"), (["search", "--data", "x", "--colour", "a"], "unknown option"),
        (["search", "--data", "x", "a", "b"], "unexpected"), (["search", "--data", "x", "--data", "y", "a"], "twice"),
        (["serve", "--data", "x", "--port", "70000"], "65535"), (["search", "--data", "x", "--limit", "-1", "a"], "0 to 1000"),
        (["import", "--data", "x"], "FILE"), (["bench", "--data", "x", "--queries", "q", "--mode", "z"], "one of"),
    ]:
        finished = workplace.run(*arguments, status=2)
        assert word in finished.stderr, (arguments, finished.stderr)
        assert not finished.stdout, arguments


def check_a_folder_without_a_store_is_an_error_with_a_remedy(workplace):
    for command in (["search", "a"], ["check"], ["reindex"]):
        finished = workplace.run(command[0], "--data", workplace.data, *command[1:], status=1)
        assert "saekin import" in finished.stderr, finished.stderr
    assert not workplace.data.exists()


def check_import_ends_with_one_line_of_json(workplace):
    finished = imported(workplace)
    counts = json.loads(finished.stdout)
    assert counts["read"] == counts["imported"] == 4 and counts["rejected"] == 0 and counts["seconds"] >= 0, counts
    assert finished.stdout.count("\n") == 1


def check_search_finds_filters_counts_and_explains(workplace):
    imported(workplace)
    answer = json.loads(workplace.run(
        "search", "--data", workplace.data, "운동화", "--facets", "brand,price,attributes.color",
        "--explain", "--json").stdout)
    assert answer["total"] == 2 and {hit["id"] for hit in answer["hits"]} == {"p1", "p2"}
    assert {v["value"]: v["count"] for v in answer["facets"]["brand"]["values"]} == {"나이키": 1, "아디다스": 1}
    for hit in answer["hits"]:
        assert abs(hit["explain"]["value"] - hit["score"]) < 1e-3 * max(1, hit["score"]), hit["explain"]
        assert hit["highlight"]["title"].replace("<mark>", "").replace("</mark>", "") == hit["product"]["title"]
        assert "<mark>운동화</mark>" in hit["highlight"]["title"]
    searched = answer["profile"]["segments"]
    assert sum(segment["documents"] - segment["deleted"] for segment in searched) == 4, searched
    assert all(segment["matching"] and segment["ranking"] for segment in searched), searched
    kept = next(hit for hit in answer["hits"] if hit["id"] == "p1")["product"]
    assert kept["barcode"] == "8801234567890" and kept["price"] == 139000

    def total(*arguments):
        return json.loads(workplace.run("search", "--data", workplace.data, *arguments, "--json").stdout)["total"]
    assert total("") == 4
    assert total("", "--filter", 'category = "패션"') == 2
    assert total("", "--filter", 'stock > 0 AND price 100000..200000') == 1
    assert total("", "--filter", 'NOT attributes.color IN ["블랙", "화이트"]') == 1
    assert total("운동화 -삼바") == 1
    assert total('"무선 이어폰"') == 1
    assert total("wf1000xm5") == 1
    assert total("노트북") == 1, "a part of a compound is found"
    plain = workplace.run("search", "--data", workplace.data, "운동화").stdout
    assert "139,000원" in plain


def check_a_broken_filter_says_where(workplace):
    imported(workplace)
    finished = workplace.run("search", "--data", workplace.data, "a", "--filter", "price >", status=1)
    assert "character 7" in finished.stderr or "7" in finished.stderr, finished.stderr
    finished = workplace.run("search", "--data", workplace.data, "a", "--filter", "colour = 1", status=1)
    assert "colour" in finished.stderr


def check_analyze_gives_offsets_into_the_text(workplace):
    text = "삼성노트북을 샀다 SM-S918N 500ml"
    answer = json.loads(workplace.run("analyze", text, "--json").stdout)
    source = text.encode()
    for token in answer["tokens"]:
        source[token["start"]:token["end"]].decode()
        assert {"term", "start", "end", "position", "kind"} <= token.keys()
    terms = {token["term"] for token in answer["tokens"]}
    assert {"삼성노트북", "삼성", "노트북", "sms918n"} <= terms, terms
    assert any(removed["text"] == "을" for removed in answer["removed"])


def check_analyze_takes_a_file_of_texts(workplace):
    texts = ["국내산한우 300g", "캠핑의자를 샀는데"]
    path = workplace.folder / "texts.txt"
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    answers = workplace.run("analyze", "--lines", path, "--json").stdout.splitlines()
    alone = [workplace.run("analyze", text, "--json").stdout.strip() for text in texts]
    assert answers == alone, answers


def check_a_sound_index_checks_sound_and_a_damaged_one_is_rebuilt(workplace):
    imported(workplace)
    assert "sound" in workplace.run("check", "--data", workplace.data).stdout
    segment = max(workplace.data.glob("index/*/*"), key=lambda path: path.stat().st_size)
    damaged = bytearray(segment.read_bytes())
    damaged[len(damaged) // 2] ^= 0x10
    segment.write_bytes(damaged)
    finished = workplace.run("check", "--data", workplace.data, status=1)
    assert segment.name in finished.stderr and "reindex" in finished.stderr, finished.stderr
    workplace.run("reindex", "--data", workplace.data)
    workplace.run("check", "--data", workplace.data)
    assert "what the store says" in workplace.run("reindex", "--data", workplace.data, "--verify").stdout
    answer = json.loads(workplace.run("search", "--data", workplace.data, "", "--json").stdout)
    assert answer["total"] == 4
    (workplace.data / "index" / "CURRENT").write_text("nonsense", encoding="utf-8")
    finished = workplace.run("search", "--data", workplace.data, "", status=1)
    assert "CURRENT" in finished.stderr and "reindex" in finished.stderr, finished.stderr
    workplace.run("reindex", "--data", workplace.data)
    assert len(list((workplace.data / "index").glob("[0-9]*"))) == 1, "old generations are left behind"
    workplace.run("check", "--data", workplace.data)


def check_evaluate_and_bench_on_the_demo_catalogue(workplace):
    corpora = ROOT / "corpora"
    workplace.run("import", "--data", workplace.data, corpora / "products.jsonl")
    run = workplace.folder / "run.trec"
    measures = json.loads(workplace.run(
        "evaluate", "--data", workplace.data, "--queries", corpora / "queries.tsv", "--qrels",
        corpora / "qrels.trec", "--run", run, "--json").stdout)
    assert measures["queries"] >= 250
    # A band, not a target: what a change of ranking must not fall below without a reason.
    assert measures["ndcg@10"] >= 0.74 and measures["success@10"] >= 0.86, measures
    assert len(run.read_text(encoding="utf-8").splitlines()[0].split()) == 6
    for mode in ("or", "and", "phrase", "facet", "page"):
        timing = json.loads(workplace.run(
            "bench", "--data", workplace.data, "--queries", corpora / "queries.tsv", "--mode", mode,
            "--rounds", "1", "--json").stdout)
        assert timing["mode"] == mode and timing["queries"] >= 250 and timing["p99_us"] >= timing["p50_us"] > 0
