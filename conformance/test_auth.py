"""Who signs in to lastgood-sim and how: NTLM, Kerberos, sealing, TLS, certificates; with raw
sockets and with real clients."""

import contextlib
import hashlib
import os
import re
import socket
import ssl
import subprocess
import sys

import pytest

from auth_client import (FORMS, KERBEROS_SEALED, MUTUAL, SPNEGO_SEALED, Client, Host, Kdc,
                         ask_sealed, connect, environment, multipart, offers, request,
                         sealed_type, sign_in, token_of)
from sim_process import ADMIN, IDENTIFY, SOAP

LEGACY = """openssl_conf = all
[all]
providers = providers
[providers]
default = on
legacy = on
[on]
activate = 1
"""


@pytest.fixture(scope="module")
def kdc(tmp_path_factory):
    with Kdc(tmp_path_factory.mktemp("kdc")) as running, environment(**running.environment):
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("auth")


@pytest.fixture(scope="module")
def sim(simulator, kdc, folder):
    with Host(simulator, folder / "sealed", "--listen-tls", "127.0.0.1:0", "--self-signed",
              "--keytab", str(kdc.keytab)) as process:
        yield process


@pytest.fixture(scope="module")
def open_sim(simulator, folder):
    """It takes messages in clear."""
    with Host(simulator, folder / "open", "--listen-tls", "127.0.0.1:0", "--self-signed",
              unencrypted=True) as process:
        yield process


def client(form, kdc, user="admin", password="secret", **options):
    with environment(KRB5CCNAME=kdc.cache(user)):
        return Client(form, user, password, **options)


# ---- every form, sealed and by TLS ----

@pytest.mark.parametrize("form", FORMS)
def test_sealed(form, sim, kdc):
    """Legs with empty bodies, then messages on the same connection, each way sealed."""
    speaker = client(form, kdc)
    with connect(sim) as connection:
        reply = sign_in(connection, speaker)
        assert (reply.status, reply.body) == (200, b"")
        assert form == "ntlm" or offers(reply)[0].startswith(speaker.scheme + " ")
        for _ in range(3):
            reply, plain = ask_sealed(connection, speaker)
            assert reply.status == 200 and b"IdentifyResponse" in plain and not offers(reply)
        reply, plain = ask_sealed(connection, speaker, sim.message)
        assert reply.status == 200 and b"<p:ReturnValue>0</p:ReturnValue>" in plain


@pytest.mark.parametrize("form", FORMS)
def test_by_tls(form, sim, kdc):
    speaker = client(form, kdc)
    with connect(sim, secure=True) as connection:
        assert sign_in(connection, speaker).status == 200
        reply = connection.ask(request(None, IDENTIFY))
        assert reply.status == 200 and b"IdentifyResponse" in reply.body


@pytest.mark.parametrize("form", FORMS)
def test_first_reply_has_the_form_of_the_request(form, sim, kdc):
    with connect(sim) as connection:
        speaker = client(form, kdc)
        reply = connection.ask(request(speaker.leg()))
        raw = token_of(reply).startswith(b"NTLMSSP\0")
        assert raw == (form == "ntlm")
        assert offers(reply) == [value for value in offers(reply)
                                 if value.startswith(speaker.scheme + " ")]


@pytest.mark.parametrize("form", ["ntlm", "kerberos"])
def test_message_with_the_last_leg(form, sim, kdc):
    """MS-WSMV 4.5: what is sealed need not wait for the reply to the last leg."""
    speaker = client(form, kdc, mutual=False)
    with connect(sim) as connection:
        leg = speaker.leg()
        if form == "ntlm":
            leg = speaker.leg(connection.ask(request(leg)))
        assert speaker.context.complete
        reply, plain = ask_sealed(connection, speaker, sim.message, authorization=leg)
        assert reply.status == 200 and b"<p:ReturnValue>0</p:ReturnValue>" in plain
        assert ask_sealed(connection, speaker)[0].status == 200


def test_either_name_is_taken_and_answered(sim, kdc):
    speaker = client("ntlm", kdc)
    with connect(sim) as connection:
        sign_in(connection, speaker)
        for name in (KERBEROS_SEALED, SPNEGO_SEALED):
            speaker.sealed_as = name
            assert ask_sealed(connection, speaker)[0].status == 200


