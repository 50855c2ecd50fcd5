"""What holds for each way to sign in to lastgood-sim: the role is that of who signed in, a
connection belongs to the first who does, and what is refused is told once, without secrets."""

import ssl

import pytest

from auth_client import (FORMS, KERBEROS_SEALED, MUTUAL, SPNEGO_SEALED, Client, Host, Kdc,
                         ask_sealed, check_after, connect, environment, multipart, request,
                         sealed_type, sign_in, token_of)
from certificates import Certificates, pin_of
from sim_process import basic

PASSWORDS = {"admin": "secret", "joe": "nothing"}
WAYS = ["basic", "certificate", *FORMS]


@pytest.fixture(scope="module", name="kdc")
def running_kdc(tmp_path_factory):
    with Kdc(tmp_path_factory.mktemp("kdc")) as running, environment(**running.environment):
        yield running


@pytest.fixture(scope="module", name="certificates")
def made_certificates(tmp_path_factory):
    made = Certificates(tmp_path_factory.mktemp("certificates"))
    made.files = {name: made.make(name, host=name) for name in ("admin", "joe", "eve")}
    (made.folder / "owners").write_text(
        "".join(f"{pin_of(made.files[name][0])} {name}\n" for name in PASSWORDS), "ascii")
    return made


@pytest.fixture(name="host")
def whole_host(simulator, kdc, certificates, tmp_path):
    """It takes every way, over TLS."""
    with Host(simulator, tmp_path, "--keytab", str(kdc.keytab), "--listen-tls", "127.0.0.1:0",
              "--self-signed", "--client-ca", str(certificates.ca), "--map-certificates",
              str(certificates.folder / "owners")) as process:
        yield process


