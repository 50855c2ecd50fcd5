"""The control channel of lastgood-sim, its command line, and the clock."""

import json
import os
import pathlib
import stat
import subprocess

import pytest

from sim_process import Simulator, basic, post

SERVICE = "Msvm_SecurityService."
SOAP_GET = (
    b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a='
    b'"http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w='
    b'"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header>'
    b'<a:To>http://test/wsman</a:To><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/'
    b'addressing/role/anonymous</a:Address></a:ReplyTo><a:MessageID>uuid:1</a:MessageID>'
    b'<a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>'
    b'<w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/'
    b'Msvm_SecurityService</w:ResourceURI><w:SelectorSet><w:Selector Name="CreationClassName">'
    b'Msvm_SecurityService</w:Selector></w:SelectorSet></s:Header><s:Body/></s:Envelope>')
START_MS = 13411699200000  # 2026-01-01, counted from 1601


@pytest.fixture(scope="module")
def sim(simulator, tmp_path_factory):
    with Simulator(simulator, tmp_path_factory.mktemp("sim"), "--jobs-mode", "async") as process:
        yield process


def request(body=b'{"id": 1, "op": "hello"}', token="", method="POST", path="/", fields=()):
    lines = [f"{method} {path} HTTP/1.1", "Host: x", *fields, f"Content-Length: {len(body)}"]
    lines += [f"Authorization: {token}"] if token else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def bearer(process):
    return "Bearer " + process.env["LASTGOOD_CONTROL_TOKEN"]


def ask(process, op, **members):
    with process.connect_control() as connection:
        body = json.dumps({"id": 7, "op": op, **members}).encode()
        reply = connection.ask(request(body, bearer(process)))
    assert reply.status == 200 and ("content-type", "application/json") in reply.fields
    answer = json.loads(reply.body)
    assert answer.pop("id") == 7
    return answer


def event(process, name, target=None, **args):
    answer = ask(process, "event", event=name, args=args, **({"target": target} if target else {}))
    assert answer["ok"], answer
    return answer


# ---- who may ask ----

def test_only_with_the_token(sim):
    token = sim.env["LASTGOOD_CONTROL_TOKEN"]
    for wrong in ["", "Bearer ", f"Bearer {token[:-1]}", f"Bearer {token}x", f"Basic {token}",
                  f"Bearer {'0' * 64}", f"Bearer {token} {token}", token, "Bearer " + "x" * 1000]:
        with sim.connect_control() as connection:
            reply = connection.ask(request(token=wrong))
            assert (reply.status, reply.body) == (401, b""), wrong
            assert connection.ask(request(token=bearer(sim))).status == 200


def test_data_and_control_are_apart(sim):
    """Neither serves the other's requests, nor takes the other's credentials."""
    with sim.connect_control() as connection:
        assert connection.ask(post()).status == 404
        assert connection.ask(post(path="/")).status == 401
    assert sim.ask(request(token=bearer(sim))).status == 404
    assert sim.ask(request(token=bearer(sim), path="/wsman")).status == 401


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/", 405), ("PUT", "/", 405), ("POST", "/trace", 405), ("GET", "/trace", 404),
    ("POST", "/x", 404), ("GET", "/x", 404)])
def test_paths_and_methods(method, path, status, sim):
    with sim.connect_control() as connection:
        reply = connection.ask(request(b"", bearer(sim), method, path))
        assert reply.status == status


