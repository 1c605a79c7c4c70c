"""The HTTP interface on a live server."""

import collections
import concurrent.futures
import http.client
import json
import time
import unicodedata
import urllib.parse

from check_command_line import PRODUCTS, imported
from workplace import ROOT, product_lines


def check_a_changed_price_is_found_within_a_second(workplace):
    imported(workplace)
    server = workplace.serve()
    product = server.get("/api/v1/products/p4").json
    assert product["price"] == 329000
    product["price"] = 299000
    started = time.monotonic()
    written = server.request("PUT", "/api/v1/products/p4", product)
    assert written.status == 200 and written.json["result"] == "updated", written.body
    while server.search("무선 이어폰", filter="price = 299000")["total"] != 1:
        assert time.monotonic() - started < 1, "not visible within a second"
    answer = server.search("이어폰", min_seq=written.json["seq"])
    assert answer["hits"][0]["product"]["price"] == 299000 and answer["index"]["seq"] >= written.json["seq"]


def check_products_are_created_changed_and_removed(workplace):
    server = workplace.serve()
    created = server.request("POST", "/api/v1/products", {"id": "새-1", "title": "휴대용 선풍기", "extra": {"a": [1, 2.5]}})
    assert created.status == 201 and created.json["seq"] > 0
    path = "/api/v1/products/%EC%83%88-1"
    assert server.get(path).json["extra"] == {"a": [1, 2.5]}
    assert server.search("선풍기", min_seq=created.json["seq"])["total"] == 1
    patched = server.request("PATCH", path, {"stock": 7, "title": "무소음 선풍기"})
    assert server.search("무소음", min_seq=patched.json["seq"])["hits"][0]["product"]["stock"] == 7
    again = server.request("PUT", path, server.get(path).json)
    assert again.json["result"] == "unchanged" and again.json["seq"] == patched.json["seq"]
    removed = server.request("DELETE", path)
    assert removed.status == 200
    assert server.search("선풍기", min_seq=removed.json["seq"])["total"] == 0
    assert server.get(path).status == 404 and server.request("DELETE", path).status == 404


def check_bulk_answers_a_result_per_line(workplace):
    server = workplace.serve()
    body = product_lines(PRODUCTS) + "{broken\n" + '{"id": "q", "title": ""}\n'
    answer = server.request("POST", "/api/v1/products/bulk", body)
    assert answer.status == 200, answer.body
    results = [json.loads(line) for line in answer.body.splitlines()]
    assert [result["result"] for result in results] == ["created"] * 4 + ["rejected"] * 2
    assert results[4]["line"] == 5 and results[4]["error"]["code"] == "bad_json"
    assert results[5]["error"]["code"] == "bad_product" and "title" in results[5]["error"]["message"]
    assert server.get("/api/v1/search", min_seq=results[3]["seq"], limit=0).json["total"] == 4


