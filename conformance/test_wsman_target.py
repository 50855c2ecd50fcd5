"""The target http://, end to end: lastgood against lastgood-sim, as a client against a host."""

import base64
import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.request

import pytest

from http_answers import answering
from vector_files import VECTORS

PASSWORD = "a password that no output may show"
ACCOUNTS = [("admin", "administrator"), ("hyperv", "hyperv_administrator"), ("guest", "user")]
STARTED_WITHIN_S = 20


class Host:
    """A simulator that serves, and lastgood as its client."""

    def __init__(self, lastgood, folder, addresses):
        self.lastgood = lastgood
        self.folder = folder
        self.addresses = addresses
        self.said = []

    def secrets(self):
        return [PASSWORD, self.addresses["LASTGOOD_CONTROL_TOKEN"]]

    def command(self, name, *arguments):
        return [self.lastgood, name, self.addresses["LASTGOOD_URL"], *map(str, arguments),
                "--user", "admin"]

    @staticmethod
    def environment(password=PASSWORD):
        return {**os.environ, "LASTGOOD_PASSWORD": password}

    def run(self, *arguments, password=PASSWORD, name="run"):
        done = subprocess.run(self.command(name, *arguments), env=self.environment(password),
                              capture_output=True, text=True, timeout=300, check=False)
        self.said += [done.stdout, done.stderr]
        return done

    def controlled(self, *arguments):
        return self.run("--env-file", self.folder / "sim.env", *arguments)

    def ask(self, **request):
        """A request on the control channel."""
        post = urllib.request.Request(
            self.addresses["LASTGOOD_CONTROL_URL"], json.dumps({"id": 1, **request}).encode(),
            {"Authorization": "Bearer " + self.addresses["LASTGOOD_CONTROL_TOKEN"]})
        with urllib.request.urlopen(post, timeout=10) as answer:
            return json.load(answer)

    def new_vm(self):
        answer = self.ask(op="event", event="Vm.Create", args={"generation": 2})
        return answer["out"]["vm"]

    def captured(self, *arguments):
        """What a host file of this host says."""
        path = self.folder / "captured.json"
        done = self.run(path, *arguments, name="capture")
        assert done.returncode == 0, done.stderr
        return json.loads(path.read_text(encoding="utf-8"))

    def vms(self):
        return self.captured()["vms"]


def read_addresses(path, process):
    end = time.monotonic() + STARTED_WITHIN_S
    while not path.exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < end, "the simulator does not start"
        time.sleep(0.02)
    lines = path.read_text(encoding="utf-8").split("\n")
    return dict(line.split("=", 1) for line in lines if line)


@contextlib.contextmanager
def serving(lastgood, simulator, folder, *options):
    accounts = folder / "accounts"
    accounts.write_text("".join(f"{name}:{PASSWORD}:{role}\n" for name, role in ACCOUNTS),
                        encoding="utf-8")
    accounts.chmod(0o600)
    command = [simulator, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--accounts",
               accounts, "--allow-unencrypted", "--env-file", folder / "sim.env", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          text=True) as process:
        try:
            yield Host(lastgood, folder, read_addresses(folder / "sim.env", process))
        finally:
            process.terminate()


@pytest.fixture
def host(lastgood, simulator, tmp_path):
    """One whose clock is virtual; no output may show a secret."""
    with serving(lastgood, simulator, tmp_path, "--clock", "virtual") as served:
        yield served
        whole = "".join(served.said)
        assert not [secret for secret in served.secrets() if secret in whole]


@pytest.fixture
def material(tmp_path):
    """Protectors of the host, as an owner would give them."""
    folder = tmp_path / "material"
    folder.mkdir()
    for name in ("P1", "P2", "P3", "S1", "S2"):
        content = (100).to_bytes(4, "big") + name.encode() * 48
        (folder / name).write_bytes(content)
    return folder


def verdicts(path):
    return {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))["vectors"]}


def smoke_that_needs(word):
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in VECTORS.glob("*.json")]
    return [vector for vector in documents
            if vector.get("tier") == "smoke" and word in vector.get("needs", [])]


# ---- a simulator that is controlled --------------------------------------------------------------


@pytest.mark.parametrize("mode", ["sync", "async", "random"])
@pytest.mark.parametrize("clock", ["virtual", "auto"])
def test_every_smoke_vector_conforms(lastgood, simulator, tmp_path, mode, clock):
    with serving(lastgood, simulator, tmp_path, "--jobs-mode", mode, "--clock", clock) as host:
        done = host.controlled("--tier", "smoke", "--accounts", tmp_path / "accounts")
        assert done.returncode == 0, done.stdout + done.stderr
        skipped = 0 if clock == "virtual" else len(smoke_that_needs("clock"))
        assert done.stdout.splitlines()[-1].endswith(f", {skipped} skipped")


