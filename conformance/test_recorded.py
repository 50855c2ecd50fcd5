"""Requests as two real clients send them: what comes back, element by element.

The shapes are in wire/CLIENTS.json: one request each, and the replies. Where LASTGOOD_RECORDED
names a folder with recordings of the clients themselves (openwsman/NNN.req, omicli/NNN.req: the
head of HTTP, an empty line, the body; for the account user/secret), these are replayed as well.
A request is sent twice: as it is, naming things that are not there, and with the context, the names
and the InstanceID of what is there.
"""

import json
import os
import pathlib
import re
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

import pytest

from sim_process import Simulator, basic
from wire_client import PARTS, WIRE, fill, find, local, space, text_of

CLIENTS = json.loads((WIRE / "CLIENTS.json").read_text(encoding="utf-8"))
FOLDER = os.environ.get("LASTGOOD_RECORDED")
XSI, CIM = PARTS["xsi"], "http://schemas.dmtf.org/wbem/wscim/1/common"
DMTF_URI = PARTS["dmtf"] + "Msvm_SecurityService"
SERVICE_URI = PARTS["v2"] + "Msvm_SecurityService"
SETTING_ID = "6B3C1D4E-0A5F-4C1B-9E62-7D1F8A90C3E5"

# What is sent, what a recording of it is called, and the replies to it as it is and as it should
# be; `after` opens the enumeration that is pulled from.
Case = namedtuple("Case", "recording as_is rewritten after", defaults=(None,))
CASES = {
    "identify": Case("openwsman/002.req", "identified", "identified"),
    "query": Case("openwsman/004.req", "enumeration", "enumeration"),
    "query-pull": Case("openwsman/005.req", "no_context", "last", "query"),
    "references": Case("openwsman/007.req", "enumeration", "enumeration"),
    "references-pull": Case("openwsman/008.req", "no_context", "last references", "references"),
    "pairs": Case("openwsman/010.req", "whole pairs", "whole pairs"),
    "pairs-pull": Case("openwsman/011.req", "no_context", "last pairs", "pairs"),
    "get": Case("openwsman/013.req", "unreachable", "instance"),
    "invoke-other-input": Case("openwsman/015.req", "unreachable", "protector"),
    "invoke": Case("openwsman/017.req", "unreachable", "set"),
    "associated": Case("openwsman/019.req", "unreachable", "enumeration"),
    "associated-pull": Case("openwsman/020.req", "no_context", "more any", "associated"),
    "dmtf": Case("omicli/033.req", "whole typed", "whole typed"),
    "dmtf-pull": Case("omicli/034.req", "no_context", "last typed", "dmtf"),
    "dmtf-query": Case("omicli/035.req", "whole", "whole"),
    "dmtf-query-pull": Case("omicli/036.req", "no_context", "last", "dmtf-query"),
    "dmtf-get": Case("omicli/037.req", "instance typed", "instance typed"),
    "dmtf-invoke": Case("omicli/038.req", "set refused", "set"),
}
ORIGINS = ["written", "recorded"] if FOLDER else ["written"]
# What a request names where nobody has told it better, and nothing is there.
NOTHING = {"context": f"uuid:{PARTS['nobody']}", "name": "vmms", "machine": "ELSEWHERE", "vm": "x",
           "identity": "", "length": "",
           "whole_setting": "&lt;INSTANCE CLASSNAME=&quot;x&quot;/&gt;"}


# ---- requests ----

def identity(vm):
    """The property that says which virtual machine is meant."""
    return ('&lt;PROPERTY NAME="InstanceID" TYPE="string"&gt;&lt;VALUE&gt;Microsoft:'
            f"{vm}\\{SETTING_ID}&lt;/VALUE&gt;&lt;/PROPERTY&gt;")


def things(vm, machine):
    """What NOTHING names, as it is there; with its length in front a protector is plausible."""
    length = "".join(f'<k:KeyProtector xmlns:k="{{input_uri}}">{byte}</k:KeyProtector>'
                     for byte in (0, 0, 0, 7))
    return {"name": "vmsecuritywmi", "machine": machine, "vm": vm, "length": length,
            "identity": identity(vm), "whole_setting":
            f'&lt;INSTANCE CLASSNAME="Msvm_SecuritySettingData"&gt;{identity(vm)}&lt;/INSTANCE&gt;'}


def recording(name):
    """Head and body of a recording: lines of HTTP, and as many bytes as its length says."""
    data = (pathlib.Path(FOLDER) / CASES[name].recording).read_bytes()
    head, body = re.split(rb"\r?\n\r?\n", data, maxsplit=1)
    length = int(re.search(rb"(?i)^content-length: *(\d+)", head, re.M)[1])
    return head.splitlines(), body[:length]


