"""The schemas of conformance/schema: valid, up to date, neither too narrow nor too wide."""

import copy
import json
import pathlib
import subprocess
import sys

import jsonschema
import pytest

from stdio_client import Client, setting
from test_sim_readme import blocks, sessions

HERE = pathlib.Path(__file__).resolve().parent
SCHEMAS = HERE / "schema"
KINDS = ["message", "vector", "recording", "host", "report"]
VECTORS = sorted((HERE / "vectors").rglob("*.json"))


def validator(kind, definition=None):
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    if definition:
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"],
                  "$ref": f"#/$defs/{definition}"}
    return jsonschema.Draft202012Validator(schema)


def complaints(kind, document, definition=None):
    return [f"{error.json_path}: {error.message[:200]}"
            for error in validator(kind, definition).iter_errors(document)]


@pytest.mark.parametrize("kind", KINDS)
def test_schema_is_valid(kind):
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


def test_no_schema_is_left_over():
    assert {path.name for path in SCHEMAS.glob("*.json")} == {f"{kind}.schema.json"
                                                             for kind in KINDS}


def test_generated_files_are_up_to_date():
    done = subprocess.run([sys.executable, str(SCHEMAS / "generate.py"), "--check"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"run conformance/schema/generate.py\n{done.stdout}{done.stderr}"


def test_vectors_validate():
    checks = validator("vector")
    wrong = [f"{path.name}: {error.json_path}: {error.message[:200]}" for path in VECTORS
             for error in checks.iter_errors(json.loads(path.read_text(encoding="utf-8")))]
    assert VECTORS and not wrong, "\n".join(wrong)


def test_examples_of_the_readme_validate():
    for request, answer in (pair for session in sessions().values() for pair in session):
        assert not complaints("message", json.loads(answer)), answer
        assert not complaints("message", json.loads(answer), "answer"), answer
        if json.loads(answer)["ok"]:
            assert not complaints("message", json.loads(request), "request"), request
    (_, host), = blocks("host")
    assert not complaints("host", json.loads(host))


# ---- what the programs write ----

FOUR_ZEROS = "AAAAAA=="  # a material, as the empty bytes are
EVENTS = [("Time.Pass", {"ms": 1000}), ("Provider.Stop", {}), ("Provider.Start", {}),
          ("Service.Stopped", {}), ("Service.Started", {}),
          ("Caller.Become", {"role": "user"}), ("Caller.Become", {"role": "administrator"}),
          ("Cause.Appear", {"cause": "timeout"}), ("Cause.End", {"cause": "timeout"}),
          ("Host.Become", {"version": "2016", "no_tpm": True}),
          ("Host.Become", {"version": "2016"})]
VM_EVENTS = [("Vm.Hold", {}), ("Vm.Release", {}), ("Checkpoint.Take", {}),
             ("Checkpoint.Apply", {}), ("Vm.Export", {}), ("Guest.ShutDown", {}),
             ("Protector.BecomeUnusable", {"protector": FOUR_ZEROS}),
             ("Protector.BecomeUsable", {"protector": FOUR_ZEROS}),
             ("Protector.ShareOwner", {"protector": FOUR_ZEROS, "with": ""})]
READS = ["Msvm_ComputerSystem", "Msvm_VirtualSystemSettingData", "Msvm_SecuritySettingData",
         "Msvm_SecurityElement", "Msvm_TPMSettingData"]
LISTS = ["Msvm_AffectedJobElement", "Msvm_ServiceAffectsElement", "Msvm_ConcreteComponent",
         "Msvm_SettingsDefineState", "Msvm_SystemComponent"]


def service_requests(vm):
    given = {"SecuritySettingData": setting(vm)}
    yield "SetKeyProtector", {**given, "KeyProtector": "AQI="}
    yield "SetKeyProtector", {**given, "KeyProtector": 5}
    yield "SetSecurityPolicy", {**given, "SecurityPolicy": {"base64": "AQI="}}
    yield "GetKeyProtector", given
    yield "RestoreLastKnownGoodKeyProtector", given
    yield "ModifySecuritySettings", {"SecuritySettingData": {"set": {"TpmEnabled": True}}}
    yield "RequestStateChange", {"RequestedState": 2, "TimeoutPeriod": None}
    for name in ("StopService", "StartService", "Get"):
        yield name, {}


def conversation(client):
    """A session that makes every kind of request; those of jobs where one was started."""
    asked = []

    def ask(op, **members):
        asked.append(({"id": client.id + 1, "op": op, **members}, client.ask(op, **members)))
        return asked[-1][1]

    vm = ask("event", event="Vm.Create", args={"planned": True})["out"]["vm"]
    ask("event", event="Vm.Realize", target=vm)
    for name, args in service_requests(vm):
        answer = ask("call", method=f"Msvm_SecurityService.{name}", target=vm, args=args)
        job = answer.get("out", {}).get("Job")
        for method in ("Get", "GetError", "GetErrorEx", "KillJob") if job else ():
            ask("call", method=f"Msvm_ConcreteJob.{method}", target=job)
    for state in (2, 3):
        ask("call", method="Msvm_ComputerSystem.RequestStateChange", target=vm,
            args={"RequestedState": state})
    for event, args in EVENTS:
        ask("event", event=event, args=args)
    for event, args in VM_EVENTS:
        ask("event", event=event, target=vm, args=args)
    ask("event", event="Vm.Import", args={"from": vm})
    ask("call", method="Msvm_ComputerSystem.GetHost")
    for name in READS + LISTS:
        method = f"{name}.{'Get' if name in READS else 'Enumerate'}"
        ask("call", method=method, target=vm)
    made = ask("call", method="Msvm_VirtualSystemManagementService.DefineSystem",
               args={"SystemSettings": {"generation": 2}})
    ask("call", method="Msvm_VirtualSystemManagementService.DestroySystem",
        target=made.get("out", {}).get("ResultingSystem", vm))
    return asked


@pytest.fixture
def traced(simulator, tmp_path):
    def run(*options):
        path = tmp_path / "trace.jsonl"
        with Client(simulator, "--trace", str(path), *options) as client:
            asked = conversation(client)
        return asked, path
    return run


MODES = [["--jobs-mode", "sync"], ["--jobs-mode", "async"], ["--seed", "7"],
         ["--profile", "strict", "--seed", "3"], ["--profile", "observed-2016"]]


@pytest.mark.parametrize("options", MODES, ids=" ".join)
def test_what_the_simulator_says_and_records_validates(options, traced, lastgood):
    asked, path = traced(*options)
    for request, answer in asked:
        assert answer["ok"], (request, answer)
        assert not complaints("message", request, "request"), request
        assert not complaints("message", {"id": request["id"], **answer}, "answer"), answer
    for line in path.read_text(encoding="utf-8").splitlines():
        assert not complaints("recording", json.loads(line)), line
    done = subprocess.run([lastgood, "check", str(path), "--profile", "documented"],
                          capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1 if "observed-2016" in options else 0), done.stdout + done.stderr


def call_for_no_vm(client):
    client.call("Msvm_SecurityService.GetKeyProtector",
                SecuritySettingData=setting("00000000-0000-0000-0000-00000000DEAD"))


def event_of_other_bytes(client):
    client.event("Protector.BecomeUnusable", target=client.new_vm(), protector="AQIDBA==")


@pytest.mark.parametrize("act", [call_for_no_vm, event_of_other_bytes])
def test_what_was_recorded_can_be_judged(act, simulator, lastgood, tmp_path):
    path = tmp_path / "trace.jsonl"
    with Client(simulator, "--trace", str(path)) as client:
        client.new_vm()
        act(client)
    done = subprocess.run([lastgood, "check", str(path)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_report_and_recording_of_a_run_validate(simulator, lastgood, tmp_path):
    report, recording = tmp_path / "report.json", tmp_path / "run.jsonl"
    subprocess.run([lastgood, "run", f"stdio:{simulator} --stdio --seed 5", "rollback-story",
                    "set-stores-protector", "--report", f"json={report}",
                    "--record", str(recording)], check=True, capture_output=True)
    document = json.loads(report.read_text(encoding="utf-8"))
    assert not complaints("report", document)
    assert document["summary"]["vectors"] == len(document["vectors"]) == 2
    lines = recording.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 10
    for line in lines:
        assert not complaints("recording", json.loads(line)), line


# ---- what must fail ----

VECTOR = {"format": "lastgood-vector/1", "title": "a title", "clauses": ["get_current"],
          "steps": [{"event": "Vm.Create", "target": "$vm0"},
                    {"call": "Msvm_SecurityService.SetKeyProtector", "target": "$vm0",
                     "args": {"KeyProtector": "P1"}, "allow": [{"result": "completed"}]},
                    {"call": "Msvm_SecuritySettingData.Get", "target": "$vm0",
                     "allow": [{"properties": {"TpmEnabled": [True, False]}, "then": "end"}]}]}


def changed(document, path, value):
    copied = copy.deepcopy(document)
    at = copied
    for key in path[:-1]:
        at = at[key]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return copied


BAD_VECTORS = {
    "another format": (["format"], "lastgood-vector/2"),
    "no title": (["title"], None),
    "no clauses": (["clauses"], []),
    "an unknown tier": (["tier"], "large"),
    "an unknown need": (["needs"], ["luck"]),
    "a member too many": (["author"], "me"),
    "an unknown method": (["steps", 1, "call"], "Msvm_SecurityService.SetProtector"),
    "an event as a call": (["steps", 1, "call"], "Vm.Create"),
    "a call and an event": (["steps", 1, "event"], "Vm.Create"),
    "no target": (["steps", 1, "target"], None),
    "a job as a VM": (["steps", 1, "target"], "$job1"),
    "an unknown argument": (["steps", 1, "args"], {"Protector": "P1"}),
    "an unknown material": (["steps", 1, "args", "KeyProtector"], "P9"),
    "an unknown text": (["steps", 1, "args", "SecuritySettingData"], {"text": "yaml"}),
    "an unknown setting": (["steps", 1, "args", "SecuritySettingData"], {"set": {"Tpm": True}}),
    "an unknown result": (["steps", 1, "allow", 0, "result"], "fine"),
    "two patterns in an edge": (["steps", 1, "allow", 0, "return"], 0),
    "no pattern in an edge": (["steps", 1, "allow", 0], {"then": "end"}),
    "a property of another class": (["steps", 2, "allow", 0, "properties"], {"JobState": 7}),
    "a property of another class that is shown": (["steps", 2, "allow", 0, "shown"], ["JobState"]),
    "a list that shows nothing": (["steps", 2, "allow", 0, "shown"], []),
    "a shown property beside a code": (["steps", 1, "allow", 0, "shown"], ["TpmEnabled"]),
    "a flag that is a number": (["steps", 1, "lose_reply"], 1),
    "time without ms": (["steps", 0], {"event": "Time.Pass"}),
}


def test_the_good_vector_validates():
    assert not complaints("vector", VECTOR)
    assert not complaints("vector", changed(VECTOR, ["steps", 2, "allow", 0, "shown"],
                                            ["KsdEnabled"]))
    assert not complaints("vector", changed(VECTOR, ["steps", 2, "allow", 0],
                                            {"shown": ["TpmEnabled"]}))


@pytest.mark.parametrize("path, value", BAD_VECTORS.values(), ids=BAD_VECTORS)
def test_bad_vectors_fail(path, value):
    assert complaints("vector", changed(VECTOR, path, value))


BAD_REQUESTS = [
    {"op": "hello"}, {"id": "1", "op": "hello"}, {"id": 1, "op": "hi"},
    {"id": 1, "op": "call", "method": "Vm.Create"},
    {"id": 1, "op": "call", "method": "Msvm_ConcreteJob.Get"},
    {"id": 1, "op": "event", "event": "Time.Pass", "args": {"ms": -1}},
    {"id": 1, "op": "event", "event": "Time.Pass", "args": {"ms": 1.5}},
    {"id": 1, "op": "event", "event": "Cause.Appear", "args": {"cause": "completed"}},
    {"id": 1, "op": "event", "event": "Vm.Create", "args": {"generation": 3}},
    {"id": 1, "op": "restore", "snapshot": 16}, {"id": 1, "op": "inspect"},
    {"id": 1, "op": "event", "event": "Provider.Stop", "choices": 1},
    {"id": 1, "op": "event", "event": "Provider.Stop", "choices": [256]},
    {"id": 1, "op": "event", "event": "Provider.Stop", "choices": [0] * 257},
    {"id": 1, "op": "event", "event": "Provider.Stop", "choices": ["0"]},
]


@pytest.mark.parametrize("request_", BAD_REQUESTS, ids=json.dumps)
def test_bad_requests_fail(request_, simulator):
    """What the schema refuses, the program refuses, too."""
    assert complaints("message", request_, "request")
    with Client(simulator) as client:
        assert not client.line(json.dumps(request_).encode())["ok"]


BAD_OTHERS = [
    ("message", {"id": 1, "ok": True, "return": -1, "out": {}}),
    ("message", {"id": 1, "ok": False}),
    ("message", {"id": 1, "ok": True, "fault": "bad_luck"}),
    ("recording", {"format": "lastgood-recording/0"}),
    ("recording", {"reset": False}),
    ("recording", {"call": "Msvm_SecurityService.GetKeyProtector", "step": 1}),
    ("recording", {"event": "Provider.Stop", "times": [1]}),
    ("host", {"format": "lastgood-host/2"}),
    ("host", {"format": "lastgood-host/1", "version": "2012"}),
    ("host", {"format": "lastgood-host/1", "vms": [{"power": "on"}]}),
    ("host", {"format": "lastgood-host/1", "no_tpm": "yes"}),
    ("host", {"format": "lastgood-host/1", "vms": [{"key_protector": "P9"}]}),
    ("report", {"format": "lastgood-report/1"}),
]


@pytest.mark.parametrize("kind, document", BAD_OTHERS, ids=str)
def test_other_bad_documents_fail(kind, document):
    assert complaints(kind, document)