def test_a_clock_of_its_own_is_followed(lastgood, simulator, tmp_path):
    with serving(lastgood, simulator, tmp_path, "--clock", "real") as host:
        done = host.controlled("--filter", "story")
        assert done.returncode == 0, done.stdout + done.stderr


def test_versions_are_detected(host):
    for version in ("2016", "2019", "2022", "2025"):
        host.ask(op="event", event="Host.Become", args={"version": version})
        assert f"judged as {version}" in host.run("--dry-run", "--filter", "define").stdout
        assert host.captured()["version"] == version


def test_another_role_signs_in_with_another_account(host, tmp_path):
    done = host.controlled("--filter", "without-rights")
    assert "no account of the role user: --accounts FILE" in done.stdout
    done = host.controlled("--filter", "without-rights", "--accounts", tmp_path / "accounts")
    assert done.returncode == 0 and " 0 skipped" in done.stdout, done.stdout


def test_what_no_envelope_holds_is_skipped(host):
    done = host.controlled("--filter", "ten-megabytes")
    assert done.returncode == 0 and "over the envelope limit" in done.stdout


def test_nothing_is_left_after_a_controlled_run(host):
    assert host.controlled("--filter", "define").returncode == 0
    assert host.vms() == []


# ---- a host that nobody controls -----------------------------------------------------------------


def test_vms_are_made_for_a_run_and_removed(host, material, tmp_path):
    report, recording = tmp_path / "report.json", tmp_path / "recording.jsonl"
    done = host.run("--tier", "smoke", "--material", material, "--report", f"json={report}",
                    "--record", recording)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = verdicts(report)
    assert rows["define-makes-generation-2"]["verdict"] == "conform"
    assert all(row["lines"] for row in rows.values() if row["verdict"] == "skipped")
    assert host.vms() == []
    checked = subprocess.run([host.lastgood, "check", recording], capture_output=True, text=True,
                             timeout=60, check=False)
    assert checked.returncode == 0, checked.stdout
    written = "".join(host.said) + report.read_text() + recording.read_text()
    for path in material.iterdir():
        assert base64.b64encode(path.read_bytes()).decode()[:40] not in written
    assert PASSWORD not in written


def test_without_material_and_control_nothing_is_made_up(host):
    done = host.run("--tier", "smoke")
    assert "no material P1: --material DIR" in done.stdout
    assert "no control channel: " in done.stdout


def test_dry_run_says_what_it_would_do_and_does_nothing(host):
    done = host.run("--dry-run")
    assert done.returncode == 0
    assert "run define-by-job" in done.stdout.splitlines()
    assert any(line.startswith("skip ") and ": step " in line for line in done.stdout.splitlines())
    assert "lastgood:disposable" in done.stdout
    assert host.vms() == []


