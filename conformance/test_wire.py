"""The wire tier: raw requests of conformance/wire, and what must come back.

Against the simulator of the build; or against LASTGOOD_WIRE_URL with LASTGOOD_USER and
LASTGOOD_PASSWORD, where LASTGOOD_WIRE_VM is the GUID of a virtual machine that may be used.
"""

import http.client
import json
import os
import re
import subprocess
import time
import urllib.parse

import jsonschema
import pytest

from wire_client import (PARTS, TEMPLATES, WIRE, Connection, Target, body_of, fill,
                         find, local, space, text_of, tree_of, values_of)

VECTORS = sorted(path for path in WIRE.glob("*.json") if not path.stem.isupper())
MESSAGE_ID = re.compile(r"uuid:[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
FAULT_ACTIONS = {"a": "{a}/fault", "x": "{x}/fault", "n": "{n}/fault",
                 "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"}
USER, PASSWORD = "wire", "a-password-of-no-worth"


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def expectations(step):
    """The replies that are allowed, one or several."""
    return step["expect"] if isinstance(step["expect"], list) else [step["expect"]]


# ---- the files ----

def test_vectors_validate():
    checks = jsonschema.Draft202012Validator(read(WIRE / "SCHEMA.json"))
    wrong = [f"{path.name}: {error.json_path}: {error.message[:200]}" for path in VECTORS
             for error in checks.iter_errors(read(path))]
    assert len(VECTORS) >= 80 and not wrong, "\n".join(wrong)


def test_ids_are_in_the_ledger_and_never_reused():
    lines = (WIRE / "LEDGER").read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line and not line.startswith("#")]
    live = [line for line in ids if not line.startswith("retired ")]
    retired = {line.removeprefix("retired ") for line in ids if line.startswith("retired ")}
    assert live == sorted(set(live))
    assert set(live) == {path.stem for path in VECTORS}
    assert not retired & set(live)


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vector_is_whole(path):
    """Clauses name a known source, placeholders have a value when their step comes, and who asks
    for a virtual machine says so."""
    vector = read(path)
    assert {clause.split()[0] for clause in vector["clauses"]} <= set(TEMPLATES["sources"])
    kept, used = {}, "{vm}" in json.dumps([step["expect"] for step in vector["steps"]])
    target = Target("http://host/wsman", "user", "password", "THE-VM")
    for step in vector["steps"]:
        values = values_of(step["request"], target, kept)
        used = used or b"THE-VM" in (body_of(step["request"], values) or b"")
        kept |= dict.fromkeys(step.get("keep", {}), "kept")
        for element in (one for expect in expectations(step) for one in expect.get("elements", [])):
            fill(element.get("value", "") + element.get("not", ""), values)
    assert used == ("vm" in vector.get("needs", []))


# ---- the target ----

def outside():
    url = os.environ.get("LASTGOOD_WIRE_URL")
    return Target(url, os.environ.get("LASTGOOD_USER", ""), os.environ.get("LASTGOOD_PASSWORD", ""),
                  os.environ.get("LASTGOOD_WIRE_VM")) if url else None


def environment(path, process):
    """The lines NAME=VALUE that the simulator writes once it listens."""
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        found = dict(line.split("=", 1) for line in lines if "=" in line)
        if "LASTGOOD_PID" in found:  # the last line
            return found
        time.sleep(0.05)
    pytest.fail("the simulator does not say where it listens", pytrace=False)


