"""The routes against the OpenAPI document, with generated requests; tools/conformance sends more of them."""

from conformance import SEED, run


def check_the_routes_do_what_the_document_says(workplace):
    status, output = run(workplace, examples=15, seed=SEED)
    assert status == 0, output[-8000:]
    assert " passed" in output and "Tested: 0" not in output, output[-2000:]
