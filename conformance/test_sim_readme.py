"""The examples of sim/README.md, executed."""

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

import wire_client
from sim_process import Simulator
from stdio_client import Client, answers_to, setting
from wire_client import Target, body_of, values_of

README = pathlib.Path(__file__).resolve().parent.parent / "sim" / "README.md"
TEXT = README.read_text(encoding="utf-8")
NAME = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.M | re.S)


def blocks(kind):
    """The fenced blocks of a kind: what follows the kind, and what is in the block."""
    return [(options.strip(), body) for found, options, body in FENCE.findall(TEXT)
            if found == kind]


def sessions():
    """Examples by the options of their process, each a list of (request, answer)."""
    found = {}
    for options, body in blocks("stdio"):
        lines = body.rstrip("\n").split("\n")
        assert [line[:2] for line in lines] == ["→ ", "← "] * (len(lines) // 2), body
        pairs = found.setdefault(options, [])
        pairs += zip((line[2:] for line in lines[::2]), (line[2:] for line in lines[1::2]))
    return found


def rename(text, names):
    return NAME.sub(lambda match: names.get(match[0], match[0]), text)


def learn(written, said, names):
    """Binds the names of the page to those of the program, by where they stand."""
    for here, there in zip(NAME.findall(written), NAME.findall(said)):
        assert names.setdefault(here, there) == there


@pytest.mark.parametrize("options", sessions())
def test_examples(options, simulator):
    names = {}
    with Client(simulator, *options.split()) as client:
        for request, answer in sessions()[options]:
            expected = json.loads(answer)
            said = client.line(rename(request, names).encode())
            learn(json.dumps(expected, sort_keys=True), json.dumps(said, sort_keys=True), names)
            assert said == json.loads(rename(answer, names)), request
        client.process.stdin.close()
        assert client.process.wait(timeout=10) == 0


def test_every_op_and_kind_of_answer_has_an_example():
    pairs = [pair for session in sessions().values() for pair in session]
    ops = {match[1] for request, _ in pairs for match in [re.search(r'"op": "(\w+)"', request)]}
    members = {member for _, answer in pairs for member in json.loads(answer)}
    assert ops == {"hello", "call", "event", "reset", "snapshot", "restore", "inspect", "bye"}
    assert members >= {"return", "out", "properties", "instances", "fault", "digests", "snapshot",
                       "error"}


def test_the_host_file_is_taken(simulator, tmp_path):
    (_, body), = blocks("host")
    path = tmp_path / "host.json"
    path.write_text(body, encoding="utf-8")
    bye = b'{"id": 1, "op": "bye"}\n'
    answers, done = answers_to(simulator, bye, "--host", str(path))
    assert answers == [{"id": 1, "ok": True}]
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_options_are_those_of_the_program(simulator):
    shown = subprocess.run([simulator, "--help"], capture_output=True, text=True, check=True).stdout
    page = TEXT[TEXT.index("## Options"):TEXT.index("## Your implementation")]
    assert set(re.findall(r"--[a-z-]+", page)) == set(re.findall(r"--[a-z-]+", shown))


def test_the_shell_examples(simulator, tmp_path):
    """One after the other, in one folder."""
    body = "".join(body for _, body in blocks("sh"))
    path = f"{pathlib.Path(simulator).parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-e", "-c", body], cwd=tmp_path, capture_output=True, text=True,
                          timeout=60, check=False, env={**os.environ, "PATH": path})
    assert (done.returncode, done.stderr) == (0, "")
    assert '"out":{"vm":' in done.stdout and done.stdout.count("<wsmid:IdentifyResponse") == 2
    assert not (tmp_path / "sim.env").exists() and not (tmp_path / "tls.env").exists()


def test_the_example_of_pywinrm(simulator, tmp_path):
    (_, body), = blocks("py")
    with Simulator(simulator, tmp_path) as process:
        done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True,
                              timeout=60, check=False,
                              env={**os.environ, **process.env, "NO_PROXY": "127.0.0.1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "<p:Name>vmsecuritywmi</p:Name>" in done.stdout


REFUSED = {
    "Subscribe": {"send": "get", "with": {
        "action_uri": "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe"}},
    "Put": {"send": "put", "with": {"selector_set": "{service_set}"}},
    "Create": {"send": "put", "with": {"action_uri": "{x}/Create"}},
    "Delete": {"send": "delete", "with": {"selector_set": "{service_set}"}},
    "shells": {"send": "put", "with": {"action_uri": "{x}/Create", "resource":
               "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"}},
    "XPath": {"send": "enumerate", "with": {"enumerate": "<w:Filter>/a</w:Filter>"}},
    "WITHIN": {"send": "query", "with": {"query": "SELECT * FROM Msvm_ComputerSystem WITHIN 1"}},
    "GROUP BY": {"send": "query", "with": {
        "query": "SELECT * FROM Msvm_ComputerSystem GROUP BY Name"}},
    "schema": {"send": "query", "with": {"query": "SELECT * FROM meta_class"}},
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_there_is_refused(what, simulator, tmp_path):
    with Simulator(simulator, tmp_path) as process:
        target = Target(process.env["LASTGOOD_URL"], "admin", "secret", None)
        with wire_client.Connection(target) as connection:
            body = body_of(REFUSED[what], values_of(REFUSED[what], target, {}))
            reply = connection.send(REFUSED[what], body)
        assert reply.status == 500 and b"<s:Fault>" in reply.bytes


# ---- the wrapper ----

@pytest.fixture
def wrapper(tmp_path):
    (_, body), = blocks("python")
    path = tmp_path / "my_wrapper.py"
    path.write_text(body, encoding="utf-8")
    return path


def test_wrapper_serves_simple_calls(wrapper):
    service = "Msvm_SecurityService."
    with Client([sys.executable, str(wrapper)]) as client:
        assert client.ask("hello")["protocol"] == 1
        vm = client.new_vm(generation=2)
        given = {"SecuritySettingData": setting(vm)}
        assert client.call(service + "GetKeyProtector", **given)["out"]["KeyProtector"] \
            == "AAAABA=="
        assert client.call(service + "SetKeyProtector", **given, KeyProtector="AQI=")["return"] == 0
        assert client.call(service + "GetKeyProtector", **given)["out"]["KeyProtector"] == "AQI="
        assert not client.ask("event", event="Vm.Explode")["ok"]
        assert client.ask("reset") == {"ok": True}
        assert client.call(service + "GetKeyProtector", **given)["return"] == 32773
        assert client.ask("bye") == {"ok": True}


def test_wrapper_conforms_as_far_as_it_goes(wrapper, lastgood):
    vectors = ["set-stores-protector", "set-two-vms", "set-overwrites", "get-unset",
               "set-planned-vm"]
    done = subprocess.run([lastgood, "run", f"stdio:{sys.executable} {wrapper}", *vectors],
                          capture_output=True, text=True, timeout=60, check=False)
    summary = done.stdout.splitlines()[-1]
    assert summary == ("5 vectors: 4 conform, 0 violate, 0 unachieved, 0 inconsistent, "
                       "0 undocumented, 0 undetermined, 1 skipped"), done.stdout + done.stderr
    assert done.returncode == 0


def test_wrapper_that_stores_nothing_violates(wrapper, lastgood):
    broken = wrapper.read_text(encoding="utf-8").replace("self.vms[vm] = protector", "pass")
    wrapper.write_text(broken, encoding="utf-8")
    done = subprocess.run([lastgood, "run", f"stdio:{sys.executable} {wrapper}",
                           "set-stores-protector"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "set_stores" in done.stdout
