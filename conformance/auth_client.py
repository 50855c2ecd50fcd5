"""Signing in to lastgood-sim over raw sockets, with tokens of GSSAPI, and sealed messages."""

import base64
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import time

import gssapi

from sim_process import IDENTIFY, SOAP, Connection, Simulator
from wire_client import Target, body_of, values_of

NTLM = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
KERBEROS = gssapi.OID.from_int_seq("1.2.840.113554.1.2.2")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
SPNEGO_SEALED = "application/HTTP-SPNEGO-session-encrypted"
KERBEROS_SEALED = "application/HTTP-Kerberos-session-encrypted"
MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
END = b"--Encrypted Boundary--\r\n"

# Scheme, the mechanism that frames the tokens, the one within, and the name of what is sealed.
FORMS = {"ntlm": ("Negotiate", NTLM, NTLM, SPNEGO_SEALED),
         "spnego-ntlm": ("Negotiate", SPNEGO, NTLM, SPNEGO_SEALED),
         "kerberos": ("Kerberos", KERBEROS, KERBEROS, KERBEROS_SEALED),
         "spnego-kerberos": ("Negotiate", SPNEGO, KERBEROS, SPNEGO_SEALED)}


class Client:
    """The client's side of one sign-in."""

    def __init__(self, form="ntlm", user="admin", password="secret", bindings=None, mutual=True):
        self.scheme, outer, self.inner, self.sealed_as = FORMS[form]
        user = gssapi.Name(user, gssapi.NameType.user)
        if self.inner == NTLM:
            store = {b"ntlmssp_password": password.encode()}
            found = gssapi.raw.acquire_cred_from(store, user, mechs=[outer],
                                                 usage="initiate").creds
        else:
            found = gssapi.raw.acquire_cred(user, mechs=[outer], usage="initiate").creds
        if outer == SPNEGO:
            gssapi.raw.set_neg_mechs(found, [self.inner])
        flag = gssapi.RequirementFlag
        flags = flag.confidentiality | flag.integrity | flag.replay_detection | \
            flag.out_of_sequence_detection
        self.context = gssapi.SecurityContext(
            name=gssapi.Name("HTTP@localhost", gssapi.NameType.hostbased_service), mech=outer,
            creds=gssapi.Credentials(found), usage="initiate",
            flags=flags | flag.mutual_authentication if mutual else flags,
            channel_bindings=bindings and gssapi.raw.ChannelBindings(application_data=bindings))

    def leg(self, reply=None):
        """The Authorization that answers a reply."""
        token = self.context.step(token_of(reply)) or b""
        return f"{self.scheme} {base64.b64encode(token).decode()}"

    def seal(self, message):
        """Header and sealed bytes."""
        if self.inner == NTLM:
            token = self.context.wrap(message, True).message
            return token[:16], token[16:]
        kinds = gssapi.raw.IOVBufferType
        parts = gssapi.raw.IOV(kinds.header, message, kinds.padding, std_layout=False)
        gssapi.raw.wrap_iov(self.context, parts, True)
        return parts[0].value, parts[1].value + (parts[2].value or b"")

    def unseal(self, reply):
        """The message in a sealed reply, whose form is checked on the way."""
        kind = dict(reply.fields)["content-type"]
        assert kind == sealed_type(self.sealed_as), kind
        found = re.fullmatch(
            rb"--Encrypted Boundary\r\n\tContent-Type: " + self.sealed_as.encode() +
            rb"\r\n\tOriginalContent: type=(.*?);Length=(\d+)\r\n--Encrypted Boundary\r\n"
            rb"\tContent-Type: application/octet-stream\r\n(....)(.*)--Encrypted Boundary--\r\n",
            reply.body, re.S)
        assert found, reply.body
        header = int.from_bytes(found[3], "little")
        plain = self.context.unwrap(found[4]).message
        assert header == (16 if self.inner == NTLM else 60)
        assert len(plain) == int(found[2]) == len(found[4]) - header
        return plain


def token_of(reply):
    found = reply and re.fullmatch(r"(?:Negotiate|Kerberos) (\S+)",
                                   dict(reply.fields).get("www-authenticate", ""))
    return base64.b64decode(found[1]) if found else None