def template_of_recording(body):
    """The text of a recording with places for what it names."""
    for pattern, place in ((r"uuid:AAAAAAAA-0000-0000-0000-\d{12}", "{context}"),
                           (">vmms<", ">{name}<"), (">HOST1<", ">{machine}<"),
                           ('Name="Name">x<', 'Name="Name">{vm}<'),
                           (r"&lt;/INSTANCE&gt;", "{identity}&lt;/INSTANCE&gt;"),
                           (r"&lt;INSTANCE CLASSNAME=&quot;x&quot;/&gt;", "{whole_setting}"),
                           (r"(<\w+:KeyProtector>1<)", r"{length}\1")):
        body = re.sub(pattern, place, body)
    return body


class Request:
    """A request of either origin: its lines of HTTP and a template of its body."""

    def __init__(self, name, origin, process):
        self.exact = None
        if origin == "recorded":
            self.lines, self.exact = recording(name)
            self.template = template_of_recording(self.exact.decode())
            self.parts = {}
        else:
            self.lines = [b"POST /wsman HTTP/1.1", b"Host: test", b"Content-Length: 0",
                          b"Content-Type: application/soap+xml;charset=UTF-8",
                          b"Authorization: " + basic("user", "secret").encode()]
            self.template = "{envelope}"
            self.parts = {**PARTS, **CLIENTS["parts"], "url": process.env["LASTGOOD_URL"],
                          "message_id": "uuid:0B5C3F7E-9A41-4D0E-8A53-7C1E2D3F4A5B",
                          **CLIENTS["requests"][name]}

    def body(self, named):
        """The bytes that name these things; those of the recording where nothing is to change."""
        if named is NOTHING and self.exact is not None:
            return self.exact
        dmtf = DMTF_URI + '"' in fill(self.template, {**self.parts, **NOTHING})
        input_uri = DMTF_URI if dmtf else SERVICE_URI
        return fill(self.template, {**self.parts, **named, "input_uri": input_uri}).encode()

    def send(self, process, body):
        lines = [re.sub(rb"(?i)^(content-length:).*", rb"\1 %d" % len(body), line)
                 for line in self.lines]
        return process.ask(b"\r\n".join(lines) + b"\r\n\r\n" + body)


# ---- replies ----

def service_instance(typed):
    """The service as it must come back; with types for who asks by a URI of the DMTF."""
    uri = DMTF_URI if typed else SERVICE_URI
    kinds = "xsi:type='cim:{}'" if typed else ""
    rows = "".join(f"<o:{name} {kinds.format(kind)}>{value}</o:{name}>" if value is not None
                   else f"<o:{name} xsi:nil='true'/>" for name, kind, value in CLIENTS["service"])
    return f"<o:Msvm_SecurityService xmlns:o='{uri}' xsi:type='p:Msvm_SecurityService_Type'>" \
           f"{rows}</o:Msvm_SecurityService>"


def expected(words, body, machine):
    """The tree of a reply: a name of CLIENTS.json and what it is like."""
    name, *like = words.split()
    items = {"references": "{service_reference}", "any": "<any/>",
             "pairs": "<w:Item>" + service_instance(False) + "{service_reference}</w:Item>"}
    message_id = re.search(rb"MessageID[^>]*>([^<]+)<", body)
    values = {**PARTS, **CLIENTS["reply_parts"], **CLIENTS["replies"][name], "machine": machine,
              "message_id": message_id[1].decode() if message_id else "", "bytes": "AAAABA==",
              "items": items.get("".join(like), service_instance("typed" in like)),
              "return": "~3277[36]" if "refused" in like else "0",
              "out_uri": DMTF_URI if b"cim-schema" in body else SERVICE_URI}
    return ElementTree.fromstring(fill(values["reply"], values))


def differences(wanted, found, path=""):
    """Where two trees differ: names, attributes, texts and the order of children. A text that
    begins with ~ is a pattern, an element `any` is any element; selectors have no order."""
    path += "/" + local(found)
    if wanted.tag == "any":
        return
    if wanted.tag != found.tag or wanted.attrib != found.attrib:
        yield f"{path}: {found.tag} {found.attrib}, not {wanted.tag} {wanted.attrib}"
    text, said = wanted.text or "", found.text or ""
    if not (re.fullmatch(text[1:], said) if text.startswith("~") else text == said):
        yield f"{path}: {said!r}, not {text!r}"
    if len(wanted) != len(found):
        yield f"{path}: holds {[local(child) for child in found]}"
    order = (lambda child: child.get("Name")) if local(found) == "SelectorSet" else (lambda _: 0)
    for one, other in zip(sorted(wanted, key=order), sorted(found, key=order)):
        yield from differences(one, other, path)


def check(reply, words, body, machine):
    status = 500 if "fault" in CLIENTS["replies"][words.split()[0]].get("action", "") else 200
    found = ElementTree.fromstring(reply.body)
    assert not list(differences(expected(words, body, machine), found)), reply.body.decode()
    assert reply.status == status
    return found


# ---- the tests ----

@pytest.fixture(scope="module")
def sim(simulator, tmp_path_factory):
    with Simulator(simulator, tmp_path_factory.mktemp("sim"),
                   accounts="user:secret:administrator\n") as process:
        yield process


