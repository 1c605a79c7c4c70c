"""Loading products: hostile files, crashes, and a server that is running."""

import json
import os
import signal
import subprocess
import time

from workplace import Skip, product_lines


def many(count, start=0):
    return [{"id": f"p{n}", "title": f"상품 {n} 무선 이어폰", "price": 1000 + n, "brand": f"브랜드{n % 50}"}
            for n in range(start, start + count)]


def total(workplace, query="", *arguments):
    finished = workplace.run("search", "--data", workplace.data, query, "--limit", "0", "--json", *arguments)
    return json.loads(finished.stdout)["total"]


def check_good_lines_of_a_bad_file_still_load(workplace):
    good = product_lines(many(3))
    bad = [
        "{not json", '{"id": "x"}', '{"title": "no id"}', '{"id": "y", "title": "t", "price": "cheap"}',
        '{"id": "z", "title": 5}', "[]", '"text"', '{"id": "", "title": "t"}', '{"id": "w", "title": "t", "images": [1]}',
        '{"id": "v", "title": "t", "rating": 9}', '{"id": "u", "title": "t", "status": "gone"}',
    ]
    path = workplace.folder / "bad.jsonl"
    path.write_bytes(("\ufeff" + good + "\n".join(bad) + "\n\n").encode() + b'{"id": "\xff", "title": "t"}\n')
    finished = workplace.run("import", "--data", workplace.data, path)
    counts = json.loads(finished.stdout)
    assert counts == counts | {"read": 15, "imported": 3, "rejected": 12}, counts
    for number in range(4, 4 + len(bad)):
        assert f"bad.jsonl, line {number}: " in finished.stderr, (number, finished.stderr)
    for word in ("title", "price", "images", "rating", "on_sale"):
        assert word in finished.stderr, word
    assert total(workplace) == 3


