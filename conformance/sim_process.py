"""lastgood-sim behind HTTP, for tests: raw sockets, so that anything can be said."""

import base64
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

ACCOUNTS = "# for tests\nadmin:secret:administrator\nops:pass:word:hyperv_administrator\n\n" \
           "Joe:nothing:user\n"
IDENTIFY = (b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:wsmid='
            b'"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><s:Header/>'
            b'<s:Body><wsmid:Identify/></s:Body></s:Envelope>')
SOAP = "application/soap+xml;charset=UTF-8"


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


ADMIN = basic("admin", "secret")


def post(body=IDENTIFY, path="/wsman", headers=(), authorization=ADMIN, length=None):
    """The bytes of a request; `headers` are whole lines."""
    lines = [f"POST {path} HTTP/1.1", "Host: test", f"Content-Type: {SOAP}"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    lines += [*headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Reply:
    """Status, header fields in lower case, and body."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def __repr__(self):
        return f"Reply({self.status}, {self.fields}, {self.body[:200]})"


class Connection:
    """A socket that speaks and reads replies."""

    def __init__(self, place, timeout=10):
        self.socket = socket.create_connection(place, timeout=timeout)
        self.bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        got = self.socket.recv(65536)
        self.bytes += got
        return bool(got)

    def reply(self):
        """The next reply, or None if the connection ends first."""
        try:
            while b"\r\n\r\n" not in self.bytes:
                if not self.more():
                    return None
        except ConnectionResetError:
            return None
        head, _, rest = self.bytes.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = [(name.lower(), value.strip()) for name, _, value in
                  (line.partition(":") for line in lines[1:])]
        length = int(dict(fields).get("content-length", 0))
        while len(rest) < length:
            assert self.more(), "the reply is cut"
            rest = self.bytes.partition(b"\r\n\r\n")[2]
        self.bytes = rest[length:]
        return Reply(int(lines[0].split()[1]), fields, rest[:length])

    def ask(self, data):
        self.send(data)
        return self.reply()

    def is_closed(self, within=5):
        """Whether the other side ends the connection and says nothing more."""
        self.socket.settimeout(within)
        try:
            return not self.bytes and not self.socket.recv(1)
        except ConnectionResetError:
            return not self.bytes
        except socket.timeout:
            return False


class Simulator:
    """A process that serves; options are those of the program."""

    def __init__(self, program, folder, *options, accounts=ACCOUNTS, control="127.0.0.1:0",
                 unencrypted=True):
        self.program = str(program)
        folder = pathlib.Path(folder)
        self.env_file = folder / "sim.env"
        self.accounts = folder / "accounts.txt"
        self.accounts.write_text(accounts, encoding="utf-8")
        self.accounts.chmod(0o600)
        command = [self.program, "--accounts", str(self.accounts), "--env-file",
                   str(self.env_file), *(["--allow-unencrypted"] if unencrypted else []),
                   *(["--control", control] if control else []), *options]
        if "--listen" not in options:
            command += ["--listen", "127.0.0.1:0"]
        started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        self.said = self.process.stdout.readline()
        self.ready_s = time.monotonic() - started
        if not self.said:
            error = self.process.communicate(timeout=10)[1]
            raise RuntimeError(error)
        self.env = dict(line.split("=", 1) for line in
                        self.env_file.read_text(encoding="utf-8").splitlines())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()
        self.process.stdout.close()
        self.process.stderr.close()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    @staticmethod
    def place(url):
        host, port = re.fullmatch(r"http://(.*):(\d+)/.*", url).groups()
        return host.strip("[]"), int(port)

    def connect(self, timeout=10):
        return Connection(self.place(self.env["LASTGOOD_URL"]), timeout)

    def connect_control(self):
        return Connection(self.place(self.env["LASTGOOD_CONTROL_URL"]))

    def ask(self, data):
        """The reply on a connection of its own."""
        with self.connect() as connection:
            return connection.ask(data)

    def ctl(self, *words, **options):
        return subprocess.run([self.program, "ctl", *words], capture_output=True, text=True,
                              timeout=30, check=False, **options,
                              env={**os.environ, **self.env})

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s*(\d+)", status)[1])