def test_the_largest_sealed_message(sim, kdc):
    """The limit is the message's, not that of the form around it."""
    limit = 500 * 1024
    for length, status in ((limit, 500), (limit + 1, 413), (limit + 2000, 413)):
        speaker = client("ntlm", kdc)
        with connect(sim) as connection:
            sign_in(connection, speaker)
            text = IDENTIFY.ljust(length - 1) + b"<"
            header, data = speaker.seal(text)
            body = multipart(header, data, length)
            reply = connection.ask(request(None, body, sealed_type(SPNEGO_SEALED)))
            assert reply.status == status


def test_sealed_utf16(sim, kdc):
    """The reply is in the encoding of the request, and says so inside."""
    speaker = client("ntlm", kdc)
    text = b"\xff\xfe" + IDENTIFY.decode().encode("utf-16-le")
    with connect(sim) as connection:
        sign_in(connection, speaker)
        header, data = speaker.seal(text)
        body = multipart(header, data, len(text), type_="application/soap+xml;charset=UTF-16")
        reply = connection.ask(request(None, body, sealed_type(SPNEGO_SEALED)))
        assert b"charset=UTF-16;Length=" in reply.body
        assert "IdentifyResponse" in speaker.unseal(reply).decode("utf-16")


@pytest.mark.parametrize("form", FORMS)
def test_roles_follow_who_signed_in(form, sim, kdc):
    """A user may call no method, and faults are sealed like other replies."""
    speaker = client(form, kdc, "joe", "nothing")
    before = sim.digests()
    with connect(sim) as connection:
        sign_in(connection, speaker)
        reply, plain = ask_sealed(connection, speaker, sim.message)
        assert reply.status == 200 and b"<p:ReturnValue>32769</p:ReturnValue>" in plain
        reply, plain = ask_sealed(connection, speaker, sim.message.replace(b"SetKey", b"Forge"))
        assert reply.status == 500 and b"<s:Fault>" in plain
    assert sim.digests() == before


@pytest.mark.parametrize("user", ["admin", "ADMIN", "LASTGOOD\\admin", ".\\admin",
                                  "admin@LASTGOOD"])
def test_names_of_ntlm(user, sim, kdc):
    with connect(sim) as connection:
        assert sign_in(connection, client("ntlm", kdc, user)).status == 200


@pytest.mark.parametrize("form", ["kerberos", "spnego-kerberos"])
def test_a_principal_without_an_account(form, sim, kdc):
    with connect(sim) as connection:
        reply = sign_in(connection, client(form, kdc, "stranger"))
        assert reply.status == 401
        assert offers(reply) == ["Negotiate", "Kerberos"]


def test_a_principal_in_full(simulator, kdc, folder):
    accounts = f"stranger@{kdc.REALM}:of-no-use:administrator\n"
    with Host(simulator, folder / "full", "--keytab", str(kdc.keytab), accounts=accounts) as host, \
            connect(host) as connection:
        assert sign_in(connection, client("kerberos", kdc, "stranger")).status == 200


def test_offers(simulator, kdc, folder):
    """Only what is to be had is offered, in the order of Windows."""
    keytab = ("--keytab", str(kdc.keytab))
    last = 'Basic realm="WSMAN"'
    for number, (options, clear, expected) in enumerate([
            ((), False, ["Negotiate"]), ((), True, ["Negotiate", last]),
            (keytab, True, ["Negotiate", "Kerberos", last]),
            ((*keytab, "--auth", "kerberos"), True, ["Kerberos"]),
            (("--auth=basic",), True, [last]), (("--auth", "negotiate"), True, ["Negotiate"]),
            (("--auth", "basic,negotiate"), False, ["Negotiate"])]):
        with Host(simulator, folder / f"offers{number}", *options, unencrypted=clear) as host, \
                connect(host) as connection:
            assert offers(connection.ask(request(None, IDENTIFY))) == expected


def test_messages_in_clear(sim, open_sim, kdc):
    """Refused over HTTP unless that was allowed; a sealed message is welcome in any case."""
    for host, status in ((sim, 401), (open_sim, 200)):
        with connect(host) as connection:
            speaker = client("ntlm", kdc)
            assert sign_in(connection, speaker).status == 200
            assert ask_sealed(connection, speaker)[0].status == 200
            assert connection.ask(request(None, IDENTIFY)).status == status
            assert connection.ask(request(ADMIN, IDENTIFY)).status == status


def test_identify_without_an_account_needs_no_seal(sim):
    with connect(sim) as connection:
        reply = connection.ask(b"POST /wsman-anon/identify HTTP/1.1\r\nHost: x\r\nContent-Type: "
                               b"%s\r\nContent-Length: %d\r\n\r\n" %
                               (SOAP.encode(), len(IDENTIFY)) + IDENTIFY)
        assert reply.status == 200


