"""A simulator that takes every way to sign in, and lastgood as its client; for tests."""

import contextlib
import os
import pathlib
import re
import select
import socket
import ssl
import subprocess
import threading
import time

STARTED_WITHIN_S = 20
SILENCE_S = 60
PASSWORD = "not to be shown"
ACCOUNTS = {"admin": "administrator", "hyperv": "hyperv_administrator", "guest": "user"}
# Of libcurl, GSSAPI and Kerberos: what one has set must not decide what a test sees.
FOREIGN = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
           "NO_PROXY", "KRB5CCNAME", "KRB5_KTNAME", "NTLM_USER_FILE", "LASTGOOD_PASSWORD")


# For builds with the address sanitizer: the plug-in for NTLM never frees what it loads of OpenSSL
# for a sign-in. Nothing else here owns anything of OpenSSL.
LEAKS = "leak:libcrypto.so\n"


class AuthHost:
    """`kdc` is that of the realm, or None. Options are those of lastgood-sim."""

    def __init__(self, programs, folder, kdc, *options):
        self.programs, self.folder, self.kdc = pathlib.Path(programs), pathlib.Path(folder), kdc
        self.folder.mkdir(exist_ok=True)
        self.said = []
        self.env_file = self.folder / "sim.env"
        self.env_file.unlink(missing_ok=True)
        (self.folder / "leaks").write_text(LEAKS, encoding="ascii")
        self.accounts = self.write_accounts("accounts", "")
        command = [self.programs / "lastgood-sim", "--accounts", self.accounts, "--listen",
                   "127.0.0.1:0", "--listen-tls", "127.0.0.1:0", "--control", "127.0.0.1:0",
                   "--env-file", self.env_file, "--clock", "virtual", *options]
        if kdc:
            command += ["--keytab", kdc.keytab]
        self.process = subprocess.Popen([str(word) for word in command], env=self.environment(),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                        text=True)
        self.addresses = self.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate(timeout=10)

    def write_accounts(self, name, realm):
        path = self.folder / name
        path.write_text("".join(f"{user}{realm}:{PASSWORD}:{role}\n"
                                for user, role in ACCOUNTS.items()), encoding="utf-8")
        path.chmod(0o600)
        return path

    def environment(self, **more):
        own = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        leaks = {"LSAN_OPTIONS": f"suppressions={self.folder}/leaks:print_suppressions=0"}
        return {**own, **leaks, **(self.kdc.environment if self.kdc else {}), **more}

    def wait(self):
        end = time.monotonic() + STARTED_WITHIN_S
        while not self.env_file.exists():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(self.process.communicate(timeout=10)[1])
            time.sleep(0.02)
        lines = self.env_file.read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def port(self, tls=False):
        url = self.addresses["LASTGOOD_TLS_URL" if tls else "LASTGOOD_URL"]
        return int(url.rsplit(":", 1)[1].split("/")[0])

    def url(self, tls=False, port=None, host="localhost"):
        return f"http{'s' if tls else ''}://{host}:{port or self.port(tls)}"

    def run(self, url, *arguments, password=PASSWORD, command="run", **variables):
        """lastgood, with the control channel; what it says is kept."""
        if password is not None:
            variables["LASTGOOD_PASSWORD"] = password
        words = [self.programs / "lastgood", command, url, "--env-file", self.env_file, *arguments]
        done = subprocess.run([str(word) for word in words], env=self.environment(**variables),
                              capture_output=True, text=True, timeout=600, check=False)
        self.said += [done.stdout, done.stderr]
        return done

    def report(self, url, *arguments):
        """The file with all verdicts of a run."""
        report = self.folder / "report.json"
        done = self.run(url, *arguments, "--report", f"json={report}")
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        return report


def readable(*ends):
    """Those that there is something to read from, decrypted already or not."""
    pending = [end for end in ends if isinstance(end, ssl.SSLSocket) and end.pending()]
    found = pending or select.select(ends, [], [], SILENCE_S)[0]
    if not found:
        raise TimeoutError
    return found


def take(source):
    """What has come; nothing at the end, None where that is no more than a part of a record, or
    what only TLS itself looks at."""
    source.setblocking(False)
    try:
        return source.recv(65536)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        source.settimeout(SILENCE_S)


def whole(data):
    """How many bytes the first reply has, 0 as long as it is not there."""
    head, end, _ = data.partition(b"\r\n\r\n")
    if not end:
        return 0
    size = len(head) + 4 + int(re.search(rb"(?im)^content-length: *(\d+)", head)[1])
    return size if len(data) >= size else 0


class Middle:
    """Stands between a client and a place, one thread a connection: a TLS socket is not for two.
    `answer` gets the number of the reply on its connection and its bytes, and tells what to send
    instead, and whether to close then. With `as_proxy` the client names the place; with `tls`, the
    files of a certificate and its key, it speaks TLS with both."""

    def __init__(self, place=None, answer=None, as_proxy=False, tls=None):
        self.place, self.answer, self.as_proxy = place, answer, as_proxy
        self.inward = self.outward = None
        if tls:
            self.inward = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.inward.load_cert_chain(*tls)
            self.outward = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.outward.check_hostname, self.outward.verify_mode = False, ssl.CERT_NONE
        self.seen, self.lines, self.connections = [], [], 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def accept(self):
        while True:
            try:
                client = self.socket.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        with contextlib.suppress(OSError), contextlib.ExitStack() as ends:
            ends.callback(client.close)
            client.settimeout(SILENCE_S)
            place, first = self.greet(client) if self.as_proxy else (self.place, b"")
            server = socket.create_connection(("127.0.0.1", place[1]), SILENCE_S)
            ends.callback(server.close)
            if self.inward:
                client = ends.enter_context(self.inward.wrap_socket(client, server_side=True))
                server = ends.enter_context(self.outward.wrap_socket(server))
            server.sendall(first)
            self.relay(client, server)

    def greet(self, client):
        """Where the client of a proxy wants to go, and what it has said to that place already."""
        first = b""
        while b"\r\n\r\n" not in first:
            data = client.recv(65536)
            if not data:
                raise ConnectionError
            first += data
        line = first.split(b"\r\n", 1)[0].decode()
        self.lines.append(line)
        method, target = line.split()[:2]
        where = target if method == "CONNECT" else target.split("/")[2]
        if method == "CONNECT":
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            first = b""
        host, port = where.split(":")
        return (host, int(port)), first

    def relay(self, client, server):
        """Until one of them ends, or `answer` says so."""
        number, kept = 0, b""
        while True:
            for source in readable(client, server):
                data = take(source)
                if data == b"":
                    return
                if data and (source is client or not self.answer):
                    self.seen.append(data)
                    (server if source is client else client).sendall(data)
                elif data:
                    kept += data
                while size := whole(kept):
                    number += 1
                    told, closes = self.answer(number, kept[:size])
                    kept = kept[size:]
                    client.sendall(told)
                    if closes:
                        return