def offers(reply):
    return [value for name, value in reply.fields if name == "www-authenticate"]


def sealed_type(protocol):
    return f'multipart/encrypted;protocol="{protocol}";boundary="Encrypted Boundary"'


def multipart(header, data, length, protocol=SPNEGO_SEALED, type_=SOAP, end=END, blank=b"",
              octets="application/octet-stream", original=None, header_length=None):
    """A sealed message; what is not given is as it should be."""
    if original is None:
        original = f"\tOriginalContent: type={type_};Length={length}\r\n"
    size = len(header) if header_length is None else header_length
    return (f"--Encrypted Boundary\r\n\tContent-Type: {protocol}\r\n{original}"
            f"--Encrypted Boundary\r\n\tContent-Type: {octets}\r\n").encode() + blank + \
        size.to_bytes(4, "little") + header + data + end


def request(authorization=None, body=b"", type_=SOAP):
    lines = ["POST /wsman HTTP/1.1", "Host: localhost", f"Content-Type: {type_}",
             f"Content-Length: {len(body)}"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def sign_in(connection, client):
    """All legs, each with an empty body; the last reply."""
    reply = None
    while reply is None or reply.status == 401 and token_of(reply):
        reply = connection.ask(request(client.leg(reply)))
    if reply.status == 200 and not client.context.complete:
        client.leg(reply)
    return reply


def ask_sealed(connection, client, message=IDENTIFY, authorization=None):
    """The reply as it comes, and the message in it."""
    header, data = client.seal(message)
    body = multipart(header, data, len(message), client.sealed_as)
    reply = connection.ask(request(authorization, body, sealed_type(client.sealed_as)))
    return reply, client.unseal(reply) if reply.body else None


def connect(sim, secure=False, context=None):
    """A connection to the plain port, or to that of TLS."""
    if not secure:
        return sim.connect()
    place = re.fullmatch(r"https://(.*):(\d+)/.*", sim.env["LASTGOOD_TLS_URL"]).groups()
    connection = Connection(place, PATIENCE_S)
    if not context:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection.socket = context.wrap_socket(connection.socket, server_hostname="localhost")
    return connection


PROTECTOR = "".join(f"<i:KeyProtector>{byte}</i:KeyProtector>" for byte in b"\0\0\0\7\1\2\377")


def message(vm):
    """An invoke that changes what `digests` tells."""
    asked = {"send": "invoke", "with": {"method": "SetKeyProtector",
                                        "parameters": "{setting_parameter}" + PROTECTOR}}
    target = Target("http://localhost/wsman", "", "", vm)
    return body_of(asked, values_of(asked, target, {}))


class Kdc:
    """A realm of its own on the loopback, with a service and somebody who has a ticket for it."""

    REALM = "LASTGOOD.TEST"

    def __init__(self, folder):
        self.folder, self.keytab = folder, folder / "keytab"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {"KRB5_CONFIG": str(folder / "krb5.conf"),
                            "KRB5_KDC_PROFILE": str(folder / "kdc.conf"),
                            "KRB5CCNAME": f"FILE:{folder / 'tickets'}",
                            "KRB5RCACHENAME": f"file2:{folder / 'replays'}"}
        self.configure(skew=300)
        (folder / "kdc.conf").write_text(
            f"[kdcdefaults]\nkdc_listen = \"\"\nkdc_tcp_listen = 127.0.0.1:{self.port}\n"
            f"[realms]\n{self.REALM} = {{\ndatabase_name = {folder / 'principals'}\n"
            f"key_stash_file = {folder / 'stash'}\nmax_life = 1h\n"
            "supported_enctypes = aes256-cts:normal\n}\n", encoding="ascii")
        self.run("kdb5_util", "create", "-s", "-P", "master", "-r", self.REALM)
        for words in ("addprinc -pw secret admin", "addprinc -pw nothing joe",
                      "addprinc -pw secret stranger", "addprinc -randkey HTTP/localhost",
                      f"ktadd -k {self.keytab} HTTP/localhost"):
            self.run("kadmin.local", "-q", words)
        self.process = subprocess.Popen([self.find("krb5kdc"), "-n"],
                                        env={**os.environ, **self.environment},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait()
        for user, password in (("joe", "nothing"), ("stranger", "secret"), ("admin", "secret")):
            self.ticket(user, password)

    @staticmethod
    def find(program):
        return shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")

    def configure(self, skew, path=None):
        path = path or self.folder / "krb5.conf"
        path.write_text(
            f"[libdefaults]\ndefault_realm = {self.REALM}\ndns_lookup_kdc = false\n"
            "dns_lookup_realm = false\ndns_canonicalize_hostname = false\nrdns = false\n"
            f"udp_preference_limit = 1\nclockskew = {skew}\n[realms]\n{self.REALM} = {{\n"
            f"kdc = 127.0.0.1:{self.port}\n}}\n[domain_realm]\nlocalhost = {self.REALM}\n",
            encoding="ascii")
        return path

    def run(self, program, *words, said=None, **environment):
        subprocess.run([self.find(program), *words], check=True, input=said, text=True,
                       capture_output=True, timeout=20,
                       env={**os.environ, **self.environment, **environment})

    def wait(self):
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            time.sleep(0.02)
        raise RuntimeError("the KDC does not listen")

    def cache(self, user):
        return f"FILE:{self.folder}/tickets.{user}"

    def ticket(self, user, password, life="1h", into=None):
        self.run("kinit", "-l", life, user, said=password + "\n",
                 KRB5CCNAME=into or self.cache(user))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)


@contextlib.contextmanager
def environment(**values):
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


PATIENCE_S = 60  # whoever is watched is slow
WATCHED = bool(os.environ.get("LASTGOOD_VALGRIND"))
VALGRIND = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full",
            "--errors-for-leak-kinds=definite,possible", "--track-fds=no",
            f"--suppressions={pathlib.Path(__file__).parent.parent}/auth/tests/valgrind.txt"]