# ---- channel bindings ----

def bindings_of(connection):
    certificate = connection.socket.getpeercert(binary_form=True)
    return b"tls-server-end-point:" + hashlib.sha256(certificate).digest()


@pytest.mark.parametrize("form", FORMS)
def test_bound_to_the_channel(form, sim, kdc):
    with connect(sim, secure=True) as connection:
        speaker = client(form, kdc, bindings=bindings_of(connection))
        assert sign_in(connection, speaker).status == 200


@pytest.mark.parametrize("form", FORMS)
def test_bound_to_another_channel(form, sim, kdc):
    with connect(sim, secure=True) as connection:
        speaker = client(form, kdc, bindings=b"tls-server-end-point:" + bytes(32))
        assert sign_in(connection, speaker).status == 401


# ---- TLS ----

def s_client(sim, *options):
    """What openssl says of the TLS port, and the first line of a reply."""
    place = re.search(r"//(.*?)/", sim.env["LASTGOOD_TLS_URL"])[1]
    done = subprocess.run(["openssl", "s_client", "-connect", place, "-ign_eof", *options],
                          input=b"POST /wsman HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
                          capture_output=True, timeout=20, check=False)
    return done.stdout.decode("latin-1"), done.returncode


@pytest.mark.parametrize("version, taken", [("tls1", False), ("tls1_1", False), ("tls1_2", True),
                                            ("tls1_3", True)])
def test_versions_of_tls(version, taken, sim):
    said, code = s_client(sim, "-" + version, "-cipher", "ALL:@SECLEVEL=0")
    assert ("HTTP/1.0 401 " in said or "HTTP/1.1 401 " in said) == taken, said
    assert (code == 0) == taken


def test_the_certificate_is_the_one_that_is_told(sim):
    with connect(sim, secure=True) as connection:
        certificate = connection.socket.getpeercert(binary_form=True)
    assert hashlib.sha256(certificate).hexdigest() == sim.env["LASTGOOD_TLS_SHA256"]
    names = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert(certificate))
    with connect(sim, secure=True, context=names) as connection:
        assert connection.ask(request(ADMIN, IDENTIFY)).status == 200


def test_plain_bytes_at_the_tls_port(sim):
    host, port = re.search(r"//(.*):(\d+)/", sim.env["LASTGOOD_TLS_URL"]).groups()
    for data in (request(ADMIN, IDENTIFY), b"\x16\x03\x01\xff\xff" + bytes(200), b"\0"):
        with sim.connect() as plain:
            plain.socket.close()
            plain.socket = socket.create_connection((host, int(port)), 10)
            plain.send(data)
            plain.socket.settimeout(10)
            with contextlib.suppress(OSError):
                plain.socket.shutdown(socket.SHUT_WR)
                assert b"HTTP" not in plain.socket.recv(4096)
    with connect(sim, secure=True) as connection:
        assert connection.ask(request(ADMIN, IDENTIFY)).status == 200


def test_a_long_message_by_tls(sim):
    """The reply to what is too long is sealed like everything else."""
    with connect(sim, secure=True) as connection:
        connection.send(request(ADMIN, b"x" * 600_000))
        assert connection.reply().status == 413


# ---- certificates ----

def make_certificate(folder, name, authority=None, days="30"):
    """A key and a certificate, signed by itself or by an authority."""
    key, path = folder / f"{name}.key", folder / f"{name}.pem"
    signer = ["-CA", folder / f"{authority}.pem", "-CAkey", folder / f"{authority}.key"] \
        if authority else ["-addext", "basicConstraints=critical,CA:TRUE"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", path, "-subj",
                    f"/CN={name}", "-days", days, *signer], check=True, capture_output=True)
    der = ssl.PEM_cert_to_DER_cert(path.read_text(encoding="ascii"))
    return path, key, hashlib.sha256(der).hexdigest()


@pytest.fixture(scope="module")
def certificates(folder):
    made = {name: make_certificate(folder, name, authority) for name, authority in (
        ("authority", None), ("server", "authority"), ("anna", "authority"),
        ("joe", "authority"), ("nobody", "authority"), ("foreign", None))}
    colons = ":".join(re.findall("..", made["joe"][2].upper()))
    (folder / "map").write_text(f"# whose they are\n{made['anna'][2]} admin\n{colons}\tJoe\n"
                                f"{made['foreign'][2]} admin\n", encoding="ascii")
    return made