class Caller:
    """Somebody on a connection by TLS, who may sign in there in any way."""

    def __init__(self, host, kdc, certificates, shows=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if shows:
            context.load_cert_chain(*certificates.files[shows])
        self.host, self.kdc = host, kdc
        self.connection = connect(host, True, context)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.socket.close()

    def call(self, way, user, password=None):
        """The reply to a message of this user, whose last token, if any, comes with it."""
        password = password or PASSWORDS.get(user, "secret")
        if way in ("basic", "certificate"):
            words = MUTUAL if way == "certificate" else basic(user, password)
            return self.connection.ask(request(words, self.host.message))
        with environment(KRB5CCNAME=self.kdc.cache(user)):
            client = Client(way, user, password)
            reply = None
            while reply is None or (reply.status == 401 and token_of(reply)):
                reply = self.connection.ask(request(client.leg(reply), self.host.message))
        return reply


def did(reply):
    """What came of a call: its return value, else the status."""
    for value in (0, 32769):
        if f"<p:ReturnValue>{value}</p:ReturnValue>".encode() in reply.body:
            return value
    return reply.status


@pytest.mark.parametrize("way", WAYS)
def test_roles(way, host, kdc, certificates):
    """On connections in turns; the token alone does it, and so does a later message without one."""
    states = [host.digests()]
    for user, expected in (("joe", 32769), ("admin", 0), ("joe", 32769)):
        with Caller(host, kdc, certificates, user) as caller:
            assert did(caller.call(way, user)) == expected
            states.append(host.digests())
            later = caller.connection.ask(request(None, host.message))
            assert did(later) == (401 if way in ("basic", "certificate") else expected)
    assert states[0] == states[1] != states[2] == states[3]
    assert not host.last_words()


@pytest.mark.parametrize("first", WAYS)
def test_somebody_else_on_the_connection(first, host, kdc, certificates):
    """Whoever signs in first keeps the connection, and may go on; an exchange of tokens that is
    refused ends the one before."""
    before = host.digests()
    others = [way for way in WAYS if (first, way) != ("certificate", "certificate")]
    for second in others:
        shows = {"certificate": "joe"}.get(first, "admin")
        keeps = first in FORMS and second not in FORMS
        with Caller(host, kdc, certificates, shows) as caller:
            assert did(caller.call(first, "joe")) == 32769
            assert did(caller.call(second, "admin")) == 401, second
            later = caller.connection.ask(request(None, host.message))
            assert did(later) == (32769 if keeps else 401), second
            assert did(caller.call(first, "joe")) == 32769, second
    said = check_after(host, before, len(others))
    assert all("somebody else signed in on this connection before" in line for line in said)


# Who it is, with which password; what is said of it.
REFUSED = {
    "basic": ("admin", "Secret", "Basic: no such name and password"),
    "certificate": ("eve", None, "certificate: it is nobody's"),
    "ntlm": ("admin", "Secret", "Negotiate: "),
    "spnego-ntlm": ("admin", "Secret", "Negotiate: "),
    "kerberos": ("stranger", None, "Kerberos: who signed in has no account"),
    "spnego-kerberos": ("stranger", None, "Negotiate: who signed in has no account"),
}


@pytest.mark.parametrize("way", WAYS)
def test_refused(way, host, kdc, certificates):
    user, password, said = REFUSED[way]
    before = host.digests()
    with Caller(host, kdc, certificates, "eve") as caller:
        assert did(caller.call(way, user, password)) == 401
        assert did(caller.connection.ask(request(None, host.message))) == 401
    lines = check_after(host, before, secrets=("Secret", "stranger", "eve"))
    assert said in lines[0]


# ---- sealed messages that are not as they were ----

def flip(data, at):
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


# Each gets header, sealed bytes, the message's length; what it gives are arguments of multipart.
DAMAGED = {
    "the first byte of the header": lambda h, d, n: (flip(h, 0), d, n),
    "the header": lambda h, d, n: (flip(h, 4), d, n),
    "the sequence number": lambda h, d, n: (flip(h, 12), d, n),
    "the last byte of the header": lambda h, d, n: (flip(h, -1), d, n),
    "a header of zeros": lambda h, d, n: (bytes(len(h)), d, n),
    "the first sealed byte": lambda h, d, n: (h, flip(d, 0), n),
    "a byte in the middle": lambda h, d, n: (h, flip(d, len(d) // 2), n),
    "the last sealed byte": lambda h, d, n: (h, flip(d, -1), n),
    "a byte is missing": lambda h, d, n: (h, d[:-1], n),
    "a byte too many": lambda h, d, n: (h, d + b"x", n),
    "half of it": lambda h, d, n: (h, d[:len(d) // 2], n // 2),
    "the header behind": lambda h, d, n: (d[:len(h)], d[len(h):] + h, n),
    "a length that is one less": lambda h, d, n: (h, d, n - 1),
    "a length that is one more": lambda h, d, n: (h, d, n + 1),
    "a header that is one less": lambda h, d, n: (h, d, n, {"header_length": len(h) - 1}),
    "a header that is one more": lambda h, d, n: (h, d, n, {"header_length": len(h) + 1}),
    "no end": lambda h, d, n: (h, d, n, {"end": b""}),
    "the other name": lambda h, d, n: (h, d, n, {"protocol": "other"}),
}


def speak(form, connection, before):
    """Somebody who signed in, and of whom so many messages were taken and answered."""
    speaker = Client(form)
    assert sign_in(connection, speaker).status == 200
    for _ in range(before):
        assert b"IdentifyResponse" in ask_sealed(connection, speaker)[1]
    return speaker


@pytest.mark.parametrize("earlier", [0, 2])
@pytest.mark.parametrize("form", FORMS)
def test_damaged(form, earlier, host, kdc):
    before = host.digests()
    for name, damage in DAMAGED.items():
        with environment(KRB5CCNAME=kdc.cache("admin")), connect(host) as connection:
            speaker = speak(form, connection, earlier)
            header, data, length, *more = damage(*speaker.seal(host.message), len(host.message))
            named = {"protocol": speaker.sealed_as, **(more[0] if more else {})}
            if named["protocol"] == "other":
                named["protocol"] = SPNEGO_SEALED if form == "kerberos" else KERBEROS_SEALED
            body = multipart(header, data, length, **named)
            reply = connection.ask(request(None, body, sealed_type(speaker.sealed_as)))
            assert (reply.status, reply.body) == (400, b""), name
            assert connection.ask(request(None, b"")).status == 401, name
    check_after(host, before, len(DAMAGED))


@pytest.mark.parametrize("earlier", [0, 2])
@pytest.mark.parametrize("form", FORMS)
def test_again_and_in_another_order(form, earlier, host, kdc):
    with environment(KRB5CCNAME=kdc.cache("admin")):
        for order in ((0, 0), (1,), (0, 2)):
            with connect(host) as connection:
                speaker = speak(form, connection, earlier)
                sent = [multipart(*speaker.seal(host.message), len(host.message),
                                  speaker.sealed_as) for _ in range(3)]
                told = [connection.ask(request(None, sent[which], sealed_type(speaker.sealed_as)))
                        for which in order]
                assert [reply.status for reply in told] == [200] * (len(order) - 1) + [400]
    assert len(host.last_words()) == 3
