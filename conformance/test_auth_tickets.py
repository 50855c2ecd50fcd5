"""Kerberos that must not get in to lastgood-sim: clocks that differ, tickets that are over, tokens
that come again or were changed. Each is refused with its status, told once without secrets, and
changes nothing; and what is just good enough is taken."""

import base64
import os
import pathlib
import subprocess
import sys
import time

import pytest

from auth_client import Client, Host, Kdc, check_after, connect, environment, offers, request

OFFERS = ["Negotiate", "Kerberos", 'Basic realm="WSMAN"']
BOTH = ["kerberos", "spnego-kerberos"]
LEG = "import sys; from auth_client import Client; print(Client(sys.argv[1]).leg())"


@pytest.fixture(scope="module", name="kdc")
def running_kdc(tmp_path_factory):
    with Kdc(tmp_path_factory.mktemp("kdc")) as running, environment(**running.environment):
        with environment(KRB5CCNAME=running.cache("admin")):
            Client("kerberos").leg()  # from now on there is a ticket for the service
        yield running


@pytest.fixture(name="host")
def lax_host(simulator, kdc, tmp_path):
    """It takes messages in clear, so that whoever gets in changes something."""
    with Host(simulator, tmp_path, "--keytab", str(kdc.keytab), unencrypted=True) as process:
        yield process


def client(kdc, form):
    with environment(KRB5CCNAME=kdc.cache("admin")):
        return Client(form)


def ask(host, leg):
    """The reply to a leg that comes with a message."""
    with connect(host) as connection:
        return connection.ask(request(leg, host.message))


def check_refused(host, leg, said):
    before = host.digests()
    reply = ask(host, leg)
    assert (reply.status, offers(reply), reply.body) == (401, OFFERS, b"")
    token = leg.partition(" ")[2]
    lines = check_after(host, before, secrets=[token[:16], token[-16:]] if token else [])
    assert said in lines[0]


# ---- clocks ----

def leg_at(seconds, form, kdc):
    """A first leg of a client whose clock is wrong by so much, and which does not mind; its ticket
    is good."""
    patient = kdc.configure(skew=7200, path=kdc.folder / "patient.conf")
    done = subprocess.run(["faketime", "-f", f"{seconds:+d}", sys.executable, "-c", LEG, form],
                          env={**os.environ, "KRB5CCNAME": kdc.cache("admin"),
                               "KRB5_CONFIG": str(patient),
                               "PYTHONPATH": str(pathlib.Path(__file__).parent)},
                          capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("seconds", [330, 3000, -302, -3000])
def test_clocks_that_differ(seconds, form, host, kdc):
    """By more than five minutes."""
    check_refused(host, leg_at(seconds, form, kdc), said="Clock skew too great")


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("seconds", [0, 290, -270])
def test_clocks_that_hardly_differ(seconds, form, host, kdc):
    before = host.digests()
    assert ask(host, leg_at(seconds, form, kdc)).status == 200
    assert host.digests() != before and not host.last_words()


# ---- tickets that are over ----

def test_late_tickets(simulator, kdc, tmp_path):
    """Those are over, and a token is older than clocks may differ; others are good."""
    strict = kdc.configure(skew=4, path=tmp_path / "strict.conf")
    short = f"FILE:{tmp_path}/short"
    with environment(KRB5_CONFIG=str(strict)):
        host = Host(simulator, tmp_path / "strict", "--keytab", str(kdc.keytab), unencrypted=True)
    with host:
        kdc.ticket("admin", "secret", life="2s", into=short)
        with environment(KRB5CCNAME=short):
            legs = [Client(form).leg() for form in BOTH]
        old = client(kdc, "kerberos").leg()
        time.sleep(7.2)
        before = host.digests()
        assert [ask(host, leg).status for leg in (*legs, old)] == [401] * 3
        assert host.digests() == before
        assert [ask(host, client(kdc, form).leg()).status for form in BOTH] == [200] * 2
        assert host.digests() != before
        said = host.last_words()
    assert len(said) == 3 and "Ticket expired" in said[0] and "Ticket expired" in said[1] and \
        "skew" in said[2], said
    assert [line.split(": ")[2] for line in said] == ["Kerberos", "Negotiate", "Kerberos"]


# ---- tokens again, and changed ones ----

@pytest.mark.parametrize("form", BOTH)
def test_a_token_serves_once(form, host, kdc):
    leg = client(kdc, form).leg()
    with connect(host) as connection:
        assert connection.ask(request(leg)).status == 200
    check_refused(host, leg, said="Request is a replay")


@pytest.mark.parametrize("form", BOTH)
def test_a_token_serves_once_on_its_own_connection(form, host, kdc):
    leg = client(kdc, form).leg()
    with connect(host) as connection:
        assert connection.ask(request(leg)).status == 200
        before = host.digests()
        assert connection.ask(request(leg, host.message)).status == 401
        assert connection.ask(request(None, host.message)).status == 401
    assert "Request is a replay" in check_after(host, before)[0]


def change(at, bit=1):
    def changed(token):
        place = int(at * len(token)) if isinstance(at, float) else at
        return token[:place] + bytes([token[place] ^ bit]) + token[place + 1:]
    return changed


# What is done to a token that was good.
CHANGED = {
    "the frame": change(0), "the mechanism": change(8), "the ticket": change(0.4),
    "a byte of the ticket's middle": change(0.5, 128), "the authenticator": change(0.85),
    "the last byte": change(-1), "cut in the head": lambda token: token[:24],
    "cut in the ticket": lambda token: token[:len(token) // 2],
    "cut at the end": lambda token: token[:-1], "no token": lambda token: b"",
    "bytes of nothing": lambda token: bytes(len(token)),
    "twice": lambda token: token + token,
}


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("name", CHANGED)
def test_changed_tokens(name, form, host, kdc):
    scheme, token = client(kdc, form).leg().split()
    changed = base64.b64encode(CHANGED[name](base64.b64decode(token))).decode()
    check_refused(host, f"{scheme} {changed}", said=f": {scheme}: ")


def test_spnego_under_the_name_of_kerberos(host, kdc):
    token = client(kdc, "spnego-kerberos").leg().split()[1]
    check_refused(host, f"Kerberos {token}", said="a token of no known form")
