"""Bad input: lastgood-sim answers a code or one clear line, changes nothing, and goes on."""

import base64
import json
import subprocess

import hypothesis
import pytest
from hypothesis import strategies

from stdio_client import PROPERTY, Client, answers_to, setting

SERVICE = "Msvm_SecurityService."
LIMIT = 16 * 1024 * 1024
TPM = PROPERTY.format("TpmEnabled", "boolean", "TRUE")
UNKNOWN_VM = "00000000-0000-4C47-8000-0000000000FF"
TIME_MAX = 31536000000000


class Host(Client):
    """Two VMs: one with a protector, a policy and a TPM that was used, one that runs."""

    def __init__(self, program):
        super().__init__(program)
        self.vm = self.new_vm()
        self.other = self.new_vm()
        given = {"SecuritySettingData": {}}
        self.service("SetKeyProtector", **given, KeyProtector="AAAABwECAw==")
        self.service("ModifySecuritySettings", SecuritySettingData={"set": {"TpmEnabled": True}})
        self.power(2)
        self.power(3)
        self.service("SetKeyProtector", **given, KeyProtector="AAAACAECAwQ=")
        self.power(2, self.other)
        self.before = self.seen()

    def service(self, method, **args):
        assert self.call(SERVICE + method, self.vm, **args)["return"] == 0

    def power(self, state, vm=None):
        answer = self.call("Msvm_ComputerSystem.RequestStateChange", vm or self.vm,
                           RequestedState=state)
        assert answer["return"] in (0, 4096)
        self.event("Time.Pass", ms=1000)

    def seen(self):
        """All that can be read of both VMs."""
        everything = [self.call(SERVICE + "Get"), self.call("Msvm_ComputerSystem.GetHost")]
        for vm in (self.vm, self.other):
            everything += [self.ask("inspect", target=vm)["digests"],
                           self.call(SERVICE + "GetKeyProtector", vm, SecuritySettingData={}),
                           self.call("Msvm_SecuritySettingData.Get", vm),
                           self.call("Msvm_ComputerSystem.Get", vm),
                           self.call("Msvm_AffectedJobElement.Enumerate", vm)]
        return everything

    def unchanged(self):
        return self.seen() == self.before


@pytest.fixture(scope="module")
def shared(simulator):
    with Host(simulator) as client:
        yield client


@pytest.fixture
def host(shared):
    """The same process for all tests: it must live through them, and each leaves it as it was."""
    yield shared
    assert shared.unchanged()
    assert shared.process.poll() is None


def is_refused(answer):
    """No: either a plain error of one line, or a documented code, or a fault."""
    if answer["ok"]:
        return bool(answer.get("return") or answer.get("fault"))
    reason = answer["error"]["reason"]
    assert reason and len(reason) < 200 and all(" " <= letter != "\x7f" for letter in reason)
    assert answer["error"]["offset"] >= 0
    return True


def refuses(client, **request):
    answer = client.line(json.dumps({"id": 4711, **request}).encode())
    assert answer["id"] == 4711
    assert is_refused(answer), (request, answer)
    return answer


# ---- lines that are no requests ----

NO_REQUESTS = {
    "an empty line": b"", "blanks": b" \t \r", "a word": b"hello", "an array": b"[]",
    "a number": b"1", "a string": b'"hello"', "null": b"null", "cut": b'{"id": 1, "op": "he',
    "two in a line": b'{"id": 1, "op": "hello"} {"id": 2, "op": "hello"}',
    "a comma too many": b'{"id": 1, "op": "hello",}', "single quotes": b"{'id': 1}",
    "a duplicate key": b'{"id": 1, "op": "hello", "op": "reset"}',
    "a deep duplicate key": b'{"id": 1, "op": "call", "args": {"a": 1, "a": 2}}',
    "bad UTF-8": b'{"id": 1, "op": "\xff\xfe"}', "bad UTF-8 in a key": b'{"id": 1, "\x80": 1}',
    "half a character": b'{"id": 1, "op": "\xc3"}', "UTF-16": '{"id": 1}'.encode("utf-16"),
    "overlong UTF-8": b'{"id": 1, "op": "\xc0\xaf"}', "a surrogate": b'{"id": 1, "op": "\\ud800"}',
    "a NUL byte": b'{"id": 1, "op": "re\0set"}', "a NUL in front": b'\0{"id": 1, "op": "reset"}',
    "an escaped NUL": b'{"id": 1, "op": "re\\u0000set"}', "NULs only": b"\0\0\0",
    "a control character": b'{"id": 1, "op": "re\x01set"}',
    "a byte order mark": b'\xef\xbb\xbf{"id": 1, "op": "reset"}',
    "a number too large": b'{"id": 1, "op": "restore", "snapshot": 18446744073709551616}',
    "an id too large": b'{"id": 99999999999999999999, "op": "reset"}',
    "infinity": b'{"id": Infinity, "op": "reset"}', "a huge exponent": b'{"id": 1e999, "op": ""}',
    "arrays in arrays": b"[" * 100_000 + b"]" * 100_000,
    "objects in objects": b'{"id": 1, "args": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "open brackets": b"[" * 1_000_000,
}