@pytest.mark.parametrize("place", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[2001:db8::1]:0"])
def test_only_loopback(place, simulator, tmp_path):
    with pytest.raises(RuntimeError, match="loopback"):
        Simulator(simulator, tmp_path, control=place)


def test_tokens_differ(simulator, tmp_path, sim):
    with Simulator(simulator, tmp_path) as other:
        assert other.env["LASTGOOD_CONTROL_TOKEN"] != sim.env["LASTGOOD_CONTROL_TOKEN"]
        assert ask(other, "hello")["ok"]


def test_token_of_a_file(simulator, tmp_path):
    path = tmp_path / "token"
    path.write_text("0123456789abcdef\n", encoding="utf-8")
    with Simulator(simulator, tmp_path, "--control-token-file", str(path)) as process:
        assert process.env["LASTGOOD_CONTROL_TOKEN"] == "0123456789abcdef"
        assert ask(process, "hello")["ok"]


@pytest.mark.parametrize("text", ["", "short", "x" * 257, "0123456789abcde", "a b" * 10,
                                  "0123456789abcdef\nmore\n", "0123456789abcdef\0", "é" * 20])
def test_bad_token_files(text, simulator, tmp_path):
    path = tmp_path / "token"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuntimeError, match="token"):
        Simulator(simulator, tmp_path, "--control-token-file", str(path))


# ---- requests ----

def test_requests_of_the_line_protocol(sim):
    hello = ask(sim, "hello")
    assert hello["program"] == "lastgood-sim" and hello["protocol"] == 1
    vm = event(sim, "Vm.Create", generation=2)["out"]["vm"]
    number = ask(sim, "snapshot")["snapshot"]
    event(sim, "Vm.Remove", vm)
    read = {"method": "Msvm_SecuritySettingData.Get", "target": vm}
    assert ask(sim, "call", **read)["fault"] == "not_found"
    assert ask(sim, "restore", snapshot=number, drop=True)["ok"]
    assert "properties" in ask(sim, "call", **read)
    assert ask(sim, "inspect", target=vm)["digests"]["current"] is None
    event(sim, "Cause.Appear", cause="unavailable")
    refused = ask(sim, "call", method=SERVICE + "GetKeyProtector", target=vm,
                  args={"SecuritySettingData": {}})
    assert refused["return"] != 0
    event(sim, "Cause.End", cause="unavailable")
    assert ask(sim, "reset")["ok"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"op": "hello"}', b"\0" * 100,
                                  b'{"id": 1, "op": "fly"}', b'{"id": 1, "id": 2, "op": "reset"}',
                                  b'{"id": 1, "op": "hello"}\n{"id": 2, "op": "hello"}'])
def test_bad_requests(body, sim):
    with sim.connect_control() as connection:
        reply = connection.ask(request(body, bearer(sim)))
        assert reply.status == 200 and json.loads(reply.body)["ok"] is False
        assert connection.ask(request(token=bearer(sim))).status == 200


def test_a_request_that_is_too_large(sim):
    with sim.connect_control() as connection:
        head = request(b"", bearer(sim)).replace(b"Length: 0", b"Length: 16777217")
        assert connection.ask(head).status == 413


def test_the_caller_of_control_is_no_account(sim):
    """A user who signs in on the data channel takes no rights from whoever controls."""
    vm = event(sim, "Vm.Create")["out"]["vm"]

    def protector():
        return ask(sim, "call", method=SERVICE + "GetKeyProtector", target=vm,
                   args={"SecuritySettingData": {}})

    seen = {}
    for role in ("administrator", "user"):
        event(sim, "Caller.Become", role=role)
        seen[role] = protector()
    assert seen["administrator"] != seen["user"]
    for role in ("administrator", "user"):
        event(sim, "Caller.Become", role=role)
        for name, password in (("admin", "secret"), ("joe", "nothing")):
            assert sim.ask(post(SOAP_GET, authorization=basic(name, password))).status in (200, 500)
            assert protector() == seen[role]
    event(sim, "Caller.Become", role="administrator")
    assert ask(sim, "reset")["ok"]


def test_accounts_have_roles(sim):
    """What administrators of either kind read, a user does not get to see."""
    assert sim.ask(post(SOAP_GET)).status == 200
    assert sim.ask(post(SOAP_GET, authorization=basic("ops", "pass:word"))).status == 200
    refused = sim.ask(post(SOAP_GET, authorization=basic("joe", "nothing")))
    assert refused.status == 500 and b"Msvm_SecurityService_Type" not in refused.body