@pytest.fixture
def slow_vector(tmp_path):
    """One that has a VM for some seconds."""
    path = tmp_path / "a-vm-for-a-while.json"
    steps = [{"event": "Vm.Create", "target": "$vm0"}, {"event": "Time.Pass", "args": {"ms": 5000}}]
    path.write_text(json.dumps({"format": "lastgood-vector/1", "title": "A VM for a while",
                                "clauses": ["vm_generation"], "tier": "hand", "needs": ["events"],
                                "steps": steps}), encoding="utf-8")
    return path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_no_vm(host, slow_vector, number):
    with subprocess.Popen(host.command("run", slow_vector), env=host.environment(), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not host.vms():
            assert process.poll() is None, process.stderr.read()
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    host.said += [out, err]
    assert process.returncode == 3 and "interrupted" in err
    assert host.vms() == []


def test_a_vm_of_somebody_else_is_left_alone(host):
    vm = host.new_vm()
    before = host.vms()
    done = host.run("--vm", vm)
    assert done.returncode == 3 and "--i-own-this-vm" in done.stderr
    assert host.vms() == before


def test_a_vm_that_is_lent_is_used_and_put_back(host):
    vm = host.new_vm()
    before = host.vms()
    modify = [path for path in sorted(VECTORS.glob("modify-*.json"))
              if "SetKeyProtector" not in path.read_text(encoding="utf-8")]
    done = host.run(*modify, "--vm", vm, "--i-own-this-vm", vm)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 conform" not in done.stdout
    assert host.vms() == before


def test_a_vector_of_two_vms_is_skipped_with_one(host, material):
    vm = host.new_vm()
    two = [path for path in sorted(VECTORS.glob("*.json"))
           if path.read_text().count('"Vm.Create"') == 2 and "Cause." not in path.read_text()]
    done = host.run(*two, "--vm", vm, "--i-own-this-vm", vm, "--material", material, "--dry-run")
    assert "needs more VMs than --vm gives" in done.stdout


# ---- who signs in --------------------------------------------------------------------------------


def test_a_wrong_password_ends_the_run(host):
    done = host.run(password="another word")
    assert done.returncode == 3
    assert "does not accept this account" in done.stderr
    assert "another word" not in done.stdout + done.stderr


def test_a_password_may_come_from_a_file(host, tmp_path):
    (tmp_path / "word").write_text(PASSWORD + "\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "LASTGOOD_PASSWORD"}
    done = subprocess.run(host.command("run", "--dry-run", "--password-file", tmp_path / "word"),
                          env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments, said", [
    (["http://admin:word@127.0.0.1:1"], "must not hold a name or password"),
    (["model:", "--user", "admin"], "targets of http:// only"),
    (["http://127.0.0.1:1", "--user", "admin", "--jobs", "2"], "not --jobs"),
    (["http://127.0.0.1:1", "--user", "admin", "--auth", "digest"], "--auth must be basic"),
    (["http://127.0.0.1:1", "--user", "admin", "--pasword-file", "x"], "--password-file"),
])
def test_usage(lastgood, arguments, said):
    done = subprocess.run([lastgood, "run", *arguments], capture_output=True, text=True, timeout=60,
                          env=Host.environment(), check=False)
    assert done.returncode == 64 and said in done.stderr


def test_nobody_listens(lastgood):
    done = subprocess.run([lastgood, "run", "http://127.0.0.1:1", "--user", "admin"], text=True,
                          capture_output=True, timeout=60, env=Host.environment(), check=False)
    assert done.returncode == 3 and "no answer" in done.stderr


SOAP = "http://www.w3.org/2003/05/soap-envelope"
IDENTIFIED = (f'<s:Envelope xmlns:s="{SOAP}"><s:Body><i:IdentifyResponse xmlns:i="http://schemas.'
              'dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><i:ProductVersion>OS: 10.0.20348 '
              'SP: 0.0 Stack: 3.0</i:ProductVersion></i:IdentifyResponse></s:Body></s:Envelope>')
NONSENSE = [
    "", "no XML", "<a>", "<a/>", f'<s:Envelope xmlns:s="{SOAP}"/>',
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>',
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault/></s:Body></s:Envelope>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<a>" * 1000,
    f'<s:Envelope xmlns:s="{SOAP}"><s:Body><n:PullResponse xmlns:n="http://schemas.xmlsoap.org/ws/'
    '2004/09/enumeration"><n:EnumerationContext>again</n:EnumerationContext></n:PullResponse>'
    '</s:Body></s:Envelope>',
]


def says(text):
    """It identifies itself, and answers all else with this."""
    return lambda _path, _headers, body: (
        200, {}, (IDENTIFIED if b"Identify" in body else text).encode())


@pytest.mark.parametrize("text", NONSENSE, ids=range(len(NONSENSE)))
def test_a_host_that_speaks_nonsense_ends_the_run_or_has_nothing(lastgood, tmp_path, text):
    with answering(says(text)) as url:
        for command in (["run", url, "--tier", "smoke"], ["capture", url, tmp_path / "out"]):
            done = subprocess.run([lastgood, *command, "--user", "admin"], capture_output=True,
                                  text=True, timeout=120, env=Host.environment(), check=False)
            assert done.returncode in (0, 1, 2, 3), done.stderr
            assert done.returncode != 3 or done.stderr.startswith("lastgood: ")


# ---- capture -------------------------------------------------------------------------------------


def test_a_captured_host_starts_a_simulator(host, simulator, tmp_path):
    vm = host.new_vm()
    secret = base64.b64encode((96).to_bytes(4, "big") + b"secret" * 16).decode()
    host.ask(op="call", method="Msvm_SecurityService.SetKeyProtector", target=vm,
             args={"SecuritySettingData": {}, "KeyProtector": secret})
    host.new_vm()
    captured = host.captured()
    assert sorted("key_protector" in vm for vm in captured["vms"]) == [False, True]
    assert secret not in json.dumps(captured)
    assert secret in json.dumps(host.captured("--with-protectors"))
    hello = subprocess.run([simulator, "--stdio", "--host", tmp_path / "captured.json"],
                           input='{"id": 1, "op": "hello"}\n', capture_output=True, text=True,
                           timeout=60, check=False)
    assert json.loads(hello.stdout)["ok"], hello.stderr