@pytest.mark.parametrize("line", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_no_request(line, host):
    answer = host.line(line)
    assert not answer["ok"] and is_refused(answer)
    assert answer["id"] is None


@pytest.mark.parametrize("id_", [None, "1", 1.0, 1.5, True, [1], {}])
def test_id_of_another_type(id_, host):
    answer = host.line(json.dumps({"id": id_, "op": "reset"}).encode())
    assert (answer["id"], answer["ok"]) == (None, False)


@pytest.mark.parametrize("id_", [0, -1, 2**31, 2**63 - 1, -2**63])
def test_every_integer_is_an_id(id_, host):
    answer = host.line(json.dumps({"id": id_, "op": "hello"}).encode())
    assert (answer["id"], answer["ok"]) == (id_, True)


# ---- requests ----

WRONG = [None, 5, -1, 1.5, True, "", "x", [], {}, [1], {"a": 1}]
BAD_REQUESTS = [
    {}, {"op": ""}, {"op": "Reset"}, {"op": "reset "}, {"op": "é" * 300}, {"op": "reset\n"},
    *({"op": wrong} for wrong in WRONG),
    {"op": "reset", "force": True}, {"op": "hello", "version": 1},
    {"op": "call"}, {"op": "event"}, {"op": "call", "event": "Vm.Create"},
    {"op": "event", "method": SERVICE + "Get"}, {"op": "event", "event": SERVICE + "StopService"},
    {"op": "call", "method": "Vm.Create"}, {"op": "call", "call": SERVICE + "StopService"},
    {"op": "event", "event": "Vm.Create", "method": "Vm.Create"},
    *({"op": "call", "method": wrong} for wrong in WRONG),
    *({"op": "event", "event": wrong} for wrong in WRONG),
    {"op": "call", "method": "é" * 1000}, {"op": "call", "method": SERVICE + "é" * 90},
    {"op": "call", "method": "Msvm_SecurityService.getkeyprotector"},
    {"op": "call", "method": "GetKeyProtector"}, {"op": "call", "method": SERVICE},
    {"op": "call", "method": "Win32_Process.Create"}, {"op": "event", "event": "Vm.Explode"},
    *({"op": "inspect", "target": wrong} for wrong in WRONG), {"op": "inspect"},
    {"op": "inspect", "target": UNKNOWN_VM}, {"op": "inspect", "target": "$vm0"},
    *({"op": "restore", "snapshot": wrong} for wrong in WRONG), {"op": "restore"},
    *({"op": "restore", "snapshot": wrong} for wrong in (0, 15, 16, 2**31, 2**63 - 1)),
]


@pytest.mark.parametrize("request_", BAD_REQUESTS, ids=lambda request: json.dumps(request)[:80])
def test_bad_request(request_, host):
    assert not refuses(host, **request_)["ok"]


READS = ["Msvm_ComputerSystem.Get", "Msvm_SecuritySettingData.Get", "Msvm_ConcreteJob.Get",
         "Msvm_AffectedJobElement.Enumerate"]
NEED_TARGETS = READS + ["Msvm_ConcreteJob.KillJob",
                        "Msvm_VirtualSystemManagementService.DestroySystem"]
NAMES = ["$vm0", "$job1", "0", "é", "x" * 100_000, UNKNOWN_VM, UNKNOWN_VM.lower(),
         UNKNOWN_VM + "0", "9E3779B1-0000-4C43-8000-000000000001", "../../etc/passwd", "%n%n%s"]


@pytest.mark.parametrize("method", NEED_TARGETS)
def test_unknown_target(method, host):
    for target in WRONG + NAMES:
        refuses(host, op="call", method=method, target=target)
    refuses(host, op="call", method=method)
    if "Job" in method.split(".")[0] and "Affected" not in method:
        refuses(host, op="call", method=method, target=host.vm)


@pytest.mark.parametrize("event", ["Vm.Remove", "Vm.Hold", "Checkpoint.Take", "Guest.ShutDown"])
def test_event_of_unknown_vm(event, host):
    for target in WRONG + NAMES:
        refuses(host, op="event", event=event, target=target)
    refuses(host, op="event", event=event)


OUT_OF_RANGE = [-1, 2**31, 2**32, 2**63 - 1, -2**63, 1.0, 1.5, -0.0, 1e300, None, "1", True, [],
                {}]
BAD_ARGS = [
    ("Msvm_ComputerSystem.RequestStateChange", "RequestedState", OUT_OF_RANGE + [65536, 0, 1, 99]),
    ("Time.Pass", "ms", OUT_OF_RANGE[4:] + [-1, TIME_MAX + 1, 2**63 - 1]),
    ("Vm.Create", "generation", OUT_OF_RANGE + [0, 3]),
    ("Caller.Become", "role", WRONG + ["Administrator", "root"]),
    ("Host.Become", "version", WRONG + ["2012", "2016 "]),
    ("Cause.Appear", "cause", WRONG + ["completed", "job_started", "terminated", "é" * 300]),
    ("Cause.End", "cause", WRONG),
    ("Vm.Import", "from", WRONG + NAMES),
    ("Protector.BecomeUnusable", "protector", [None, 5, True, [], {}, "not base64", "AAA", "A==="]),
    (SERVICE + "SetKeyProtector", "KeyProtector",
     [5, -1, 1.5, True, [], {}, [1, 2], {"base64": 5}, {"base64": None}, {"base64": "*"}, "AQI",
      "AQI==", "AQ I=", "AQI=\n", "AR==", "é", "=", "====", "A" * 5]),
    (SERVICE + "SetSecurityPolicy", "SecurityPolicy", [5, True, [], {}, "AQI", "-_-_"]),
    (SERVICE + "ModifySecuritySettings", "SecuritySettingData",
     [None, 5, 1.5, True, [], [1], {"text": 5}, {"text": "yaml"}, {"set": 5}, {"set": []},
      {"set": {"TpmEnabled": "yes"}}, {"set": {"TpmEnabled": 1}}, {"set": {"TpmEnabled": None}},
      {"set": {"tpmEnabled": True}}, {"set": {"NoSuchProperty": True}}, {"set": {"é" * 99: True}},
      {"identity": "mine"}, {"flags": -1}, {"flags": 32}, {"flags": "1"}, {"vm": "x"},
      {"generation": 2, "set": {"TpmEnabled": False}, "x": 1}]),
]


def request_of(name, vm, args):
    event = name.split(".")[0] in ("Time", "Vm", "Caller", "Host", "Cause", "Protector")
    key = "event" if event else "method"
    return {"op": "event" if event else "call", key: name, "target": vm, "args": args}


@pytest.mark.parametrize("name, argument, values", BAD_ARGS, ids=lambda value: str(value)[:40])
def test_bad_argument(name, argument, values, host):
    for value in values:
        given = {} if argument == "SecuritySettingData" else {"SecuritySettingData": {}}
        args = {**(given if name.startswith(SERVICE) else {}), argument: value}
        refuses(host, **request_of(name, host.vm, args))
    for args in (None, 5, "x", [], True):
        refuses(host, **request_of(name, host.vm, args))


@pytest.mark.parametrize("name, args", [
    ("Vm.Create", {"planned": "yes"}), ("Vm.Create", {"old_version": 1}),
    ("Host.Become", {"version": "2025", "no_tpm": "yes"}), ("Vm.Create", {"generatoin": 1}),
    ("Time.Pass", {"ms": 0, "s": 1}),
    (SERVICE + "GetKeyProtector", {"SecuritySettingData": {"identity": 5}}),
    (SERVICE + "SetKeyProtector", {"SecuritySettingData": {}, "KeyProtektor": "AQI="}),
], ids=str)
def test_argument_of_another_name_or_type(name, args, simulator):
    with Host(simulator) as client:
        assert not refuses(client, **request_of(name, client.vm, args))["ok"]
        assert client.unchanged()


def test_timeouts(host):
    for timeout in (5, True, [], {}):
        args = {"RequestedState": 2, "TimeoutPeriod": timeout}
        request = request_of(SERVICE + "RequestStateChange", host.vm, args)
        assert not refuses(host, **request)["ok"]


# ---- embedded instances ----

def bomb(depth=12):
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, depth))
    return f'<!DOCTYPE CIM [<!ENTITY e0 "aaaaaaaaaa">{entities}]>' \
           f'<INSTANCE CLASSNAME="Msvm_SecuritySettingData">&e{depth - 1};</INSTANCE>'