@pytest.fixture(scope="module")
def certified(simulator, folder, certificates):
    server, key, _ = certificates["server"]
    with Host(simulator, folder / "certified", "--listen-tls", "127.0.0.1:0", "--cert",
              str(server), "--key", str(key), "--client-ca", str(certificates["authority"][0]),
              "--map-certificates", str(folder / "map")) as process:
        yield process


@pytest.mark.parametrize("name, status", [("anna", 200), ("joe", 200), ("nobody", 401),
                                          ("foreign", 401), (None, 401)])
def test_certificates(name, status, certified, certificates):
    """The role is the account's; what nobody vouches for, or nobody owns, is refused."""
    context = ssl.create_default_context(cafile=str(certificates["authority"][0]))
    context.check_hostname = False
    if name:
        context.load_cert_chain(*certificates[name][:2])
    with connect(certified, True, context) as connection:
        reply = connection.ask(request(MUTUAL, certified.message))
        assert reply.status == status, reply
        assert (b"<p:ReturnValue>0<" in reply.body) == (name == "anna")
        assert (b"<p:ReturnValue>32769<" in reply.body) == (name == "joe")
        assert connection.ask(request(None, certified.message)).status == 401


def test_a_certificate_is_for_tls(certified):
    with connect(certified) as connection:
        assert connection.ask(request(MUTUAL, IDENTIFY)).status == 401


# ---- real clients ----

PYWINRM = """
import sys
from winrm.protocol import Protocol
url, user, password, encryption = sys.argv[1:]
speaker = Protocol(url, transport="ntlm", username=user, password=password,
                   message_encryption=encryption, server_cert_validation="ignore")
text = sys.stdin.buffer.read()
for _ in range(3):
    print(speaker.send_message(text))
"""


def pywinrm(folder, url, *words, text=IDENTIFY, **variables):
    """pywinrm in a process whose OpenSSL still has MD4."""
    (folder / "openssl.cnf").write_text(LEGACY, encoding="ascii")
    return subprocess.run([sys.executable, "-c", PYWINRM, url, *words], input=text,
                          capture_output=True, timeout=30, check=False,
                          env={**os.environ, "OPENSSL_CONF": str(folder / "openssl.cnf"),
                               "NO_PROXY": "127.0.0.1", **variables})


@pytest.mark.parametrize("user", ["admin", "LASTGOOD\\admin"])
def test_pywinrm_sealed(user, sim, folder):
    done = pywinrm(folder, sim.env["LASTGOOD_URL"], user, "secret", "always", text=sim.message)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"<p:ReturnValue>0</p:ReturnValue>") == 3


def test_pywinrm_by_tls(sim, folder):
    with connect(sim, secure=True) as connection:
        der = connection.socket.getpeercert(binary_form=True)
    trusted = folder / "trusted.pem"
    trusted.write_text(ssl.DER_cert_to_PEM_cert(der), encoding="ascii")
    done = pywinrm(folder, sim.env["LASTGOOD_TLS_URL"], "admin", "secret", "auto",
                   REQUESTS_CA_BUNDLE=str(trusted))
    assert done.stdout.count(b"IdentifyResponse ") == 3, done.stderr


@pytest.mark.parametrize("password, encryption", [("Secret", "always"), ("secret", "never")])
def test_pywinrm_refused(password, encryption, sim, folder):
    done = pywinrm(folder, sim.env["LASTGOOD_URL"], "admin", password, encryption)
    assert b"InvalidCredentialsError" in done.stderr


def curl(url, *words, **variables):
    done = subprocess.run(["curl", "-sk", "--noproxy", "*", "-o", "-", "-w", "%{http_code}",
                           "-H", "Content-Type: " + SOAP, "--data-binary", "@-", *words, url],
                          input=IDENTIFY, capture_output=True, timeout=20, check=True,
                          env={**os.environ, **variables})
    return int(done.stdout[-3:]), done.stdout


def host_name(url):
    return url.replace("127.0.0.1", "localhost")


@pytest.mark.parametrize("which", ["LASTGOOD_URL", "LASTGOOD_TLS_URL"])
@pytest.mark.parametrize("password, status", [("secret", 200), ("Secret", 401)])
def test_curl_ntlm(which, password, status, open_sim, folder):
    users = folder / "users"
    users.write_text(f"LASTGOOD:admin:{password}\n", encoding="ascii")
    said = curl(open_sim.env[which], "--negotiate", "-u", ":", NTLM_USER_FILE=str(users),
                KRB5CCNAME="FILE:/nothing")
    assert said[0] == status and (b"IdentifyResponse" in said[1]) == (status == 200)