def check_wrong_requests_get_the_right_status_and_a_clear_error(workplace):
    imported(workplace)
    server = workplace.serve()
    cases = [
        ("GET", "/api/v1/search?filter=price+%3E", None, 400, "filter_syntax"),
        ("GET", "/api/v1/search?filter=colour+%3D+1", None, 400, "filter_field"),
        ("GET", "/api/v1/search?limit=100000", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?limit=-1", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?offset=9990&limit=20", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?offset=99999999999999999999", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?facets=colour_of_it,nope.x&q=a&facets=b", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?sort=beauty", None, 400, "sort_field"),
        ("GET", "/api/v1/search?cursor=garbage", None, 400, "bad_cursor"),
        ("GET", "/api/v1/search?filtr=a", None, 400, "bad_parameter"),
        ("GET", "/api/v1/search?q=" + "a" * 5000, None, 400, "query_too_long"),
        ("GET", "/api/v1/search?min_seq=999999&wait_ms=50", None, 409, "sequence_not_reached"),
        ("POST", "/api/v1/search", "{", 400, "bad_json"),
        ("POST", "/api/v1/search", "[]", 400, "bad_json"),
        ("POST", "/api/v1/search", '{"q": 5}', 400, "bad_parameter"),
        ("POST", "/api/v1/search", '{"facets": [{"limit": 3}]}', 400, "bad_parameter"),
        ("POST", "/api/v1/search", '{"facet_filters": {"brand": [{}]}}', 400, "bad_parameter"),
        ("POST", "/api/v1/search", "[" * 10000, 400, "bad_json"),
        ("PUT", "/api/v1/products/p1", '{"id": "p2", "title": "t"}', 400, "id_mismatch"),
        ("PUT", "/api/v1/products/p1", '{"id": "p1"}', 400, "bad_product"),
        ("PUT", "/api/v1/products/p1", '{"id": "p1", "title": "t", "price": -5}', 400, "bad_product"),
        ("POST", "/api/v1/products", "x" * (3 << 20), 413, None),
        ("GET", "/api/v1/products/none", None, 404, "not_found"),
        ("PUT", "/api/v1/products/%00", '{"title": "t"}', 400, "bad_product"),
        ("PUT", "/api/v1/products/p1", '{"id": "p1", "title": "t", "price": 1e400}', 400, "bad_json"),
        ("PUT", "/api/v1/products/p1", '{"id": "p1", "title": "t", "rating": NaN}', 400, "bad_json"),
        ("POST", "/api/v1/products/bulk", "", 400, "bad_json"),
        ("POST", "/api/v1/products/bulk", "1\n" * 100_001, 413, "too_large"),
        ("POST", "/api/v1/search", "", 400, "bad_json"),
        ("POST", "/api/v1/search", '{"filtr": null}', 400, "bad_parameter"),
        ("POST", "/api/v1/search", {"facets": ["brand"] * 100_000}, 400, "bad_parameter"),
        ("POST", "/api/v1/search", {"facets": ["brand", {"field": "brand", "limit": 3}]}, 400, "facet_field"),
        ("POST", "/api/v1/search", {"facet_filters": {f"f{n}": ["a"] for n in range(10_000)}}, 400, "bad_parameter"),
        ("POST", "/api/v1/search", {"sort": ["price"] * 10_000}, 400, "bad_parameter"),
        ("POST", "/api/v1/search", {"filter": "(" * 10_000 + "price > 1" + ")" * 10_000}, 400, "filter_syntax"),
        ("POST", "/api/v1/search", '{"limit": 1e400}', 400, "bad_json"),
        ("POST", "/api/v1/search", b'{"q": "\xff"}', 400, "bad_json"),
        ("GET", "/api/v1/search?q=%ff", None, 400, "bad_utf8"),
        ("GET", "/api/v1/search?q=%zz", None, 400, "bad_escape"),
        ("GET", "/api/v1/search?q=" + "a" * 20_000, None, 414, "uri_too_long"),
        ("GET", "/api/v1/analyze", None, 400, "bad_parameter"),
        ("GET", "/api/v1/suggest?q=a&limit=1000", None, 400, "bad_parameter"),
        ("GET", "/api/v1/nothing", None, 404, None),
        ("DELETE", "/api/v1/search", None, 405, None),
    ]
    for method, path, body, status, code in cases:
        answer = server.request(method, path, body)
        assert answer.status == status, (method, path[:80], answer.status, answer.body[:300])
        error = answer.json["error"]
        assert code is None or error["code"] == code, (path[:80], error)
        assert len(error["message"]) > 10
    error = server.get("/api/v1/search", filter='brand = "나이키" AND AND price > 3').json["error"]
    assert error["position"] == 18, error


def check_hostile_requests_are_answered_in_time(workplace):
    imported(workplace)
    server = workplace.serve()

    def ask(method, path, body, status):
        started = time.monotonic()
        answer = server.request(method, path, body)
        assert answer.status == status, (path, answer.status, answer.body[:300])
        assert time.monotonic() - started < 3, (path, time.monotonic() - started)
        return answer

    members = ", ".join(f'"{number:06}": 1' for number in range(120_000))
    product = "/api/v1/products/many"
    ask("PUT", product, f'{{"title": "상품", {members}}}', 201)
    ask("PATCH", product, f"{{{members.replace('1,', '2,')}}}", 200)
    ask("DELETE", product, None, 200)
    assert ask("POST", "/api/v1/products/bulk", b"\n" * (50 << 20), 200).body == b""
    for query in ["\0이어폰\x1f\x7f\u202e", "!@#$%^&*()" * 400, "가" * 1365, "a" * 4096, "가 나 다 라 " * 250, "ㅋ" * 1365]:
        ask("POST", "/api/v1/search", {"q": query, "explain": True}, 200)
        ask("GET", "/api/v1/suggest?q=" + urllib.parse.quote(query[:85]), None, 200)
    ask("POST", "/api/v1/search", {"min_seq": 1 << 62, "wait_ms": 10_000}, 409)
    peak = next(line for line in open(f"/proc/{server.process.pid}/status") if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 1 << 20, f"the server took {peak}"


def check_ids_of_any_characters_and_a_connection_that_outlives_errors(workplace):
    server = workplace.serve()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

    def ask(method, path, body=None):
        connection.request(method, path, json.dumps(body) if body is not None else None)
        response = connection.getresponse()
        answer = json.loads(response.read())
        assert connection.sock is not None, f"{method} {path} closed the connection"
        return response.status, answer

    for product in ["a/b", "100%", "상품/1 가", "..", "a?b&c#d", "bulk", "a+b", "😀", "é", "e\u0301"]:
        path = "/api/v1/products/" + urllib.parse.quote(product, safe="")
        assert ask("PUT", path, {"title": "상품"})[0] == 201, product
        assert ask("PUT", path, {"id": product + "x", "title": "상품"})[1]["error"]["code"] == "id_mismatch"
        assert ask("GET", path)[1]["id"] == product
        assert ask("DELETE", path)[0] == 200, product
    for method, path, body in [("POST", "/api/v1/search", []), ("GET", "/api/v1/search?q=%ff", None),
                               ("GET", "/nothing", None), ("DELETE", "/api/v1/search", None)]:
        assert ask(method, path, body)[0] >= 400
    assert ask("GET", "/api/v1/search?limit=0")[0] == 200


def check_facets_are_multi_select_and_exact(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()

    def ask(selection, facets=("brand", "category"), limit=1000):
        answer = server.request("POST", "/api/v1/search", {
            "q": "이어폰", "facets": [{"field": field, "limit": 1000} for field in facets],
            "facet_filters": selection, "limit": limit, "highlight": False, "match": "all"})
        assert answer.status == 200, answer.body
        return answer.json

    everything = ask({})
    assert everything["total"] == len(everything["hits"]) >= 40
    counts = {value["value"]: value["count"] for value in everything["facets"]["brand"]["values"]}
    brands = [hit["product"].get("brand") for hit in everything["hits"]]
    assert counts == {brand: brands.count(brand) for brand in set(brands)}
    chosen = sorted(counts, key=counts.get)[-2:]
    narrowed = ask({"brand": chosen})
    assert narrowed["total"] == sum(counts[brand] for brand in chosen)
    again = {value["value"]: value for value in narrowed["facets"]["brand"]["values"]}
    assert {value: again[value]["count"] for value in again} == counts, "a field ignores its own selection"
    assert {value for value in again if again[value]["selected"]} == set(chosen)
    categories = {value["value"]: value["count"] for value in narrowed["facets"]["category"]["values"]}
    paths = [hit["product"]["category"] for hit in narrowed["hits"]]
    for path, count in categories.items():
        assert count == sum(p == path or p.startswith(path + " > ") for p in paths), path


def check_pages_cover_every_product_once_by_offset_and_by_cursor(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    total = server.get("/api/v1/search", limit=0).json["total"]
    for sort in ("", "price", "-rating"):
        ids, cursor = [], {}
        while True:
            page = server.get("/api/v1/search", sort=sort, limit=700, highlight="false", **cursor).json
            ids += [hit["id"] for hit in page["hits"]]
            assert page["total"] == total
            if "cursor" not in page:
                break
            cursor = {"cursor": page["cursor"]}
        assert len(ids) == len(set(ids)) == total, (sort, len(ids), total)
    by_offset = [hit["id"] for offset in range(0, 100, 20)
                 for hit in server.search("무선", offset=offset, sort="price")["hits"]]
    whole = [hit["id"] for hit in server.search("무선", limit=100, sort="price")["hits"]]
    assert by_offset == whole
    prices = [hit["product"].get("price") for hit in server.search("무선", limit=100, sort="-price")["hits"]]
    known = [price for price in prices if price is not None]
    assert known == sorted(known, reverse=True) and prices[:len(known)] == known, "missing ones come last"


def check_suggestions_follow_what_is_typed(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    suggestions = server.get("/api/v1/suggest", q="삼").json["suggestions"]
    assert any(s["kind"] == "brand" and s["text"].startswith("삼") and s["count"] > 0 for s in suggestions), suggestions
    products = [s for s in server.get("/api/v1/suggest", q="무선 이어").json["suggestions"] if s["kind"] == "product"]
    assert products and all("무선" in s["text"] for s in products), products
    assert server.get("/api/v1/suggest", q="").json == {"suggestions": []}


def check_every_keystroke_is_completed(workplace):
    catalogue = ROOT / "corpora" / "products.jsonl"
    workplace.run("import", "--data", workplace.data, catalogue)
    server = workplace.serve()
    products = [json.loads(line) for line in catalogue.read_text("utf-8").splitlines()]
    brands = collections.Counter(product["brand"] for product in products if product.get("brand"))

    def suggest(typed, **parameters):
        suggestions = server.get("/api/v1/suggest", q=typed, **parameters).json["suggestions"]
        texts = [(s["text"].replace(" ", "").casefold(), s["kind"] == "product") for s in suggestions]
        assert len(set(texts)) == len(texts), (typed, suggestions)
        assert {s["kind"] for s in suggestions} <= {"query", "phrase", "brand", "category", "product"}, suggestions
        return suggestions

    for brand, count in brands.most_common(5):
        # Decomposed, every jamo is a character of its own: each keystroke is one more of them.
        jamo = unicodedata.normalize("NFD", brand)
        for length in range(1, len(jamo) + 1):
            assert suggest(unicodedata.normalize("NFC", jamo[:length])), (brand, length)
        whole = [s for s in suggest(brand, limit=50) if s["kind"] == "brand" and s["text"] == brand]
        assert [s["count"] for s in whole] == [count], (brand, count, whole)
    for typed, meant in (("삼서", "삼성"), ("ㅅㅅ", "삼성"), ("tkatjd", "삼성"), ("삼ㅅ", "삼성"), ("LG", "LG")):
        assert any(s["text"].startswith(meant) for s in suggest(typed)), (typed, suggest(typed))
    for number in range(4):
        server.search("무선 이어폰")
    assert suggest("무선 이")[0]["text"] == "무선 이어폰", suggest("무선 이")
    for typed in ("\0", "'\"\\", "%", "가" * 341, "ㄱ" * 341, "-" * 1024, "\U0001f44d"):
        suggest(typed)
    assert server.get("/api/v1/suggest", q="가" * 342).status == 400
    metrics = server.get("/metrics").body.decode()
    assert "saekin_completions " in metrics and "saekin_completions_bytes " in metrics


def check_the_service_describes_itself(workplace):
    imported(workplace)
    server = workplace.serve()
    assert server.get("/health/live").status == 200
    ready = server.get("/health/ready").json
    assert ready["status"] == "ready" and ready["products"] == 4, ready
    metrics = server.get("/metrics").body.decode()
    for name in ("saekin_index_products 4", "saekin_events_lag 0", "saekin_dead_letters 0", "http_requests_total"):
        assert name in metrics, metrics
    document = server.get("/openapi.json").json
    assert document["openapi"].startswith("3.")
    for path in ("/api/v1/search", "/api/v1/suggest", "/api/v1/analyze", "/api/v1/products/{id}",
                 "/api/v1/products/bulk", "/health/live", "/health/ready", "/metrics"):
        assert path in document["paths"], path
    page = server.get("/")
    assert page.status == 200 and b"<html" in page.body and "text/html" in page.headers["content-type"]


def check_searches_and_writes_run_side_by_side(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    known = [hit["id"] for hit in server.get("/api/v1/search", limit=200).json["hits"]]

    def write(number):
        product = server.get(f"/api/v1/products/{known[number % len(known)]}").json
        product["price"] = 1000 + number
        return server.request("PUT", f"/api/v1/products/{product['id']}", product).status

    def read(number):
        answer = server.get("/api/v1/search", q="무선 이어폰" if number % 2 else "노트북", facets="brand,category,price")
        return answer.status

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: write(number) if number % 4 == 0 else read(number), range(400)))
    assert set(statuses) == {200}, statuses
    assert json.loads(server.get("/health/ready").body)["status"] == "ready"
    assert server.stop() == 0
    workplace.run("check", "--data", workplace.data)


def check_a_reindex_under_load_loses_no_query(workplace):
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    expected = server.search("노트북")["total"]
    assert "profile" not in server.get("/api/v1/search", q="노트북").json
    profiled = server.request("POST", "/api/v1/search", {"q": "노트북", "profile": True}).json
    assert profiled["total"] == expected and profiled["profile"]["segments"], profiled
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        reindex = pool.submit(workplace.run, "reindex", "--data", workplace.data)
        while not reindex.done():
            assert server.search("노트북")["total"] == expected
        reindex.result()
    written = server.request("PUT", "/api/v1/products/after", {"id": "after", "title": "새로운 노트북"})
    assert server.search("노트북", min_seq=written.json["seq"])["total"] == expected + 1
    deadline = time.monotonic() + 10
    while len(list((workplace.data / "index").glob("[0-9]*"))) > 1:
        assert time.monotonic() < deadline, "the server has not moved to the new generation"
        assert server.search("노트북")["total"] == expected + 1
        time.sleep(0.1)
    assert server.search("노트북")["total"] == expected + 1
    assert server.stop() == 0
    assert "what the store says" in workplace.run("reindex", "--data", workplace.data, "--verify").stdout