def texts(vm):
    """Texts that are not what they should be, each of which would switch the TPM off."""
    off = PROPERTY.format("TpmEnabled", "boolean", "FALSE")
    good = setting(vm, off)
    yield from ("", " \r\n\t", good[:-1], good[:len(good) // 2], good + good, good + "x")
    yield from ("x" + good, "TpmEnabled=1", "<", "<INSTANCE>", "<CIM></CIM>", "{}", "\ufeff")
    yield "instance of Msvm_SecuritySettingData { InstanceID = \"Microsoft:" + vm + "\"; };"
    for name in ("Msvm_ProcessorSettingData", "CIM_SettingData", "", "é", "x" * 10_000):
        yield good.replace("Msvm_SecuritySettingData", name)
    for other in (UNKNOWN_VM, "", "Definition", vm[:-1], vm + "0", "*"):
        yield good.replace(vm, other)
    yield good.replace("Microsoft:", "")
    yield setting(vm, off + PROPERTY.format("TpmEnabled", "boolean", "TRUE"))
    yield setting(vm, off + PROPERTY.format("InstanceID", "string", "Microsoft:" + UNKNOWN_VM))
    yield setting(vm, PROPERTY.format("TpmEnabled", "string", "FALSE"))
    yield setting(vm, PROPERTY.format("TpmEnabled", "boolean", "maybe"))
    yield setting(vm, PROPERTY.format("TpmEnabled", "uint8", "0"))
    yield setting(vm, off + " " * (10 * 1024 * 1024))
    yield setting(vm, off * 50_000)
    yield setting(vm, off + PROPERTY.format("ElementName", "string", "a" * 10_000_000))
    yield setting(vm, "<VALUE>" * 100_000)
    yield bomb()


@pytest.mark.parametrize("method", ["ModifySecuritySettings", "SetKeyProtector",
                                    "SetSecurityPolicy", "RestoreLastKnownGoodKeyProtector"])
def test_embedded_instance(method, host):
    bytes_ = {"SetKeyProtector": {"KeyProtector": "AQI="},
              "SetSecurityPolicy": {"SecurityPolicy": "AQI="}}.get(method, {})
    for text in texts(host.vm):
        answer = host.call(SERVICE + method, SecuritySettingData=text, **bytes_)
        assert answer["return"] not in (0, 4096), text[:300]
        assert host.unchanged(), text[:300]


def test_nothing_is_fetched_for_a_text(host):
    """A document type or an encoding that is named is passed over, or the text is refused."""
    for front in ('<!DOCTYPE a SYSTEM "file:///etc/passwd">',
                  '<?xml version="1.0" encoding="UTF-16"?>',
                  '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'):
        given = {"SecuritySettingData": front + setting(host.vm)}
        assert host.call(SERVICE + "GetKeyProtector", **given)["return"] in (0, 4, 32773)


def test_text_of_a_vm_changes_no_other(simulator):
    with Host(simulator) as client:
        given = {"SecuritySettingData": setting(client.other, TPM)}
        assert client.call(SERVICE + "ModifySecuritySettings", **given)["return"] != 0, "it runs"
        assert client.unchanged()
        client.power(3, client.other)
        for method, bytes_ in (("SetKeyProtector", {"KeyProtector": "AAAABQE="}),
                               ("ModifySecuritySettings", {})):
            assert client.call(SERVICE + method, **given, **bytes_)["return"] == 0
        after, count = client.seen(), len(client.before)
        assert after[:count // 2 + 1] == client.before[:count // 2 + 1]
        assert after != client.before


def test_protectors_of_many_lengths(host):
    """Too large is refused; what is taken is handed back as it was."""
    vm = host.new_vm()
    for length in (0, 1, 3, 4, 5, 255, 65536, 1024 * 1024, 1024 * 1024 + 1, 8 * 1024 * 1024):
        given = base64.b64encode(bytes(range(256)) * (length // 256 + 1))[:length * 4 // 3 // 4 * 4]
        answer = host.call(SERVICE + "SetKeyProtector", vm, SecuritySettingData={},
                           KeyProtector=given.decode())
        if answer["return"] == 0 and length > 4:
            read = host.call(SERVICE + "GetKeyProtector", vm, SecuritySettingData={})
            assert read["out"]["KeyProtector"] == given.decode()
    host.event("Vm.Remove", vm)


# ---- lines ----

def hello_of_length(length):
    return b'{"id": 7, "op": "hello"' + b" " * (length - 24) + b"}"


@pytest.mark.parametrize("excess", [-1, 0, 1, 2, LIMIT, 3 * LIMIT])
@pytest.mark.parametrize("ended", [True, False])
def test_lines_at_the_limit(excess, ended, simulator):
    line = hello_of_length(LIMIT + excess)
    data = b'{"id": 6, "op": "reset"}\n' + line + (b'\n{"id": 8, "op": "reset"}\n' * ended)
    answers, done = answers_to(simulator, data)
    assert done.returncode == 0
    assert [answer["id"] for answer in answers] == [6, 7 if excess <= 0 else None] + [8] * ended
    assert [answer["ok"] for answer in answers] == [True, excess <= 0] + [True] * ended


def test_many_long_lines(simulator):
    answers, _ = answers_to(simulator, (b"x" * (LIMIT + 1) + b"\n") * 3 + b'{"id": 1, "op": "bye"}')
    assert [answer["ok"] for answer in answers] == [False, False, False, True]


def test_the_end_of_the_input_ends_the_last_line(simulator):
    for data, ids in [(b"", []), (b"\n", [None]), (b'{"id": 1, "op": "reset"}', [1]),
                      (b'{"id": 1, "op": "reset"}\n{"id": 2, "op": "re', [1, None]),
                      (b'{"id": 1, "op": "bye"}\n{"id": 2, "op": "reset"}\n', [1])]:
        answers, done = answers_to(simulator, data)
        assert [answer["id"] for answer in answers] == ids
        assert done.returncode == 0 and not done.stderr


def test_carriage_returns_are_blanks(simulator):
    answers, _ = answers_to(simulator, b'{"id": 1, "op": "reset"}\r\n{"id": 2, "op": "bye"}\r\n')
    assert answers == [{"id": 1, "ok": True}, {"id": 2, "ok": True}]


def test_pipelining(simulator):
    """10,000 requests at once, good and bad, are answered in their order."""
    lines = []
    for i in range(10_000):
        lines.append(json.dumps([
            {"id": i, "op": "event", "event": "Time.Pass", "args": {"ms": 1}},
            {"id": i, "op": "call", "method": SERVICE + "Get"},
            {"id": i, "op": "call", "method": SERVICE + "Nothing"},
            {"id": i, "op": "inspect", "target": UNKNOWN_VM}][i % 4]))
    answers, done = answers_to(simulator, "\n".join(lines).encode() + b"\n")
    assert [answer["id"] for answer in answers] == list(range(10_000))
    assert [answer["ok"] for answer in answers] == [True, True, False, False] * 2500
    assert done.returncode == 0


def test_nobody_reads(simulator):
    """A client that goes away ends the service, not with a signal."""
    process = subprocess.Popen([simulator, "--stdio"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    process.stdout.close()
    try:
        process.stdin.write(b'{"id": 1, "op": "hello"}\n' * 2000)
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert process.wait(timeout=30) == 3


def test_resources_run_out(simulator):
    """More VMs and more snapshots than there is room for, and calls that make no VM."""
    define = "Msvm_VirtualSystemManagementService.DefineSystem"
    with Client(simulator) as client:
        for _ in range(1100):
            assert client.call(define, SystemSettings="no instance")["return"] != 0
        vms = [client.new_vm() for _ in range(1000)]
        assert len(set(vms)) == 1000
        assert not client.ask("event", event="Vm.Create")["ok"]
        client.event("Vm.Remove", vms[500])
        assert client.new_vm() not in vms
        taken = [client.ask("snapshot")["ok"] for _ in range(17)]
        assert taken == [True] * 16 + [False]
        for wrong in ("yes", 1, None):
            assert not client.ask("restore", snapshot=3, drop=wrong)["ok"]
        assert client.ask("restore", snapshot=3, drop=True)["ok"]
        assert client.ask("snapshot")["snapshot"] == 3


def test_time_does_not_overflow(simulator):
    with Client(simulator, "--jobs-mode", "async") as client:
        vm = client.new_vm()
        for _ in range(5):
            job = client.call(SERVICE + "ModifySecuritySettings", vm, SecuritySettingData={
                "set": {"TpmEnabled": True}})["out"]["Job"]
            client.event("Time.Pass", ms=TIME_MAX)
            assert client.ask("call", method="Msvm_ConcreteJob.Get", target=job)["ok"]


# ---- whatever it is ----

REPEATABLE = hypothesis.settings(max_examples=400, deadline=None, database=None, print_blob=True)
WORDS = strategies.sampled_from(
    ["id", "op", "call", "event", "method", "target", "args", "hello", "reset", "snapshot",
     "restore", "inspect", "Vm.Create", "Vm.Remove", "Time.Pass", "ms", "generation",
     SERVICE + "SetKeyProtector", SERVICE + "GetKeyProtector", "KeyProtector", "base64", "text",
     "SecuritySettingData", "set", "TpmEnabled", "identity", "unknown", "drop",
     "9E3779B1-0000-4C47-8000-000000000001"])
VALUES = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() |
    strategies.text(max_size=20) | WORDS,
    lambda inner: strategies.lists(inner, max_size=4) |
    strategies.dictionaries(WORDS | strategies.text(max_size=5), inner, max_size=5), max_leaves=12)


@pytest.fixture(scope="module")
def lasting(simulator):
    with Client(simulator, "--seed", "1") as client:
        yield client


def goes_on(client, line):
    answer = client.line(line)
    assert isinstance(answer["ok"], bool)
    assert answer["ok"] or is_refused(answer)
    assert client.ask("hello")["protocol"] == 1


@hypothesis.seed(2)
@REPEATABLE
@hypothesis.given(line=strategies.binary(max_size=200).map(lambda data: data.replace(b"\n", b"")))
def test_any_bytes(line, lasting):
    goes_on(lasting, line)


@hypothesis.seed(2)
@REPEATABLE
@hypothesis.given(members=strategies.dictionaries(WORDS, VALUES, max_size=5),
                  op=strategies.sampled_from(["call", "event", "inspect", "restore", "snapshot"]),
                  name=WORDS)
def test_any_request(members, op, name, lasting):
    request = {"id": 1, "op": op, "method" if op == "call" else "event": name, **members}
    goes_on(lasting, json.dumps(request).encode())


@hypothesis.seed(2)
@REPEATABLE
@hypothesis.given(members=strategies.dictionaries(WORDS, VALUES, max_size=5),
                  cut=strategies.integers(0, 300),
                  byte=strategies.integers(0, 255).filter(lambda byte: byte != 10))
def test_any_damage(members, cut, byte, lasting):
    """A request with one byte that is another."""
    line = bytearray(json.dumps({"id": 1, "op": "call", **members}).encode())
    line[cut % len(line)] = byte
    goes_on(lasting, bytes(line))


# ---- options ----

USAGE = [
    (["--stdoi"], "--stdio"), (["--profil=strict"], "--profile"), (["--stdio", "--sed", "1"],
                                                                  "--seed"),
    (["--stdio", "--profile", "strct"], "strict"), (["--stdio", "--profile=observed-2021"],
                                                    "observed-2022"),
    (["--stdio", "--jobs-mode", "asynch"], "async"), (["--stdio", "extra"], "--help"),
    (["--stdio", "--seed", "x"], "--seed"), (["--stdio", "--seed", "-1"], "--seed"),
    (["--stdio", "--seed", " 1"], "--seed"), (["--stdio", "--seed", "1.5"], "--seed"),
    (["--stdio", "--seed", ""], "--seed"), (["--stdio", "--seed", str(2**64)], "--seed"),
    (["--stdio", "--seed"], "--seed"), (["--stdio", "--host"], "--host"), ([], "--stdio"),
    (["--seed", "1"], "--stdio"), (["--stdio", "--host", "/nonexistent/host.json"], "--help"),
    (["--stdio", "--host", "a", "--trace", "b"], "--host"),
    (["--stdio", "--trace", "/nonexistent/trace.jsonl"], "/nonexistent/trace.jsonl"),
]


@pytest.mark.parametrize("options, hint", USAGE, ids=str)
def test_usage(options, hint, simulator, tmp_path):
    done = subprocess.run([simulator, *options], input=b"", capture_output=True, check=False,
                          cwd=tmp_path)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (64, b"")
    assert said.count("\n") == 1 and said.startswith("lastgood-sim: ") and hint in said


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version(option, simulator):
    done = subprocess.run([simulator, option], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: " if option == "--help" else "lastgood-sim ")
    assert not done.stderr


def test_a_file_beside_it_is_suggested(simulator, tmp_path):
    (tmp_path / "host.json").write_text("{}", encoding="utf-8")
    done = subprocess.run([simulator, "--stdio", "--host", tmp_path / "hots.json"],
                          capture_output=True, text=True, input="", check=False)
    assert done.returncode == 64 and "did you mean host.json?" in done.stderr


BAD_HOSTS = [
    "", "x", "[]", "{}", "null", '{"format": "lastgood-host/2"}', '{"format": 1}',
    *('{"format": "lastgood-host/1", %s}' % member for member in (
        '"version": "2012"', '"version": 2016', '"role": "root"', '"no_tpm": 1', '"guarded": "no"',
        '"vms": {}', '"vms": 5', '"vms": [5]', '"vms": [[]]', '"extra": 1', '"format": 1',
        '"vms": [{"generation": 3}]', '"vms": [{"generation": "2"}]',
        '"vms": [{"generation": 2.0}]',
        '"vms": [{"planned": 1}]', '"vms": [{"power": "on"}]', '"vms": [{"power": 2}]',
        '"vms": [{"settings": []}]', '"vms": [{"settings": {"Tpm": true}}]',
        '"vms": [{"settings": {"TpmEnabled": 1}}]', '"vms": [{"key_protector": "P9"}]',
        '"vms": [{"seal": 5}]', '"vms": [{"policy": {"base64": "*"}}]', '"vms": [{"name": "a"}]'))]


@pytest.mark.parametrize("text", BAD_HOSTS, ids=lambda text: text[-40:])
def test_bad_host_file(text, simulator, tmp_path):
    path = tmp_path / "host.json"
    path.write_text(text, encoding="utf-8")
    done = subprocess.run([simulator, "--stdio", "--host", path], input="", capture_output=True,
                          text=True, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.count("\n") == 1 and str(path)[:60] in done.stderr


def test_host_with_more_vms_than_there_is_room_for(simulator, tmp_path):
    path = tmp_path / "host.json"
    path.write_text(json.dumps({"format": "lastgood-host/1", "vms": [{}] * 1001}), encoding="utf-8")
    done = subprocess.run([simulator, "--stdio", "--host", path], input="", capture_output=True,
                          text=True, check=False)
    assert done.returncode == 64 and "1000 VMs" in done.stderr
