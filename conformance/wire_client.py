"""Raw WS-Management requests for the wire tier: built from templates, sent, taken apart."""

import base64
import http.client
import json
import pathlib
import re
import urllib.parse
import uuid
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

WIRE = pathlib.Path(__file__).resolve().parent / "wire"
TEMPLATES = json.loads((WIRE / "TEMPLATES.json").read_text(encoding="utf-8"))
PARTS = TEMPLATES["parts"]
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
NESTING_MAX = 12
CONTENT_TYPE = "application/soap+xml;charset=UTF-{}"

Target = namedtuple("Target", "url user password vm")
Reply = namedtuple("Reply", "status headers bytes")


def fill(text, values):
    """The text with every placeholder replaced, and those inside of what came in."""
    for _ in range(NESTING_MAX):
        if not PLACEHOLDER.search(text):
            return text
        text = PLACEHOLDER.sub(lambda found: values[found[1]], text)
    raise ValueError(f"placeholders without end in {text[:200]}")


def values_of(request, target, kept):
    """What the placeholders of a request are; what the vector gives hides what is shared."""
    repeated = {name: part * times for name, (part, times) in request.get("repeat", {}).items()}
    return {**PARTS, "url": target.url, "vm": target.vm or "", "message_id": f"uuid:{uuid.uuid4()}",
            **kept, **TEMPLATES["sends"].get(request.get("send"), {}), **request.get("with", {}),
            **repeated}


def body_of(request, values):
    """The bytes of a request, or None where it has no body."""
    if "base64" in request:
        return base64.b64decode(request["base64"])
    if "method" in request:
        return None
    text = fill(request.get("body", "{envelope}"), values)
    if request.get("encode") == "utf-16":
        return b"\xff\xfe" + text.encode("utf-16-le")
    return text.encode()


class Connection:
    """One connection for all steps of a vector."""

    def __init__(self, target):
        parts = urllib.parse.urlsplit(target.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self.http = kind(parts.hostname, parts.port or (5986 if secure else 5985), timeout=60)
        self.path = parts.path or "/wsman"
        pair = f"{target.user}:{target.password}".encode()
        self.authorization = "Basic " + base64.b64encode(pair).decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.close()

    def send(self, request, body):
        wide = request.get("encode") == "utf-16"
        headers = {"Content-Type": CONTENT_TYPE.format(16 if wide else 8)} if body else {}
        if not request.get("anonymous"):
            headers["Authorization"] = self.authorization
        headers.update(request.get("headers", {}))
        self.http.request(request.get("method", "POST"), request.get("path", self.path), body,
                          {name: value for name, value in headers.items() if value is not None})
        answer = self.http.getresponse()
        return Reply(answer.status, answer.headers, answer.read())


def tree_of(reply):
    """The root element of a reply. A DOCTYPE is no part of any message."""
    assert b"<!DOCTYPE" not in reply.bytes
    return ElementTree.fromstring(reply.bytes)


def local(element):
    return element.tag.rpartition("}")[2]


def space(element):
    return element.tag.rpartition("}")[0].lstrip("{")


def find(root, path):
    """All elements that a path of local names leads to; the first name may stand anywhere."""
    first, *rest = path.split("/")
    found = [element for element in root.iter() if local(element) == first]
    for name in rest:
        found = [child for element in found for child in element
                 if name in ("*", local(child))]
    return found


def text_of(root, path):
    """The text of the one element of a path, or None."""
    found = find(root, path)
    return (found[0].text or "") if found else None