@pytest.fixture
def there(sim):
    """A virtual machine of the test's own, and the name of the host."""
    answer = json.loads(sim.ctl("event", "Vm.Create", "generation=2").stdout)
    said = json.loads(sim.ctl("call", "Msvm_SecurityService.Get").stdout)
    assert said["properties"]["Name"] == "vmsecuritywmi"
    return things(answer["out"]["vm"], "LASTGOOD")


def send(name, origin, sim, named, edit=lambda body: body):
    request = Request(name, origin, sim)
    body = edit(request.body(named))
    return request.send(sim, body), body


def plain_enumeration(body):
    """The same enumeration, but nothing of it in the first reply."""
    return re.sub(rb"<\w+:(OptimizeEnumeration)/>", b"", body)


def own_input(body):
    """The input of GetKeyProtector, where the client sent another method's."""
    body = body.replace(b"SetKeyProtector_INPUT", b"GetKeyProtector_INPUT")
    return re.sub(rb"<(\w+):KeyProtector[ >].*?</\1:KeyProtector>", b"", body)


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("name", CASES)
def test_as_it_is(name, origin, sim):
    reply, body = send(name, origin, sim, NOTHING)
    check(reply, CASES[name].as_is, body, "LASTGOOD")


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("name", CASES)
def test_of_what_is_there(name, origin, sim, there):
    if CASES[name].after:
        opened, _ = send(CASES[name].after, origin, sim, there, plain_enumeration)
        there["context"] = text_of(ElementTree.fromstring(opened.body), "EnumerationContext")
    edit = own_input if name == "invoke-other-input" else lambda body: body
    reply, body = send(name, origin, sim, there, edit)
    check(reply, CASES[name].rewritten, body, there["machine"])


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("name", ["invoke", "dmtf-invoke"])
def test_what_was_set_is_there(name, origin, sim, there):
    send(name, origin, sim, there)
    reply, _ = send("invoke-other-input", origin, sim, there, own_input)
    assert text_of(ElementTree.fromstring(reply.body), "GetKeyProtector_OUTPUT/KeyProtector") \
        == "AAAABwEC/w=="


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("name", ["invoke", "dmtf-invoke"])
def test_three_bytes_are_refused_with_a_documented_code(name, origin, sim, there):
    reply, body = send(name, origin, sim, {**there, "length": ""})
    check(reply, "set refused", body, there["machine"])


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_input_of_another_method(origin, sim, there):
    reply, body = send("invoke-other-input", origin, sim, there)
    check(reply, "bad_input", body, there["machine"])


@pytest.mark.parametrize("origin", ORIGINS)
def test_all_that_is_associated(origin, sim, there):
    """One instance a Pull, until the last one says so."""
    opened, _ = send("associated", origin, sim, there)
    context = text_of(ElementTree.fromstring(opened.body), "EnumerationContext")
    classes, last = [], []
    while not last:
        reply, body = send("associated-pull", origin, sim, {**there, "context": context})
        root = ElementTree.fromstring(reply.body)
        last = find(root, "PullResponse/EndOfSequence")
        check(reply, "last any" if last else "more any", body, there["machine"])
        context = text_of(root, "PullResponse/EnumerationContext")
        classes += [local(item) for item in find(root, "Items/*")]
    assert {"Msvm_VirtualSystemSettingData", "Msvm_SecurityService"} <= set(classes)
    assert len(set(classes)) == len(classes)


def shape(body):
    """The names of a request: elements in their order, with the names of their attributes."""
    return [(space(element), local(element), sorted(element.attrib))
            for element in ElementTree.fromstring(body).iter()]


@pytest.mark.skipif(not FOLDER, reason="set LASTGOOD_RECORDED: the folder of the recordings")
def test_the_written_requests_have_the_shapes_of_all_recordings(sim):
    found = {str(path.relative_to(FOLDER)) for path in pathlib.Path(FOLDER).glob("*/*.req")}
    assert found == {case.recording for case in CASES.values()}
    for name in CASES:
        shapes = [shape(Request(name, origin, sim).body(NOTHING)) for origin in ORIGINS]
        assert shapes[0] == shapes[1], name


SPOILT = [(b">vmsecuritywmi<", b">vmms<"), (b"<p:Caption xsi:nil=\"true\"/>", b""),
          (b"<p:Started>", b"<p:Started xsi:type=\"p:x\">"), (b"p:Started>", b"p:started>"),
          (b"RelatesTo>uuid:", b"RelatesTo>"), (b"transfer/Get", b"transfer/Put"),
          (b"<p:Status ", b"<p:Extra/><p:Status "), (b"lang=\"en-US\"", b"lang=\"de\"")]


@pytest.mark.parametrize("old, new", SPOILT)
def test_a_spoilt_reply_is_seen(old, new, sim, there):
    reply, body = send("get", "written", sim, there)
    spoilt = reply.body.replace(old, new)
    assert spoilt != reply.body
    wanted = expected("instance", body, "LASTGOOD")
    assert list(differences(wanted, ElementTree.fromstring(spoilt)))