def new_vm(found):
    """Has the simulator make a virtual machine, by its control channel."""
    parts = urllib.parse.urlsplit(found["LASTGOOD_CONTROL_URL"])
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", parts.path or "/",
                       json.dumps({"id": 1, "op": "event", "event": "Vm.Create"}).encode(),
                       {"Authorization": "Bearer " + found["LASTGOOD_CONTROL_TOKEN"],
                        "Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert answer["ok"], answer
    return answer["out"]["vm"]


@pytest.fixture(scope="session")
def wire_target(request, tmp_path_factory):
    if outside():
        yield outside()
        return
    folder = tmp_path_factory.mktemp("wire")
    accounts, said = folder / "accounts", folder / "environment"
    accounts.write_text(f"{USER}:{PASSWORD}:administrator\n", encoding="utf-8")
    accounts.chmod(0o600)
    command = [request.getfixturevalue("simulator"), "--listen", "127.0.0.1:0", "--accounts",
               str(accounts), "--allow-unencrypted", "--control", "127.0.0.1:0",
               "--env-file", str(said)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
        try:
            found = environment(said, process)
            yield Target(found["LASTGOOD_URL"], USER, PASSWORD, new_vm(found))
        finally:
            process.terminate()


# ---- what came back ----

def among(expected, value):
    return value in (expected if isinstance(expected, list) else [expected])


def complaints_about_reply(root, sent):
    """What every SOAP message must be, whatever it answers."""
    if local(root) != "Envelope" or space(root) != PARTS["s"]:
        yield "the root is no SOAP envelope"
    if find(root, "IdentifyResponse"):
        return
    if not MESSAGE_ID.fullmatch(text_of(root, "Header/MessageID") or ""):
        yield "no MessageID of the form uuid:UPPERCASE"
    if text_of(root, "Header/To") != PARTS["anonymous"]:
        yield "To is not the anonymous address"
    related = text_of(root, "Header/RelatesTo")
    unread = related is None and find(root, "Body/Fault")  # a message that could not be read
    if sent and related != sent and not unread:
        yield f"RelatesTo is {related}, not {sent}"


def complaints_about_fault(root, expected):
    fault = {"code": text_of(root, "Fault/Code/Value"),
             "subcode": text_of(root, "Fault/Code/Subcode/Value"),
             "detail": (text_of(root, "Fault/Detail/FaultDetail") or "").rpartition("/")[2]}
    codes = [element.get("Code") for element in find(root, "Fault/Detail/WSManFault")]
    if not text_of(root, "Fault/Reason/Text"):
        yield "the fault has no reason"
    for name in set(expected) & set(fault):
        if not among(expected[name], fault[name]):
            yield f"{name} is {fault[name]}, not {expected[name]}"
    if "wsman" in expected and not (codes and among(expected["wsman"], int(codes[0]))):
        yield f"the code of WSManFault is {codes}, not {expected['wsman']}"
    prefix = (fault["subcode"] or "").partition(":")[0]
    action = text_of(root, "Header/Action")
    if prefix in FAULT_ACTIONS and action != fill(FAULT_ACTIONS[prefix], PARTS):
        yield f"a fault {fault['subcode']} has action {action}"


def complaints_about_element(root, expected, values):
    found = find(root, expected["element"])
    texts = [element.text or "" for element in found]
    name = expected["element"]
    if "space" in expected:
        wanted = values.get(expected["space"], expected["space"])
        if any(space(element) != wanted for element in found):
            yield f"{name} is in {space(found[0])}"
    if "count" in expected and len(found) != expected["count"]:
        yield f"{name} is there {len(found)} times, not {expected['count']}"
    if expected.get("absent") and found:
        yield f"{name} is there"
    if not {"absent", "count"} & set(expected) and len(found) < expected.get("at_least", 1):
        yield f"{name} is there {len(found)} times"
    if "value" in expected and fill(expected["value"], values) not in texts[:1]:
        yield f"{name} is {texts[:1]}, not {expected['value']}"
    if "matches" in expected and not all(re.fullmatch(expected["matches"], text) for text in texts):
        yield f"{name} is {texts[:3]}, not {expected['matches']}"
    if "not" in expected and fill(expected["not"], values) in texts:
        yield f"{name} is {expected['not']}"


def complaints_about_http(reply, expected):
    if not among(expected["status"], reply.status):
        yield f"status {reply.status}, not {expected['status']}"
    if expected.get("empty") and reply.bytes:
        yield "there is a body"
    if expected.get("utf16") and b"\x00" not in reply.bytes[:8]:
        yield "the reply is not UTF-16"
    if not re.search(expected.get("body", ""), reply.bytes.decode("utf-8", "replace")):
        yield f"nothing in the body is {expected['body']}"
    for name, pattern in expected.get("headers", {}).items():
        lines = reply.headers.get_all(name, [""])
        if not any(re.fullmatch(pattern, line) for line in lines):
            yield f"header {name} is {lines}, not {pattern}"


def complaints(reply, expected, values, sent):
    """All that is wrong with a reply."""
    yield from complaints_about_http(reply, expected)
    if not reply.bytes or reply.status not in (200, 500):
        return
    root = tree_of(reply)
    yield from complaints_about_reply(root, sent)
    is_fault = bool(find(root, "Body/Fault"))
    if is_fault != (reply.status == 500) or is_fault != ("fault" in expected):
        yield "there is a fault" if is_fault else "there is no fault"
    elif is_fault:
        yield from complaints_about_fault(root, expected["fault"])
    if "action" in expected and text_of(root, "Header/Action") != fill(expected["action"], values):
        yield f"the action is {text_of(root, 'Header/Action')}"
    for element in expected.get("elements", []):
        yield from complaints_about_element(root, element, values)


def message_id_of(body):
    """The MessageID of a request that is XML and has one, as it must come back."""
    found = re.search(rb"<a:MessageID>([^<]+)</a:MessageID>", body or b"")
    return found[1].decode() if found else None


def carry_out(step, connection, target, kept):
    """Sends the request of a step; what is wrong with the reply, and the reply."""
    values = values_of(step["request"], target, kept)
    body = body_of(step["request"], values)
    try:
        reply = connection.send(step["request"], body)
    except (http.client.HTTPException, OSError) as error:
        return [f"no reply: {error!r}"], None
    wrong = [list(complaints(reply, one, values, message_id_of(body)))
             for one in expectations(step)]
    return wrong if all(wrong) else [], reply


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_wire(path, wire_target):
    vector = read(path)
    if "vm" in vector.get("needs", []) and not wire_target.vm:
        pytest.skip("set LASTGOOD_WIRE_VM: this vector needs a virtual machine")
    kept = {}
    with Connection(wire_target) as connection:
        for number, step in enumerate(vector["steps"], 1):
            wrong, reply = carry_out(step, connection, wire_target, kept)
            if wrong:
                said = reply.bytes[:4000].decode("utf-8", "replace") if reply else ""
                clauses = ", ".join(vector["clauses"])
                pytest.fail(f"{vector['title']} ({clauses})\nstep {number}: {wrong}\n{said}",
                            pytrace=False)
            for name, where in step.get("keep", {}).items():
                kept[name] = text_of(tree_of(reply), where)