@pytest.mark.parametrize("user, status", [("admin", 200), ("stranger", 401)])
def test_curl_kerberos(user, status, sim, kdc):
    """By TLS: curl cannot seal."""
    url = host_name(sim.env["LASTGOOD_TLS_URL"])
    assert curl(url, "--negotiate", "-u", ":", KRB5CCNAME=kdc.cache(user))[0] == status


def test_curl_in_clear(sim, kdc):
    url = host_name(sim.env["LASTGOOD_URL"])
    assert curl(url, "--negotiate", "-u", ":", KRB5CCNAME=kdc.cache("admin"))[0] == 401


def test_curl_basic_by_tls(sim):
    assert curl(sim.env["LASTGOOD_TLS_URL"], "-u", "admin:secret")[0] == 200
    assert curl(sim.env["LASTGOOD_TLS_URL"], "-u", "admin:Secret")[0] == 401


# ---- command lines ----

@pytest.mark.parametrize("options, said", [
    (["--auth", "ntlm"], "--auth must be"), (["--auth", ""], "--auth must be"),
    (["--auth", "basic,,kerberos"], "--auth must be"),
    (["--keytab", "nothing", "--auth", "basic"], "a keytab is for Kerberos"),
    (["--keytab", "/nothing"], "Kerberos"), (["--auth", "kerberos"], "Kerberos"),
    (["--listen-tls", "127.0.0.1:0"], "TLS needs a certificate"),
    (["--listen-tls", "127.0.0.1:0", "--cert", "a"], "--cert or --key is missing"),
    (["--listen-tls", "127.0.0.1:0", "--cert", "/a", "--key", "/b", "--self-signed"], "either"),
    (["--listen-tls", "127.0.0.1:0", "--cert", "/a", "--key", "/b"], "/a: No such file"),
    (["--listen-tls", "/a/socket", "--self-signed"], "needs an ADDRESS:PORT"),
    (["--self-signed"], "--listen-tls is missing"),
    (["--listen-tls", "127.0.0.1:0", "--self-signed", "--client-ca", "/a"], "/a: No such file"),
    (["--listen-tls", "127.0.0.1:0", "--self-signed", "--map-certificates", "/a"], "--client-ca"),
])
def test_bad_options(options, said, simulator, tmp_path):
    with pytest.raises(RuntimeError, match=re.escape(said)), environment(KRB5_KTNAME="/nothing"):
        Host(simulator, tmp_path, *options)


@pytest.mark.parametrize("lines, said", [
    ("zz admin", "line 1: must be SHA256 NAME"), ("\n" + "ab" * 31 + " admin", "line 2: must be"),
    ("ab" * 32, "must be"), ("ab" * 32 + "admin", "must be"),
    ("ab" * 32 + " eve", "no such account"),
    ("ab" * 32 + " admin\n" + "AB" * 32 + " Joe", "line 2: the certificate is there"),
    ("ab" * 32 + " " + "x" * 300, "longer than 255")])
def test_bad_maps(lines, said, simulator, tmp_path, certificates):
    path = tmp_path / "map"
    path.write_text(lines, encoding="ascii")
    with pytest.raises(RuntimeError, match=re.escape(said)):
        Host(simulator, tmp_path, "--listen-tls", "127.0.0.1:0", "--self-signed", "--client-ca",
             str(certificates["authority"][0]), "--map-certificates", str(path))


def test_a_key_of_another_certificate(simulator, tmp_path, certificates):
    with pytest.raises(RuntimeError, match="anna.key"):
        Host(simulator, tmp_path, "--listen-tls", "127.0.0.1:0", "--cert",
             str(certificates["server"][0]), "--key", str(certificates["anna"][1]))


def test_only_tls(simulator, tmp_path):
    """Then that is the URL."""
    accounts = tmp_path / "accounts"
    accounts.write_text("admin:secret:administrator\n", encoding="ascii")
    accounts.chmod(0o600)
    with subprocess.Popen([simulator, "--listen-tls", "127.0.0.1:0", "--self-signed", "--accounts",
                           str(accounts)], stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip().removeprefix("LASTGOOD_URL=")
        told = curl(url, "-u", "admin:secret")[0]
        process.terminate()
    assert (url[:8], told) == ("https://", 200)