def watched(program, folder):
    """A program that runs another under valgrind, which writes what it finds to a file."""
    wrapper = folder / "watched"
    words = [*VALGRIND, f"--log-file={folder}/valgrind.%p", str(program)]
    wrapper.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="ascii")
    wrapper.chmod(0o700)
    return wrapper


class Host(Simulator):
    """A simulator with one VM, which takes nothing in clear. With LASTGOOD_VALGRIND valgrind
    watches it; what that or a sanitizer finds is an end that is not 0."""

    def __init__(self, program, folder, *options, **named):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        super().__init__(watched(program, folder) if WATCHED else program, folder, *options,
                         **{"unencrypted": False, **named})
        self.program = str(program)
        self.vm = json.loads(self.ctl("event", "Vm.Create", "generation=2").stdout)["out"]["vm"]
        self.message = message(self.vm)

    def digests(self):
        return json.loads(self.ctl("inspect", self.vm).stdout)["digests"]

    def connect(self, timeout=PATIENCE_S):
        return super().connect(timeout)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_S)

    def __exit__(self, kind, *_):
        if self.process.poll() is None and not kind:
            self.last_words()
        super().__exit__()

    def last_words(self):
        """What it said on standard error, after its end."""
        code = self.end()
        said = self.process.stderr.read()
        found = "".join(path.read_text() for path in self.folder.glob("valgrind.*"))
        assert code == 0 and not found, said + found
        return said.splitlines()


SECRETS = ("secret", "nothing", "TlRMTVNTUA", "NTLMSSP", "YII")


def check_after(host, before, lines=1, secrets=()):
    """Nothing changed, others are served, and so many lines of the log, which are returned, tell of
    what was refused, without secrets."""
    assert host.digests() == before
    with connect(host) as connection:
        speaker = Client("spnego-ntlm")
        assert sign_in(connection, speaker).status == 200
        reply, plain = ask_sealed(connection, speaker, host.message)
        assert reply.status == 200 and b"<p:ReturnValue>0<" in plain
    assert host.digests() != before
    said = host.last_words()
    assert len(said) == lines and all(": refused 127.0.0.1 port " in line for line in said), said
    assert not [line for line in said for secret in (*SECRETS, *secrets) if secret in line]
    assert all(line.isprintable() and len(line) < 400 for line in said)
    return said