def check_a_line_of_100_mb_is_refused_in_bounded_memory(workplace):
    path = workplace.folder / "huge.jsonl"
    with open(path, "wb") as file:
        file.write(product_lines(many(1)).encode())
        file.write(b'{"id": "huge", "title": "')
        for _ in range(100):
            file.write(b"a" * (1 << 20))
        file.write(b'"}\n')
        file.write(product_lines(many(1, start=1)).encode())
    process = workplace.start("import", "--data", workplace.data, path, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    stdout, stderr = process.stdout.read().decode(), process.stderr.read().decode()
    counts = json.loads(stdout)
    assert counts["imported"] == 2 and counts["rejected"] == 1, counts
    assert "line 2" in stderr and "104857" in stderr, stderr
    assert usage.ru_maxrss < 400 << 10, f"{usage.ru_maxrss} KiB"


def check_standard_input_and_zstd_files_are_read(workplace):
    workplace.run("import", "--data", workplace.data, "-", stdin=product_lines(many(5)))
    plain = workplace.write("more.jsonl", product_lines(many(2000, start=5)))
    subprocess.run(["zstd", "-q", str(plain)], check=True)
    packed = workplace.folder / "more.jsonl.zst"
    workplace.run("import", "--data", workplace.data, packed)
    assert total(workplace) == 2005
    cut = workplace.folder / "cut.zst"
    cut.write_bytes(packed.read_bytes()[:-40])
    finished = workplace.run("import", "--data", workplace.data, cut, status=1)
    assert "cut" in finished.stderr, finished.stderr
    foreign = workplace.folder / "foreign.png"
    foreign.write_bytes(b"\x89PNG\r\n" + os.urandom(5000))
    counts = json.loads(workplace.run("import", "--data", workplace.data, foreign).stdout)
    assert counts["imported"] == 0 and counts["rejected"] > 0
    assert total(workplace) == 2005


def check_missing_files_and_folders_are_named(workplace):
    finished = workplace.run("import", "--data", workplace.data, "/nowhere/x.jsonl", status=1)
    assert "/nowhere/x.jsonl" in finished.stderr
    assert not workplace.data.exists(), "a misspelt file name must not leave a shop behind"
    finished = workplace.run("import", "--data", workplace.data, workplace.folder, status=1)
    assert "folder" in finished.stderr


def check_importing_twice_changes_nothing(workplace):
    path = workplace.write("p.jsonl", product_lines(many(100)))
    workplace.run("import", "--data", workplace.data, path)
    before = json.loads(workplace.run("search", "--data", workplace.data, "", "--limit", "1", "--json").stdout)
    workplace.run("import", "--data", workplace.data, path)
    after = json.loads(workplace.run("search", "--data", workplace.data, "", "--limit", "1", "--json").stdout)
    assert before["total"] == after["total"] == 100 and before["index"]["seq"] == after["index"]["seq"]


def check_kill_9_during_an_import_loses_nothing_that_was_acknowledged(workplace):
    path = workplace.write("big.jsonl", product_lines(many(60_000)))
    for delay in (0.3, 0.8, 1.6):
        process = workplace.start("import", "--data", workplace.data, path,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    server = workplace.serve()
    deadline = time.monotonic() + 60
    while not server.get("/health/ready").json["caught_up"]:
        assert time.monotonic() < deadline, server.log.read_text()
        time.sleep(0.05)
    found = server.get("/api/v1/search", limit=0).json["total"]
    # What the store holds is what was acknowledged: the index holds all of it, and each product once.
    stored = server.get("/metrics").body.decode()
    assert found > 0
    ids = set()
    cursor = {}
    while True:
        page = server.get("/api/v1/search", limit=1000, sort="price", highlight="false", **cursor).json
        for hit in page["hits"]:
            assert hit["id"] not in ids, f"{hit['id']} is there twice"
            ids.add(hit["id"])
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}
    assert len(ids) == found, (len(ids), found, stored[-500:])
    assert ids == {f"p{n}" for n in range(len(ids))}, "transactions are whole and in order"
    server.stop()
    workplace.run("check", "--data", workplace.data)
    assert "what the store says" in workplace.run("reindex", "--data", workplace.data, "--verify").stdout


def check_import_goes_through_a_running_server(workplace):
    workplace.run("import", "--data", workplace.data, workplace.write("a.jsonl", product_lines(many(10))))
    server = workplace.serve()
    finished = workplace.run(
        "import", "--data", workplace.data, workplace.write("b.jsonl", product_lines(many(5000, start=10))))
    assert json.loads(finished.stdout)["imported"] == 5000
    assert server.get("/api/v1/search", limit=0).json["total"] == 5010


def check_a_second_server_on_the_folder_is_refused(workplace):
    server = workplace.serve()
    finished = workplace.run("serve", "--data", workplace.data, "--port", "0", status=1)
    assert str(server.process.pid) in finished.stderr, finished.stderr
    other = workplace.folder / "other"
    finished = workplace.run("serve", "--data", other, "--port", server.port, status=1)
    assert str(server.port) in finished.stderr and "port" in finished.stderr, finished.stderr
    assert server.stop() == 0


def check_a_full_disk_is_an_error_and_nothing_is_lost(workplace):
    mount = workplace.folder / "small"
    mount.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(mount)], capture_output=True)
    if mounted.returncode != 0:
        raise Skip("mounting a small file system needs root")
    try:
        workplace.data = mount / "data"
        workplace.run("import", "--data", workplace.data, workplace.write("a.jsonl", product_lines(many(500))))
        finished = workplace.run(
            "import", "--data", workplace.data, workplace.write("b.jsonl", product_lines(many(60_000))), status=1)
        assert "space" in finished.stderr, finished.stderr
        subprocess.run(["mount", "-o", "remount,size=200m", str(mount)], check=True)
        workplace.run("import", "--data", workplace.data, workplace.folder / "b.jsonl")
        assert total(workplace) == 60_000
        workplace.run("check", "--data", workplace.data)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)
