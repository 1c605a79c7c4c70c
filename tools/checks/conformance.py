"""Runs schemathesis against a server, from the document that the server itself hands out.

The document is narrowed before it is used, where JSON Schema cannot say what the routes demand: a filter is
taken from a list of right ones, and not every text. Answers are held to more than the document says: members
that it does not name fail."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

from workplace import ROOT, Workplace

HERE = pathlib.Path(__file__).parent
SEED = 20261120
FILTERS = ["", "price > 10000", "stock > 0 AND NOT price 10000..50000", 'brand IN ["삼성전자", "소니"]',
           'category = "디지털" OR attributes.color = "블랙"', "(rating >= 4.5)", "brand EXISTS",
           'released >= "2024-01"', "status != \"hidden\"", "price ..20000"]


def narrowed(document):
    """The document as schemathesis gets it."""
    schemas = document["components"]["schemas"]
    request = schemas["SearchRequest"]["properties"]
    for name, schema in [("filter", request["filter"]), ("cursor", request["cursor"])] + [
            (parameter["name"], parameter["schema"])
            for parameter in document["paths"]["/api/v1/search"]["get"]["parameters"] if "schema" in parameter]:
        if name == "filter":
            schema["enum"] = FILTERS + [None] * schema.get("nullable", False)
        elif name == "cursor":
            # Right ones depend on the order; the checks of paging walk through them.
            schema["enum"] = [""] + [None] * schema.get("nullable", False)
    # A line of any JSON is answered 200, with an error where it is no product.
    bulk = document["paths"]["/api/v1/products/bulk"]["post"]["requestBody"]["content"]["application/x-ndjson"]
    bulk["schema"] = {"anyOf": [
        bulk["schema"], *({"type": kind} for kind in ["object", "array", "number", "boolean"])]}
    for name in ["SearchAnswer", "Hit", "Explanation", "Facet", "IndexState", "SuggestAnswer", "AnalyzeAnswer",
                 "Receipt", "Liveness", "Readiness", "ErrorDetail", "Error"]:
        closed(schemas[name])
    return document


def closed(schema):
    """Forbids members that the schema does not name, all the way down."""
    if "properties" in schema:
        schema.setdefault("additionalProperties", False)
        for member in schema["properties"].values():
            closed(member)
    if "items" in schema:
        closed(schema["items"])


def run(workplace, examples, seed, phases="examples,coverage,fuzzing,stateful"):
    """Runs all checks; returns the exit status of schemathesis and what it printed."""
    workplace.run("import", "--data", workplace.data, ROOT / "corpora" / "products.jsonl")
    server = workplace.serve()
    document = workplace.write(
        "openapi.json", json.dumps(narrowed(server.get("/openapi.json").json), ensure_ascii=False))
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    finished = subprocess.run(
        [str(program), "--config-file", str(HERE / "conformance.toml"), "run", str(document), "--url", server.url, "--checks", "all", "--exclude-checks", "allow_header_conformance", "--phases", phases,
         "--max-examples", str(examples), "--seed", str(seed), "--max-response-time", "5", "--request-timeout", "20", "--no-color",
         "--suppress-health-check", "all", "--continue-on-failure"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=workplace.folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "conformance_hooks.py")})
    assert server.get("/health/ready").json["status"] == "ready", "the server is no longer ready"
    assert server.stop() == 0, "the server did not end cleanly"
    return finished.returncode, finished.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--examples", type=int, default=300, metavar="N")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N")
    options = parser.parse_args()
    if not shutil.which(options.binary):
        parser.error(f"{options.binary} is no program; build it with: swift build -c release --product saekin")
    with Workplace(options.binary) as workplace:
        status, output = run(workplace, options.examples, options.seed)
    print(output, end="")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
