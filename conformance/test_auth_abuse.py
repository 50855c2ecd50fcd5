"""What must not get in to lastgood-sim: each row is refused with its status, told once without
secrets, and changes nothing."""

import base64
import struct

import pytest

from auth_client import (END, KERBEROS_SEALED, SPNEGO_SEALED, Client, Host, check_after, connect,
                         multipart, offers, request, sealed_type, sign_in, token_of)
from sim_process import ADMIN, SOAP, basic

OFFERS = ["Negotiate"]


@pytest.fixture
def host(simulator, tmp_path):
    with Host(simulator, tmp_path) as process:
        yield process


def flip(data, at, bit=1):
    changed = bytearray(data)
    changed[at] ^= bit
    return bytes(changed)


# ---- after a good sign-in: what is wrong with the sealed message, and 400 ----

# Each gets header, sealed bytes and the message's length; what it gives are arguments of multipart.
DAMAGED = {
    "the version of the signature": lambda h, d, n: (flip(h, 0), d, n),
    "the checksum": lambda h, d, n: (flip(h, 4), d, n),
    "the last byte of the checksum": lambda h, d, n: (flip(h, 11, 128), d, n),
    "the sequence number": lambda h, d, n: (flip(h, 12), d, n),
    "a signature of zeros": lambda h, d, n: (bytes(16), d, n),
    "the first sealed byte": lambda h, d, n: (h, flip(d, 0), n),
    "the last sealed byte": lambda h, d, n: (h, flip(d, -1), n),
    "a byte in the middle": lambda h, d, n: (h, flip(d, len(d) // 2, 64), n),
    "a byte is missing": lambda h, d, n: (h, d[:-1], n),
    "a byte too many": lambda h, d, n: (h, d + b"x", n),
    "half of it": lambda h, d, n: (h, d[:len(d) // 2], n // 2),
    "nothing but the header": lambda h, d, n: (h, b"", n),
    "nothing sealed, nothing promised": lambda h, d, n: (h, b"", 0),
    "header and sealed bytes in the other order": lambda h, d, n: (d[:16], d[16:] + h, n),
    "the header twice": lambda h, d, n: (h, h + d, n),
    "a length that is one less": lambda h, d, n: (h, d, n - 1),
    "a length that is one more": lambda h, d, n: (h, d, n + 1),
    "a length of none": lambda h, d, n: (h, d, 0),
    "a length below zero": lambda h, d, n: (h, d, -n),
    "a length that is no number": lambda h, d, n: (h, d, "many"),
    "a length beyond all numbers": lambda h, d, n: (h, d, 2 ** 64 + n),
    "no length of the header": lambda h, d, n: (h, d, n, {"header_length": 0}),
    "a header that is one less": lambda h, d, n: (h, d, n, {"header_length": 15}),
    "a header that is one more": lambda h, d, n: (h, d, n, {"header_length": 17}),
    "a header that is all": lambda h, d, n: (h, d, n, {"header_length": 16 + len(d)}),
    "a header beyond the end": lambda h, d, n: (h, d, n, {"header_length": 17 + len(d)}),
    "a header as long as a number can be": lambda h, d, n: (h, d, n, {"header_length": 2**32 - 1}),
    "no end": lambda h, d, n: (h, d, n, {"end": b""}),
    "half an end": lambda h, d, n: (h, d, n, {"end": END[:10]}),
    "an end and more": lambda h, d, n: (h, d, n, {"end": END + b"more"}),
    "the end of something else": lambda h, d, n: (h, d, n, {"end": END.replace(b"y-", b"i-")}),
    "a part with another name": lambda h, d, n: (h, d, n, {"protocol": KERBEROS_SEALED}),
    "no original": lambda h, d, n: (h, d, n, {"original": ""}),
    "two originals": lambda h, d, n: (h, d, n, {"original": 2 *
                                                f"\tOriginalContent: type={SOAP};Length={n}\r\n"}),
    "an endless original": lambda h, d, n: (h, d, n, {"type_": "x" * 4000}),
    "no octets": lambda h, d, n: (h, d, n, {"octets": "text/plain"}),
    "an empty line": lambda h, d, n: (h, d, n, {"blank": b"\r\n"}),
}


def sealed_parts(speaker, host):
    header, data = speaker.seal(host.message)
    return header, data, len(host.message)


def damaged(host, connection, damage):
    speaker = Client()
    sign_in(connection, speaker)
    header, data, length, *rest = damage(*sealed_parts(speaker, host))
    body = multipart(header, data, length, **(rest[0] if rest else {}))
    return connection.ask(request(None, body, sealed_type(SPNEGO_SEALED))), speaker


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged(name, host):
    """And the key is of no use any more."""
    before = host.digests()
    with connect(host) as connection:
        reply, _ = damaged(host, connection, DAMAGED[name])
        assert (reply.status, reply.body, offers(reply)) == (400, b"", [])
        assert connection.ask(request(None, b"")).status == 401
    check_after(host, before)


# ---- bodies and content types, after a good sign-in ----

def in_clear(host, speaker):
    return host.message, SOAP


def clear_within(host, speaker):
    """The form, around a message that nothing seals."""
    return multipart(b"\1\0\0\0" + bytes(12), host.message, len(host.message)), \
        sealed_type(SPNEGO_SEALED)


def sealed_by_another(host, speaker):
    with connect(host) as connection:
        other = Client()
        sign_in(connection, other)
        return multipart(*sealed_parts(other, host)), sealed_type(SPNEGO_SEALED)


def second_first(host, speaker):
    speaker.seal(host.message)
    return multipart(*sealed_parts(speaker, host)), sealed_type(SPNEGO_SEALED)


def as_type(type_):
    return lambda host, speaker: (multipart(*sealed_parts(speaker, host)), type_)


def cut_at(share):
    def make(host, speaker):
        body = multipart(*sealed_parts(speaker, host))
        return body[:int(len(body) * share)], sealed_type(SPNEGO_SEALED)
    return make


BODIES = {
    "in clear": (in_clear, 401), "in clear within the form": (clear_within, 400),
    "sealed for another connection": (sealed_by_another, 400),
    "the second message first": (second_first, 400),
    "no body": (lambda host, speaker: (b"", sealed_type(SPNEGO_SEALED)), 400),
    "sealed, and said to be in clear": (as_type(SOAP), 401),
    "no boundary": (as_type("multipart/encrypted"), 400),
    "another boundary": (as_type(sealed_type(SPNEGO_SEALED).replace("Boundary", "B")), 400),
    "another protocol": (as_type(sealed_type("application/HTTP-CredSSP-session-encrypted")), 400),
    "the protocol of the other": (as_type(sealed_type(KERBEROS_SEALED)), 400),
    "many parts": (as_type(sealed_type(SPNEGO_SEALED).replace("/e", "/x-multi-e")), 400),
    "other parts": (as_type("multipart/mixed;boundary=x"), 400),
    "cut in the head": (cut_at(0.1), 400), "cut in the middle": (cut_at(0.5), 400),
    "cut near the end": (cut_at(0.99), 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_bodies(name, host):
    make, status = BODIES[name]
    before = host.digests()
    with connect(host) as connection:
        speaker = Client()
        sign_in(connection, speaker)
        reply = connection.ask(request(None, *make(host, speaker)))
        assert (reply.status, reply.body) == (status, b"")
        assert offers(reply) == (OFFERS if status == 401 else [])
    check_after(host, before)


def test_the_same_message_twice(host):
    with connect(host) as connection:
        speaker = Client()
        sign_in(connection, speaker)
        body = multipart(*sealed_parts(speaker, host))
        data = request(None, body, sealed_type(SPNEGO_SEALED))
        assert [connection.ask(data).status for _ in range(3)] == [200, 400, 401]
    assert len(host.last_words()) == 2


# ---- sealed without a key ----

KEYLESS = {
    "nobody": (None, 401), "a first leg": (lambda speaker: speaker.leg(), 401),
    "no token": (lambda speaker: "Negotiate", 401), "Basic": (lambda speaker: ADMIN, 401),
}


@pytest.mark.parametrize("name", KEYLESS)
def test_without_a_key(name, host):
    """A good sealed message, on a connection that did not agree on its key."""
    make, status = KEYLESS[name]
    before = host.digests()
    with connect(host) as other, connect(host) as connection:
        speaker = Client()
        sign_in(other, speaker)
        body = multipart(*sealed_parts(speaker, host))
        authorization = make(Client()) if make else None
        reply = connection.ask(request(authorization, body, sealed_type(SPNEGO_SEALED)))
        assert (reply.status, reply.body) == (status, b"")
    check_after(host, before, lines=0 if name == "a first leg" else 1)


def test_clear_with_the_last_leg(host):
    """The token is good; what comes with it is not."""
    before = host.digests()
    with connect(host) as connection:
        speaker = Client()
        leg = speaker.leg(connection.ask(request(speaker.leg())))
        assert connection.ask(request(leg, host.message)).status == 401
    check_after(host, before)


# ---- tokens ----

def ntlm(kind, *rest):
    return b"NTLMSSP\0" + struct.pack("<I", kind) + b"".join(rest)


def fields(token, **values):
    """A last leg with other lengths or places of its fields: name_length, name_at."""
    places = {"lm": 12, "nt": 20, "domain": 28, "user": 36, "host": 44, "key": 52}
    changed = bytearray(token)
    for name, value in values.items():
        field, what = name.split("_")
        if what == "length":
            struct.pack_into("<HH", changed, places[field], value, value)
        else:
            struct.pack_into("<I", changed, places[field] + 4, value)
    return bytes(changed)


def scheme(token, name="Negotiate"):
    return f"{name} {base64.b64encode(token).decode()}"


FIRST = {
    "a scheme alone": "Negotiate", "blanks": "Negotiate    ", "no base64": "Negotiate ****",
    "half of base64": "Negotiate TlRMTVNTU", "two tokens": "Negotiate TlRM TVNT",
    "bytes": scheme(bytes(range(256))), "nothing but a name": scheme(b"NTLMSSP\0"),
    "a cut first leg": scheme(ntlm(1)), "no kind": scheme(ntlm(9, bytes(40))),
    "the server's own leg": scheme(ntlm(2, bytes(60))),
    "a last leg first": scheme(ntlm(3, bytes(80))),
    "a frame that is too long": scheme(b"\x60\x84\x7f\xff\xff\xff" + bytes(20)),
    "a frame of no mechanism": scheme(b"\x60\x06\x06\x04\x2b\x06\x01\x09"),
    "SPNEGO that is cut": scheme(bytes.fromhex("60 48 06 06 2b 06 01 05 05 02 a0 3e 30 3c")),
    "SPNEGO of unknown mechanisms": scheme(bytes.fromhex(
        "60 1a 06 06 2b 06 01 05 05 02 a0 10 30 0e a0 0c 30 0a 06 08 2b 06 01 05 05 02 7f 7f")),
    "Kerberos, which is not offered": scheme(b"\x6e\x82\x01\x00" + bytes(256)),
    "the scheme Kerberos": scheme(b"\x6e\x10" + bytes(16), "Kerberos"),
    "the scheme NTLM": scheme(ntlm(1, bytes(32)), "NTLM"),
    "CredSSP": scheme(b"\x30\x10" + bytes(16), "CredSSP"),
    "a name that begins like one": scheme(ntlm(1, bytes(32)), "NegotiateX"),
    "20 KB": scheme(ntlm(1) + bytes(15000)), "20 KB of a frame": scheme(b"\x60" + bytes(15000)),
    "Basic": ADMIN, "a certificate": "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https"
    "/mutual",
}


@pytest.mark.parametrize("name", FIRST)
def test_first_tokens(name, host):
    before = host.digests()
    with connect(host) as connection:
        reply = connection.ask(request(FIRST[name], host.message))
        assert (reply.status, offers(reply), reply.body) == (401, OFFERS, b"")
        assert connection.ask(request(None, host.message)).status == 401
    check_after(host, before)


def test_a_head_that_is_too_long(host):
    before = host.digests()
    with connect(host) as connection:
        reply = connection.ask(request("Negotiate " + "A" * 60000, host.message))
        assert reply is None or reply.status in (400, 413, 431)
    check_after(host, before, lines=0)


# What is done to a last leg that was good.
LAST = {
    "a wrong proof": lambda t: flip(t, struct.unpack_from("<I", t, 24)[0]),
    "another user": lambda t: flip(t, struct.unpack_from("<I", t, 40)[0]),
    "no user": lambda t: fields(t, user_length=0),
    "no answer": lambda t: fields(t, nt_length=0, lm_length=0),
    "nobody at all": lambda t: fields(t, user_length=0, nt_length=0, lm_length=0, domain_length=0),
    "a user that is too long": lambda t: fields(t, user_length=0xfffe),
    "an odd length": lambda t: fields(t, user_length=3),
    "a user beyond the end": lambda t: fields(t, user_at=0xffffff00),
    "a domain beyond the end": lambda t: fields(t, domain_at=len(t) - 1),
    "an answer that is too long": lambda t: fields(t, nt_length=0xffff),
    "an answer beyond the end": lambda t: fields(t, nt_at=0x7fffffff),
    "an answer that is too short": lambda t: fields(t, nt_length=10),
    "an answer without pairs": lambda t: fields(t, nt_length=44),
    "a short key": lambda t: fields(t, key_length=3),
    "a key beyond the end": lambda t: fields(t, key_at=0xfffffff0),
    "cut in the head": lambda t: t[:40],
    "cut in the middle": lambda t: t[:len(t) // 2],
    "cut at the end": lambda t: t[:-1],
    "a first leg again": lambda t: ntlm(1, bytes(32)),
    "the challenge": lambda t: ntlm(2, bytes(60)),
    "no leg": lambda t: b"",
}


@pytest.mark.parametrize("name", LAST)
def test_last_tokens(name, host):
    before = host.digests()
    with connect(host) as connection:
        speaker = Client()
        reply = connection.ask(request(speaker.leg()))
        token = speaker.context.step(token_of(reply))
        reply = connection.ask(request(scheme(LAST[name](token)), host.message))
        assert (reply.status, offers(reply)) == (401, OFFERS)
        reply = connection.ask(request(scheme(token)))
        assert (reply.status, offers(reply)) == (401, OFFERS), "the challenge served twice"
    check_after(host, before, lines=2)


@pytest.mark.parametrize("form", ["ntlm", "spnego-ntlm"])
@pytest.mark.parametrize("user, password", [("admin", "Secret"), ("admin", "nothing"),
                                            ("root", "secret"), ("OTHER\\admin", "secret")])
def test_wrong_credentials(form, user, password, host):
    before = host.digests()
    with connect(host) as connection:
        reply = sign_in(connection, Client(form, user, password))
        assert (reply.status, offers(reply)) == (401, OFFERS)
    check_after(host, before)


# ---- legs again, in another order, of others ----

def legs_of(connection, **who):
    """A first and a last leg that were taken, and who spoke."""
    speaker = Client(**who)
    first = speaker.leg()
    last = speaker.leg(connection.ask(request(first)))
    assert connection.ask(request(last)).status == 200
    return first, last, speaker


def test_a_last_leg_again(host):
    before = host.digests()
    with connect(host) as connection:
        _, last, speaker = legs_of(connection)
        assert connection.ask(request(last)).status == 401
        sealed = multipart(*sealed_parts(speaker, host))
        reply = connection.ask(request(None, sealed, sealed_type(SPNEGO_SEALED)))
        assert reply.status == 401
    check_after(host, before, lines=2)


def test_legs_on_another_connection(host):
    before = host.digests()
    with connect(host) as connection, connect(host) as other:
        first, last, _ = legs_of(connection)
        assert token_of(other.ask(request(first)))
        assert other.ask(request(last)).status == 401
    check_after(host, before)


def test_a_last_leg_for_the_challenge_of_another(host):
    before = host.digests()
    with connect(host) as connection, connect(host) as other:
        speaker, second = Client(), Client()
        challenge = connection.ask(request(speaker.leg()))
        other.ask(request(second.leg()))
        assert other.ask(request(speaker.leg(challenge))).status == 401
    check_after(host, before)


def test_somebody_else_on_the_connection(host):
    """Whoever signs in first keeps the connection; he may sign in again."""
    before = host.digests()
    with connect(host) as connection:
        legs_of(connection)
        reply = sign_in(connection, Client("ntlm", "Joe", "nothing"))
        assert (reply.status, offers(reply)) == (401, OFFERS)
        assert connection.ask(request(None, b"")).status == 401
        assert sign_in(connection, Client()).status == 200
    check_after(host, before)


def test_somebody_else_by_basic(simulator, tmp_path):
    with Host(simulator, tmp_path, unencrypted=True) as host, connect(host) as connection:
        legs_of(connection)
        before = host.digests()
        assert connection.ask(request(basic("Joe", "nothing"), host.message)).status == 401
        assert connection.ask(request(ADMIN, host.message)).status == 200
        assert host.digests() != before
        assert len(host.last_words()) == 1


def test_many_refusals_are_few_lines(host):
    with connect(host) as connection:
        for _ in range(100):
            assert connection.ask(request("Negotiate AAAA")).status == 401
    assert len(host.last_words()) == 20
