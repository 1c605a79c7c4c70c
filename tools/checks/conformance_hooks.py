"""What schemathesis is told about requests that JSON Schema cannot describe. Only right values are put in the
place of others that are right by themselves, so that requests meant to be wrong stay wrong."""

import json
import urllib.parse

import schemathesis

DEPTH_MAX = 10_000
TEXT_FIELDS = ["brand", "category", "color", "attributes.color"]


@schemathesis.serializer("application/x-ndjson")
def lines(_, value):
    """A text is sent as it is, nothing as an empty body, anything else as one line."""
    if value is None or isinstance(value, bytes):
        return value or b""
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "replace")


@schemathesis.hook
def before_call(_, case, *__):
    if isinstance(case.query, dict):
        reach(case.query)
    case.body = fitting(case.body)
    if isinstance(case.body, dict):
        reach(case.body)
        tell_apart(case.body.get("facets"))
        address = (case.path_parameters or {}).get("id")
        address = urllib.parse.unquote(address) if isinstance(address, str) else None
        if is_id(case.body.get("id")) and is_id(address):
            case.body["id"] = address


def fitting(value):
    """Whole numbers cut to 64 bits, which a schema can say of integers, but not of any JSON."""
    if isinstance(value, dict):
        return {name: fitting(member) for name, member in value.items()}
    if isinstance(value, list):
        return [fitting(element) for element in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-(1 << 63), min(value, (1 << 63) - 1))
    return value


def reach(request):
    """Keeps offset and limit together within what is paged through; deeper pages are an error."""
    offset, limit = whole(request.get("offset")), whole(request.get("limit", 20) or 20)
    if offset is not None and limit is not None and offset <= DEPTH_MAX and limit <= 1000:
        request["offset"] = min(offset, DEPTH_MAX - limit)


def tell_apart(facets):
    """Gives facets of one field, and text fields that are to have ranges, names of their own."""
    seen = set(TEXT_FIELDS)
    for index, facet in enumerate(facets if isinstance(facets, list) else []):
        name = facet.get("field") if isinstance(facet, dict) else facet
        if not isinstance(name, str):
            continue
        if name in seen and (name not in TEXT_FIELDS or isinstance(facet, dict) and "ranges" in facet):
            if isinstance(facet, dict):
                facet["field"] = f"{name}{index}"
            else:
                facets[index] = f"{name}{index}"
        seen.add(name)


def whole(value):
    """The number, also where a parameter holds it as text; None where it is none, or negative."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdecimal() else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def is_id(value):
    return (isinstance(value, str) and 0 < len(value.encode("utf-8", "replace")) <= 512
            and all(ord(c) >= 0x20 and not 0x7F <= ord(c) <= 0x9F for c in value))
