"""curl as a client of lastgood-sim."""

import subprocess

import pytest

from sim_process import ACCOUNTS, IDENTIFY, SOAP, Simulator
from wire_client import Target, body_of, values_of

UNREAD = b"\0" * 600_000  # more than a message may have


@pytest.fixture(scope="module")
def sim(simulator, tmp_path_factory):
    """By Basic alone: curl takes the first scheme that it knows, and has no key for another."""
    with Simulator(simulator, tmp_path_factory.mktemp("sim"), "--auth", "basic") as process:
        yield process


@pytest.fixture
def curl(sim, tmp_path):
    """Runs curl with options; its standard output. The message is in a file."""
    def run(*options, message=IDENTIFY, user="admin:secret", url="", check=True, content=SOAP):
        path = tmp_path / "message"
        path.write_bytes(message)
        who = ["--user", user] if user else []
        command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "20", *who,
                   "--header", f"Content-Type: {content}", "--data-binary", f"@{path}", *options,
                   url or sim.env["LASTGOOD_URL"]]
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.decode(errors="replace")
    return run


def message(sim, send, **parts):
    request = {"send": send, "with": parts}
    target = Target(sim.env["LASTGOOD_URL"], "admin", "secret", None)
    return body_of(request, values_of(request, target, {}))


STATUS = ["--output", "/dev/null", "--write-out", "%{http_code} %{num_connects} %{http_version}"]


def test_identify(curl):
    assert "OS: 10.0." in curl("--fail")


def test_identify_without_an_account(curl, sim):
    assert "OS: 0.0.0" in curl("--header", "WSMANIDENTIFY: unauthenticated", user=None)
    path = sim.env["LASTGOOD_URL"] + "-anon/identify"
    assert "OS: 0.0.0" in curl("--fail", user=None, url=path)


@pytest.mark.parametrize("user, status", [(None, 401), ("admin:wrong", 401), ("admin:secret", 200),
                                          (".\\admin:secret", 200), ("ops:pass:word", 200)])
def test_accounts(user, status, curl):
    assert curl(*STATUS, user=user).split()[0] == str(status)


def test_the_scheme_is_offered(curl):
    """--anyauth asks without an account first, and takes what is offered there."""
    assert curl("--anyauth", *STATUS) == "200 1 1.1"
    assert 'WWW-Authenticate: Basic realm="WSMAN"' in curl("--include", user=None)
    assert curl("--digest", *STATUS).split()[0] == "401"


FORMS = {
    "HTTP/1.0": ["--http1.0"], "chunked": ["--header", "Transfer-Encoding: chunked"],
    "Expect": ["--header", "Expect: 100-continue"], "encodings": ["--compressed"],
    "an upgrade to HTTP/2": ["--http2"], "connection ends": ["--header", "Connection: close"],
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_transfer(form, curl):
    assert "IdentifyResponse" in curl("--fail", *FORMS[form])


def test_a_connection_is_kept(curl, sim):
    again = [sim.env["LASTGOOD_URL"], "--output", "/dev/null"]
    assert curl(*STATUS, *again, *again).replace("1.1", "1.1 ").split() == \
        ["200", "1", "1.1", "200", "0", "1.1", "200", "0", "1.1"]


def test_utf_16(curl, sim):
    text = b"\xff\xfe" + message(sim, "identify").decode().encode("utf-16-le")
    assert "IdentifyResponse" in curl("--fail", message=text, content=SOAP.replace("8", "16")) \
        .replace("\0", "")


def test_too_large(curl):
    assert curl(*STATUS, message=UNREAD, check=False).split()[0] == "413"
    headers = ["--header", "Transfer-Encoding: chunked"]
    assert curl(*STATUS, *headers, message=UNREAD, check=False).split()[0] == "413"


def test_no_soap(curl):
    assert curl(*STATUS, "--get", message=b"").split()[0] in ("400", "405")
    assert curl(*STATUS, message=b"hello").split()[0] in ("400", "500")


def test_enumerate(curl, sim):
    everything = "<w:OptimizeEnumeration/><w:MaxElements>10</w:MaxElements>"
    text = message(sim, "enumerate", **{"class": "Msvm_SecurityService"}, enumerate=everything)
    assert "<p:Name>vmsecuritywmi</p:Name>" in curl("--fail", message=text)


def test_a_fault_has_a_body(curl, sim):
    text = message(sim, "get", selector_set="<w:SelectorSet><w:Selector Name='CreationClassName'>"
                   "Msvm_ComputerSystem</w:Selector><w:Selector Name='Name'>{nobody}</w:Selector>"
                   "</w:SelectorSet>")
    said = curl("--write-out", "%{http_code}", message=text)
    assert "a:DestinationUnreachable" in said and said.endswith("500")


def test_a_password_in_a_file(curl, tmp_path):
    """As people who care do it: nothing secret in the list of processes."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login admin password secret\n", encoding="utf-8")
    assert ACCOUNTS.count("admin:secret") == 1
    assert "IdentifyResponse" in curl("--fail", "--netrc-file", str(netrc), user=None)