def test_bye_ends_it(simulator, tmp_path):
    with Simulator(simulator, tmp_path) as process:
        assert ask(process, "bye")["ok"]
        assert process.process.wait(timeout=10) == 0
        assert not process.env_file.exists()


def test_the_trace_so_far(simulator, lastgood, tmp_path):
    trace = tmp_path / "trace.jsonl"
    with Simulator(simulator, tmp_path, "--trace", str(trace), "--jobs-mode", "async") as process:
        assert not {"snapshot", "choices"} & set(ask(process, "hello")["capabilities"])
        vm = event(process, "Vm.Create")["out"]["vm"]
        assert not ask(process, "event", event="Provider.Stop", choices=[])["ok"]
        assert not ask(process, "inspect", target=vm, choices=[])["ok"]
        job = ask(process, "call", method=SERVICE + "ModifySecuritySettings", target=vm,
                  args={"SecuritySettingData": {"set": {"TpmEnabled": True}}})["out"]["Job"]
        for _ in range(3):
            assert ask(process, "call", method="Msvm_ConcreteJob.Get", target=job)["ok"]
        shown = process.ctl("trace")
        assert shown.returncode == 0
        lines = [json.loads(line) for line in shown.stdout.splitlines()]
        assert len(lines) > 5 and trace.read_text(encoding="utf-8") == shown.stdout
        assert process.end() == 0
    done = subprocess.run([lastgood, "check", str(trace)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# ---- a socket in the file system ----

def test_unix_socket(simulator, tmp_path):
    path = tmp_path / "control.sock"
    with Simulator(simulator, tmp_path, control=str(path)) as process:
        assert stat.S_ISSOCK(path.stat().st_mode) and stat.S_IMODE(path.stat().st_mode) == 0o600
        assert process.env["LASTGOOD_CONTROL_URL"] == f"unix:{path}"
        assert process.ctl("hello").returncode == 0
        (tmp_path / "other").mkdir()
        with pytest.raises(RuntimeError, match="another process serves it"):
            Simulator(simulator, tmp_path / "other", control=str(path))
        process.process.kill()
        process.process.wait()
    assert path.exists(), "nobody could remove it"
    with Simulator(simulator, tmp_path, control=str(path)) as process:
        assert process.ctl("hello").returncode == 0, "what a dead process left is replaced"
    assert not path.exists()


def test_a_file_is_not_replaced(simulator, tmp_path):
    path = tmp_path / "precious"
    path.write_text("data", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no socket"):
        Simulator(simulator, tmp_path, control=str(path))
    assert path.read_text(encoding="utf-8") == "data"


# ---- the clock ----

def now(process):
    answer = ask(process, "clock")
    return answer["clock"], answer["now_ms"]


def start_job(process):
    vm = event(process, "Vm.Create")["out"]["vm"]
    answer = ask(process, "call", method=SERVICE + "ModifySecuritySettings", target=vm,
                 args={"SecuritySettingData": {"set": {"TpmEnabled": True}}})
    assert answer["return"] == 4096
    return answer["out"]["Job"]


def looks_until_gone(process, job, most=10000):
    for look in range(most):
        if ask(process, "call", method="Msvm_ConcreteJob.Get", target=job).get("fault"):
            return look
    return None


def test_clock_auto(sim):
    ask(sim, "reset")
    assert now(sim) == ("auto", START_MS)
    job = start_job(sim)
    assert now(sim) == ("auto", START_MS)
    ask(sim, "call", method="Msvm_ConcreteJob.Get", target=job)
    assert now(sim) == ("auto", START_MS + 100)
    event(sim, "Time.Pass", ms=299_000)
    assert 5 <= looks_until_gone(sim, job) <= 20
    assert "clock" not in ask(sim, "hello")["capabilities"]


def test_clock_virtual(simulator, tmp_path):
    with Simulator(simulator, tmp_path, "--clock", "virtual", "--jobs-mode", "async") as process:
        assert "clock" in ask(process, "hello")["capabilities"]
        job = start_job(process)
        assert looks_until_gone(process, job, 200) is None
        assert now(process) == ("virtual", START_MS)
        assert process.ctl("clock", "300000").returncode == 0
        assert now(process) == ("virtual", START_MS + 300_000)
        assert looks_until_gone(process, job, 2) is not None


def test_clock_real(simulator, tmp_path):
    import time
    with Simulator(simulator, tmp_path, "--clock", "real") as process:
        for _ in range(2):
            before = time.time()
            ask(process, "call", method=SERVICE + "Get")
            shown = now(process)[1] / 1000 - 11644473600
            assert before - 1 < shown < time.time() + 1
            time.sleep(0.3)


# ---- the command line ----

@pytest.mark.parametrize("words, part", [
    (["hello"], {"program": "lastgood-sim"}), (["snapshot"], {"ok": True}),
    (["restore", "0", "drop"], {"ok": True}), (["reset"], {"ok": True}),
    (["clock"], {"clock": "auto"}), (["clock", "1000"], {"out": {}}),
    (["cause", "appear", "busy"], {"out": {}}), (["cause", "end", "busy"], {"out": {}}),
    (["event", "Host.Become", "version=2025", "no_tpm=false"], {"ok": True}),
    (["call", SERVICE + "Get"], {"ok": True}),
    (["send", '{"id": 5, "op": "reset"}'], {"ok": True})])
def test_ctl(words, part, sim):
    done = sim.ctl(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert part.items() <= json.loads(done.stdout).items()


def test_ctl_takes_a_file(sim):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("LASTGOOD")}
    for option in (["--env-file", str(sim.env_file)], [f"--env-file={sim.env_file}"]):
        done = subprocess.run([sim.program, "ctl", *option, "hello"], env=environment,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0 and json.loads(done.stdout)["ok"]


def test_ctl_ignores_proxies(sim):
    proxied = {**os.environ, **sim.env, "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://x"}
    done = subprocess.run([sim.program, "ctl", "hello"], env=proxied, capture_output=True,
                          check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("words, code", [
    (["inspect", "nothing"], 1), (["event", "Vm.Explode"], 1), (["restore", "9"], 1),
    (["send", "{"], 1), (["trace"], 3), ([], 64), (["helo"], 64), (["clock", "x"], 64),
    (["restore"], 64), (["cause", "appear"], 64), (["cause", "start", "busy"], 64),
    (["inspect"], 64), (["hello", "you"], 64), (["--fly"], 64), (["--env-file"], 64),
    (["event", "Vm.Remove", "one", "two"], 64), (["send"], 64),
    (["--env-file", "/nonexistent", "hello"], 64)])
def test_ctl_refuses(words, code, sim):
    done = sim.ctl(*words)
    assert done.returncode == code
    if code == 1:
        assert json.loads(done.stdout)["error"]["reason"]
    else:
        assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_ctl_with_a_wrong_token_or_place(sim):
    wrong = {**os.environ, **sim.env, "LASTGOOD_CONTROL_TOKEN": "0" * 64}
    done = subprocess.run([sim.program, "ctl", "hello"], env=wrong, capture_output=True, text=True,
                          check=False)
    assert done.returncode == 3 and "token" in done.stderr
    for url in ("http://127.0.0.1:1/", "unix:/nonexistent", "https://127.0.0.1/", "file:///etc"):
        wrong = {**os.environ, **sim.env, "LASTGOOD_CONTROL_URL": url}
        done = subprocess.run([sim.program, "ctl", "hello"], env=wrong, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 3 and done.stderr.count("\n") == 1, url


def test_ctl_help(simulator):
    done = subprocess.run([simulator, "ctl", "--help"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: ") and "examples:" in done.stdout


# ---- options and accounts ----

USAGE = [
    (["--listen", "127.0.0.1:0"], "--accounts"), (["--control", "127.0.0.1:0"], "--listen"),
    (["--stdio", "--listen", "127.0.0.1:0"], "--stdio"),
    (["--stdio", "--clock", "real"], "--clock"),
    (["--stdio", "--env-file", "x"], "--env-file"), (["--clock", "atomic"], "auto"),
    (["--clock", "vitual"], "did you mean virtual"), (["--max-envelope-kb", "1"], "8192"),
    (["--max-envelope-kb", "99999999999"], "8192"), (["--timeout", "0"], "3600"),
    (["--timeout", "1s"], "3600"), (["--uint8-arrays", "hex"], "base64"), (["--listn"], "--listen"),
    (["--listen"], "--listen"), (["--allow-unencrypted=yes"], "--allow-unencrypted"),
]
ACCOUNTS_AND = ["--accounts", "accounts.txt", "--listen"]
PLACES = ["localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", ":5985",
          "::1:80", "[::1]", "[127.0.0.1]:1", "1.2.3:1", "127.0.0.1:-1", "127.0.0.1:1 ", "",
          "999999999999999999999999999999999999999999999999999999:1", "/tmp/socket"]


@pytest.mark.parametrize("options, hint", USAGE + [([*ACCOUNTS_AND, place], "--listen")
                                                   for place in PLACES], ids=str)
def test_usage(options, hint, simulator, tmp_path):
    path = tmp_path / "accounts.txt"
    path.write_text("a:b:user\n", encoding="utf-8")
    path.chmod(0o600)
    done = subprocess.run([simulator, *options], capture_output=True, text=True, check=False,
                          cwd=tmp_path, timeout=10)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.count("\n") == 1 and hint in done.stderr


def test_control_needs_a_way_to_tell_its_token(simulator, tmp_path):
    path = tmp_path / "accounts.txt"
    path.write_text("a:b:user\n", encoding="utf-8")
    done = subprocess.run([simulator, *ACCOUNTS_AND, "127.0.0.1:0", "--control", "127.0.0.1:0"],
                          capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 64 and "token" in done.stderr


BAD_ACCOUNTS = {
    "nothing": "", "comments only": "# a\n\n", "two parts": "admin:secret\n", "one part": "admin\n",
    "no name": ":secret:user\n", "no password": "admin::user\n", "no role": "admin:secret:\n",
    "an unknown role": "admin:secret:root\n", "a role in capitals": "admin:secret:User\n",
    "a blank behind": "admin:secret:user \n", "twice": "a:b:user\nA:c:user\n",
    "NUL": "a:b\0:user\n", "a control character": "a\x07:b:user\n", "a domain": "X\\a:b:user\n",
    "a long line": "a:" + "b" * 600 + ":user\n", "a long name": "a" * 65 + ":b:user\n",
    "a long password": "a:" + "b" * 256 + ":user\n",
    "too many": "".join(f"u{i}:p:user\n" for i in range(65)), "endless": "#\n" * 5000,
}


@pytest.mark.parametrize("case", BAD_ACCOUNTS)
def test_bad_accounts(case, simulator, tmp_path):
    with pytest.raises(RuntimeError) as error:
        Simulator(simulator, tmp_path, accounts=BAD_ACCOUNTS[case])
    said = str(error.value)
    assert said.count("\n") == 1 and "accounts.txt" in said and "secret" not in said


def test_missing_accounts(simulator, tmp_path):
    for path in (tmp_path / "nothing", tmp_path):
        done = subprocess.run([simulator, "--listen", "127.0.0.1:0", "--accounts", path],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 64 and done.stderr.count("\n") == 1


def test_accounts_that_others_can_read(simulator, tmp_path):
    path = pathlib.Path(tmp_path / "accounts.txt")
    path.write_text("a:b:user\r\n", encoding="utf-8")
    path.chmod(0o644)
    with subprocess.Popen([simulator, "--listen", "127.0.0.1:0", "--accounts", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("LASTGOOD_URL=")
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert "warning" in process.stderr.read()
