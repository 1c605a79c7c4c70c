"""What README.md shows is what happens."""

import json
import re

from workplace import ROOT


def blocks(language):
    """The fenced blocks of that language."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def check_the_first_query_of_the_readme_gives_the_answer_it_shows(workplace):
    shown = json.loads(blocks("json")[0])
    command = next(block for block in blocks("sh") if "/api/v1/search" in block)
    query = re.search(r"q=([^'\"&]+)['\"]", command).group(1)
    parameters = dict(re.findall(r"--data-urlencode '(\w+)=([^']*)'", command))
    assert parameters.pop("q") == query
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    answer = workplace.serve().search(query, **parameters)
    assert answer["total"] == shown["total"]
    assert [hit["id"] for hit in answer["hits"]] == [hit["id"] for hit in shown["hits"]]
    assert answer["hits"][0]["highlight"] == shown["hits"][0]["highlight"]
    assert answer["hits"][0]["product"]["title"] == shown["hits"][0]["product"]["title"]
    assert answer["facets"] == shown["facets"]


def check_the_commands_of_the_readme_exist(workplace):
    text = "\n".join(blocks("sh"))
    commands = re.findall(r"saekin (\w+)", text)
    assert {"import", "serve", "search"} <= set(commands), commands
    for command in set(commands):
        help_text = workplace.run(command, "--help").stdout
        for line in re.findall(rf"saekin {command}([^\n|]*)", text):
            for option in re.findall(r"(--[a-z-]+)", line):
                assert option in help_text, (command, option)
    for script in re.findall(r"^(tools/\w+)", text, re.M):
        assert (ROOT / script).exists(), script


def check_the_folders_of_the_readme_exist(workplace):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = re.findall(r"^\| `([\w./-]+)` \|", text, re.M)
    assert len(folders) >= 10, folders
    for folder in folders:
        assert (ROOT / folder).exists(), folder
