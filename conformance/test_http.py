"""lastgood-sim over HTTP: who may ask, what is refused, what it costs."""

import json
import os
import pathlib
import signal
import socket
import stat
import subprocess
import threading
import time

import hypothesis
import pytest
from hypothesis import strategies

from sim_process import ADMIN, IDENTIFY, SOAP, Simulator, basic, post

KB = 1024
LIMIT = 500 * KB


@pytest.fixture(scope="module")
def sim(simulator, tmp_path_factory):
    with Simulator(simulator, tmp_path_factory.mktemp("sim"), "--jobs-mode", "async") as process:
        yield process


@pytest.fixture(autouse=True)
def lives(request):
    """Whatever a test does to the common process, it goes on serving."""
    yield
    if "sim" in request.fixturenames:
        process = request.getfixturevalue("sim")
        assert process.ask(post()).status == 200
        assert process.process.poll() is None


def is_sanitized(program, *sanitizers):
    """Then it has memory of the sanitizer's own."""
    code = pathlib.Path(program).read_bytes()
    return any(b"__%s_init" % sanitizer in code for sanitizer in sanitizers)


def no_soap(reply):
    return b"Envelope" not in reply.body


# ---- who may ask ----

REFUSED = {
    "nobody": None, "wrong password": basic("admin", "secreT"), "no password": basic("admin", ""),
    "a longer password": basic("admin", "secret "), "a prefix": basic("admin", "secre"),
    "an unknown name": basic("root", "secret"), "another's password": basic("joe", "secret"),
    "no name": basic("", "secret"), "no colon": "Basic YWRtaW4=", "no base64": "Basic ***",
    "cut base64": "Basic YWRtaW46c2VjcmV", "empty": "Basic ", "a word": "Basic",
    "another scheme": "Bearer secret", "negotiate": "Negotiate TlRMTVNTUAAB",
    "NUL in it": "Basic " + "YWRtaW46c2VjcmV0AA==",
    "long": basic("admin", "x" * 4000), "a foreign domain": basic("EXAMPLE\\admin", "secret"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_credentials(case, sim):
    with sim.connect() as connection:
        reply = connection.ask(post(authorization=REFUSED[case]))
        assert (reply.status, reply.body) == (401, b"")
        offers = [value for name, value in reply.fields if name == "www-authenticate"]
        assert offers == ["Negotiate", 'Basic realm="WSMAN"']
        assert ("content-length", "0") in reply.fields
        assert connection.ask(post()).status == 200, "the same connection, with credentials"


@pytest.mark.parametrize("name", ["admin", "ADMIN", ".\\admin", "LASTGOOD\\admin"])
def test_accepted_credentials(name, sim):
    assert sim.ask(post(authorization=basic(name, "secret"))).status == 200


def test_a_password_may_have_colons(sim):
    assert sim.ask(post(authorization=basic("ops", "pass:word"))).status == 200
    assert sim.ask(post(authorization=basic("ops", "pass"))).status == 401


def test_credentials_are_asked_of_every_request(sim):
    """Basic belongs to the request, not to the connection."""
    with sim.connect() as connection:
        assert connection.ask(post()).status == 200
        assert connection.ask(post(authorization=None)).status == 401


def test_identify_without_an_account(sim):
    header = ["WSMANIDENTIFY: unauthenticated"]
    assert sim.ask(post(authorization=None, headers=header)).status == 200
    assert sim.ask(post(authorization=None, path="/wsman-anon/identify")).status == 200
    other = IDENTIFY.replace(b"wsmid:Identify/", b"wsmid:Other/")
    assert sim.ask(post(other, authorization=None, headers=header)).status != 200


def test_without_allow_unencrypted(simulator, tmp_path):
    """Nothing but Identify is answered in clear."""
    with Simulator(simulator, tmp_path, unencrypted=False) as process:
        reply = process.ask(post())
        assert (reply.status, reply.body) == (401, b"")
        assert not [value for name, value in reply.fields
                    if name == "www-authenticate" and value.startswith("Basic")]
        header = ["WSMANIDENTIFY: unauthenticated"]
        assert process.ask(post(authorization=None, headers=header)).status == 200


def test_right_and_wrong_passwords_take_as_long(sim):
    """No proof, but a compare that stops early by much would show; medians of 400 each."""
    with sim.connect() as connection:
        times = {}
        for i in range(800):
            password = ["Xecret", "secreX"][i % 2]
            started = time.perf_counter()
            assert connection.ask(post(b"", authorization=basic("admin", password))).status == 401
            times.setdefault(password, []).append(time.perf_counter() - started)
    first, last = (sorted(found)[200] for found in times.values())
    assert abs(first - last) < 0.5 * min(first, last)


# ---- requests ----

def test_keep_alive(sim):
    with sim.connect() as connection:
        for path in ["/wsman", "/wsman/", "/WSMAN", "http://test/wsman", "/wsman?x"] * 20:
            reply = connection.ask(post(path=path))
            assert reply.status == 200
            assert ("server", "Microsoft-HTTPAPI/2.0") in reply.fields
            assert ("connection", "close") not in reply.fields


def test_requests_one_behind_the_other(sim):
    with sim.connect() as connection:
        connection.send(post() * 10 + post(authorization=None) + post())
        assert [connection.reply().status for _ in range(12)] == [200] * 10 + [401, 200]


def test_a_request_in_small_pieces(sim):
    with sim.connect() as connection:
        for byte in post():
            connection.send(bytes([byte]))
        assert connection.reply().status == 200


def test_close_is_kept(sim):
    with sim.connect() as connection:
        assert connection.ask(post(headers=["Connection: close"])).status == 200
        assert connection.is_closed()


@pytest.mark.parametrize("path", ["/", "/wsma", "/wsmanx", "/wsman/x", "/wsman-anon", "*",
                                  "//wsman", "/wsman/../x"])
def test_other_paths(path, sim):
    reply = sim.ask(post(path=path))
    assert (reply.status, reply.body) == (404, b"")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "post"])
def test_other_methods(method, sim):
    reply = sim.ask(post(b"").replace(b"POST", method.encode(), 1))
    assert (reply.status, reply.body) == (405, b"")
    assert ("allow", "POST") in reply.fields


def test_expect_is_answered(sim):
    with sim.connect() as connection:
        head, _, body = post(headers=["Expect: 100-continue"]).partition(b"\r\n\r\n")
        connection.send(head + b"\r\n\r\n")
        assert connection.reply().status == 100
        assert connection.ask(body).status == 200


def test_chunks_are_taken_and_end_the_connection(sim):
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(IDENTIFY), IDENTIFY)
    head = post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with sim.connect() as connection:
        assert connection.ask(head + body).status == 200
        assert connection.is_closed()


def test_curl(sim):
    done = subprocess.run(["curl", "-sS", "-u", "admin:secret", "--basic", "-H",
                           f"Content-Type: {SOAP}", "--data-binary", IDENTIFY.decode(), "-w",
                           "%{http_code}", "-o", os.devnull, sim.env["LASTGOOD_URL"]],
                          capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("200", "")


# ---- bad input ----

HOST = b"Host: test\r\nAuthorization: " + ADMIN.encode() + b"\r\n"
LINE = b"POST /wsman HTTP/1.1\r\n"
SIZE = b"Content-Length: %d\r\n" % len(IDENTIFY)


def raw(fields, body=IDENTIFY, line=LINE):
    return line + HOST + fields + b"\r\n" + body


NOT_HTTP = {
    "a ClientHello of TLS": b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03" + bytes(40) + b"\r\n",
    "zeros": bytes(64) + b"\r\n\r\n", "a word": b"hello\r\n\r\n", "XML": IDENTIFY + b"\r\n\r\n",
    "no version": raw(SIZE, line=b"POST /wsman\r\n"),
    "HTTP/2": raw(SIZE, line=b"POST /wsman HTTP/2.0\r\n"),
    "HTTP/1.2": raw(SIZE, line=b"POST /wsman HTTP/1.2\r\n"),
    "a preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two spaces": raw(SIZE, line=b"POST  /wsman HTTP/1.1\r\n"),
    "a tab": raw(SIZE, line=b"POST\t/wsman HTTP/1.1\r\n"),
    "a NUL in the path": raw(SIZE, line=b"POST /wsman\0 HTTP/1.1\r\n"),
    "no host": LINE + b"Authorization: " + ADMIN.encode() + b"\r\n" + SIZE + b"\r\n" + IDENTIFY,
    "two hosts": raw(b"Host: other\r\n" + SIZE),
    "two lengths": raw(SIZE + b"Content-Length: 5\r\n"),
    "the same length twice": raw(SIZE + SIZE),
    "two lengths in a line": raw(b"Content-Length: 5, 5\r\n"),
    "length with chunking": raw(SIZE + b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "chunking with length": raw(b"Transfer-Encoding: chunked\r\n" + SIZE, b"0\r\n\r\n"),
    "chunked twice": raw(b"Transfer-Encoding: chunked\r\n" * 2, b"0\r\n\r\n"),
    "another coding": raw(b"Transfer-Encoding: gzip\r\n"),
    "two codings": raw(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"),
    "chunking in HTTP/1.0": raw(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n",
                                b"POST /wsman HTTP/1.0\r\n"),
    "a bad chunk": raw(b"Transfer-Encoding: chunked\r\n", b"xyz\r\n"),
    "a negative length": raw(b"Content-Length: -1\r\n"),
    "a plus": raw(b"Content-Length: +5\r\n"), "hex": raw(b"Content-Length: 0x10\r\n"),
    "an empty length": raw(b"Content-Length:\r\n"),
    "a length of words": raw(b"Content-Length: x\r\n"),
    "a length with a blank": raw(b"Content-Length: 1 0\r\n"),
    "bare LF in the first line": raw(SIZE, line=b"POST /wsman HTTP/1.1\n"),
    "bare LF behind a field": raw(b"X: y\n" + SIZE),
    "bare LF behind the last field": raw(SIZE[:-2] + b"\n"),
    "bare LF for the empty line": LINE + HOST + SIZE + b"\n" + IDENTIFY,
    "bare LF everywhere": raw(SIZE).replace(b"\r\n", b"\n"),
    "bare CR": raw(b"X: y\rContent-Length: 5\r\n"),
    "a folded field": raw(b"X: y\r\n z\r\n" + SIZE),
    "a folded coding": raw(b"Transfer-Encoding:\r\n chunked\r\n" + SIZE),
    "a blank before the colon": raw(b"Content-Length : 5\r\n"),
    "a field without a name": raw(b": x\r\n" + SIZE),
    "a field without a colon": raw(b"Garbage\r\n" + SIZE),
    "a name with a control character": raw(b"X\x01: y\r\n" + SIZE),
    "a NUL in a value": raw(b"X: a\0b\r\n" + SIZE),
    "a control character in a value": raw(b"X: a\x1bb\r\n" + SIZE),
    "two Authorizations": raw(b"Authorization: Basic eA==\r\n" + SIZE),
    "two content types": raw(b"Content-Type: a/b\r\nContent-Type: c/d\r\n" + SIZE),
}


@pytest.mark.parametrize("case", NOT_HTTP)
def test_what_is_not_http(case, sim):
    """400 without SOAP, nothing behind it is taken for a request, and the connection ends."""
    with sim.connect() as connection:
        connection.send(NOT_HTTP[case] + post())
        reply = connection.reply()
        assert reply and reply.status == 400 and no_soap(reply), (case, reply)
        assert connection.is_closed()


# Of these the library makes a good request, or nothing, once a connection had its first one.
MENDED = {"zeros", "a NUL in the path"}


@pytest.mark.parametrize("case", sorted(NOT_HTTP.keys() - MENDED))
def test_what_is_not_http_after_a_request(case, sim):
    """Then the connection may end without a word, but nothing more is carried out."""
    with sim.connect() as connection:
        assert connection.ask(post()).status == 200
        connection.send(NOT_HTTP[case] + post())
        try:
            while connection.more():
                pass
        except ConnectionResetError:
            pass
        said = connection.bytes
        assert said == b"" or said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 505")), case
        assert b"HTTP/1.1 200" not in said and b"Envelope" not in said


@pytest.mark.parametrize("behind", [b"", b"\n", IDENTIFY])
def test_a_bare_lf_ends_no_head_after_a_request(behind, sim):
    """However much of what is behind it has arrived."""
    with sim.connect() as connection:
        assert connection.ask(post()).status == 200
        connection.send(LINE + HOST + SIZE + b"\n" + behind)
        assert connection.reply().status == 400


@pytest.mark.parametrize("lines", [b"\r\n", b"\n", b"\r\n\r\n"])
def test_empty_lines_between_requests_are_passed_over(lines, sim):
    """RFC 9112, 2.2: at least one should be, and the end of a line may be a bare LF."""
    with sim.connect() as connection:
        connection.send(post() + lines + post())
        assert [connection.reply().status for _ in range(2)] == [200, 200]
        connection.send(lines)
        assert connection.ask(post()).status == 200


TOO_LARGE = {
    "a byte more": post(b"<" * (LIMIT + 1)),
    "announced only": post(b"", length=LIMIT + 1),
    "more than a number holds": post(b"", length=10**30),
    "two megabytes": post(b"<" * (2 * KB * KB)),
    "chunks": raw(b"Transfer-Encoding: chunked\r\n",
                  b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT + 1, b"<" * (LIMIT + 1))),
}


@pytest.mark.parametrize("case", TOO_LARGE)
def test_what_is_too_large(case, sim):
    with sim.connect() as connection:
        reply = connection.ask(TOO_LARGE[case])
        assert reply.status == 413 and no_soap(reply)
        assert connection.is_closed()


def test_too_large_is_told_before_it_is_sent(sim):
    head = post(b"", length=LIMIT + 1, headers=["Expect: 100-continue"])
    with sim.connect() as connection:
        assert connection.ask(head).status == 413


def test_the_largest_message_is_taken(sim):
    """It is no SOAP, but it is looked at."""
    assert sim.ask(post(b"<" * LIMIT)).status != 413


def test_endless_chunks(sim):
    """They are refused within fixed memory."""
    before = sim.memory_kb()
    piece = b"10000\r\n" + b"<" * 65536 + b"\r\n"
    with sim.connect() as connection:
        connection.send(raw(b"Transfer-Encoding: chunked\r\n", b""))
        try:
            for _ in range(1024):
                connection.send(piece)
            assert False, "64 MB were taken"
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sim.memory_kb() < before + 4 * KB


def test_an_endless_head(sim):
    with sim.connect() as connection:
        try:
            connection.send(LINE + HOST)
            for i in range(10000):
                connection.send(b"X-%d: %s\r\n" % (i, b"y" * 100))
        except (BrokenPipeError, ConnectionResetError):
            pass
        reply = connection.reply()
        assert reply is None or reply.status in (400, 413, 431)


def test_a_refused_client_sends_no_end(sim):
    """Without credentials nothing of a body is kept, and no more than the limit is read."""
    with sim.connect() as connection:
        reply = connection.ask(post(b"<" * LIMIT, authorization=None))
        assert reply.status == 401
        assert connection.ask(post()).status == 200


@pytest.mark.parametrize("body", [b"\xff\xfe\xff", b"<\xc0\xaf/>", b"\x80"], ids=repr)
def test_what_is_not_decodable(body, sim):
    reply = sim.ask(post(body))
    assert reply.status in (400, 500)
    assert reply.status == 500 or reply.body == b""


def test_sealed_without_a_key(sim):
    kind = "Content-Type: multipart/encrypted;boundary=x"
    reply = sim.ask(post().replace(f"Content-Type: {SOAP}".encode(), kind.encode()))
    assert (reply.status, reply.body) == (400, b"")


# ---- whatever it is ----

REPEATABLE = hypothesis.settings(max_examples=150, deadline=None, database=None, print_blob=True)


def says_http(process, data):
    """Whatever comes in, what goes out is replies of HTTP, or nothing."""
    with process.connect() as connection:
        try:
            connection.send(data)
            connection.socket.shutdown(socket.SHUT_WR)
            while connection.more():
                pass
        except (BrokenPipeError, ConnectionResetError, OSError):
            pass
        assert connection.bytes == b"" or connection.bytes.startswith(b"HTTP/1.1 "), data
    return connection.bytes


@hypothesis.seed(3)
@REPEATABLE
@hypothesis.given(data=strategies.binary(max_size=300))
def test_any_bytes(data, sim):
    assert b" 200 " not in says_http(sim, data)


@hypothesis.seed(3)
@REPEATABLE
@hypothesis.given(at=strategies.integers(0, 10**4), what=strategies.binary(max_size=3),
                  again=strategies.booleans())
def test_any_damage(at, what, again, sim):
    """A request, or the second of two, with some bytes put in the place of one."""
    data = post()
    at %= len(data)
    says_http(sim, (data if again else b"") + data[:at] + what + data[at + 1:] + data)


# ---- slow clients ----

def test_slow_clients_are_hung_up_on(simulator, tmp_path):
    """However busy they look: a byte now and then is no request."""
    with Simulator(simulator, tmp_path, "--timeout", "1") as process:
        slow = {"silent": b"", "in the head": LINE, "in the body": post(b"", length=1000)}
        connections = {case: process.connect() for case in slow}
        for case, start in slow.items():
            connections[case].send(start)
        ended = set()
        deadline = time.monotonic() + 60
        while len(ended) < len(slow) and time.monotonic() < deadline:
            for case in slow.keys() - ended:
                try:
                    if case != "silent":
                        connections[case].send(b"x")
                    if connections[case].is_closed(within=0.1):
                        ended.add(case)
                except (BrokenPipeError, ConnectionResetError):
                    ended.add(case)
            assert process.ask(post()).status == 200
        assert ended == set(slow)
        for connection in connections.values():
            connection.socket.close()


def test_a_reader_that_does_not_read(simulator, tmp_path):
    trace = tmp_path / "trace.jsonl"
    with Simulator(simulator, tmp_path, "--timeout", "1", "--trace", str(trace)) as process:
        token = process.env["LASTGOOD_CONTROL_TOKEN"]
        with trace.open("a", encoding="utf-8") as file:
            file.write("x" * (64 * KB * KB))
        with process.connect_control() as connection:
            connection.send(f"GET /trace HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}"
                            "\r\n\r\n".encode())
            time.sleep(2.5)
            read = 0
            while connection.more():
                read += len(connection.bytes)
                connection.bytes = b""
            assert read < 64 * KB * KB
        assert process.memory_kb() < (64 if is_sanitized(simulator, b"tsan") else 32) * KB


def test_many_slow_clients_starve_nobody(sim):
    """More connections than there is room for: the longest waiting go, others are served."""
    waiting = []
    try:
        for i in range(400):
            waiting.append(socket.create_connection(sim.place(sim.env["LASTGOOD_URL"])))
            waiting[-1].sendall(LINE + HOST)
            if i % 50 == 0:
                assert sim.ask(post()).status == 200
        assert sim.ask(post()).status == 200
    finally:
        for connection in waiting:
            connection.close()


# ---- the environment file ----

def test_env_file(sim):
    mode = stat.S_IMODE(sim.env_file.stat().st_mode)
    assert mode == 0o600
    assert set(sim.env) == {"LASTGOOD_URL", "LASTGOOD_CONTROL_URL", "LASTGOOD_CONTROL_TOKEN",
                            "LASTGOOD_PID"}
    assert sim.env["LASTGOOD_PID"] == str(sim.process.pid)
    assert len(sim.env["LASTGOOD_CONTROL_TOKEN"]) == 64
    assert not [path for path in sim.env_file.parent.iterdir()
                if path.name.startswith("sim.env.")]


def test_env_file_is_whole_when_it_is_there(simulator, tmp_path):
    """Readers that look all the time never see half of it, and whoever sees it is served."""
    path = tmp_path / "sim.env"
    seen = []

    def look(stop):
        while not stop.is_set():
            try:
                seen.append(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                pass

    for _ in range(5):
        stop = threading.Event()
        thread = threading.Thread(target=look, args=(stop,))
        thread.start()
        with Simulator(simulator, tmp_path) as process:
            assert process.ask(post()).status == 200
        stop.set()
        thread.join()
    assert seen and all(text.count("\n") == 4 and text.endswith("\n") for text in seen)


def test_env_file_of_another_stays(simulator, tmp_path):
    with Simulator(simulator, tmp_path) as process:
        process.env_file.unlink()
        process.env_file.write_text("mine\n", encoding="utf-8")
        assert process.end() == 0
        assert process.env_file.read_text(encoding="utf-8") == "mine\n"


# ---- the end ----

@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(number, simulator, tmp_path):
    path = tmp_path / "control.sock"
    with Simulator(simulator, tmp_path, control=str(path)) as process:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with process.connect() as connection:
            assert connection.ask(post()).status == 200
            connection.send(post()[:50])
            assert process.end(number) == 0
        assert process.process.stderr.read() == ""
        assert not path.exists() and not process.env_file.exists()
        with pytest.raises(ConnectionRefusedError):
            process.connect()


def test_two_processes_at_once(simulator, tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    with Simulator(simulator, folders[0]) as one, Simulator(simulator, folders[1]) as two:
        assert one.env["LASTGOOD_URL"] != two.env["LASTGOOD_URL"]
        vm = json.loads(one.ctl("event", "Vm.Create").stdout)["out"]["vm"]
        assert one.ctl("inspect", vm).returncode == 0
        assert two.ctl("inspect", vm).returncode == 1
        assert one.ask(post()).status == two.ask(post()).status == 200


def test_a_port_that_is_taken(simulator, tmp_path, sim):
    place = "%s:%d" % sim.place(sim.env["LASTGOOD_URL"])
    with pytest.raises(RuntimeError, match="Address already in use"):
        Simulator(simulator, tmp_path, "--listen", place)
    assert not (tmp_path / "sim.env").exists()


def test_ipv6(simulator, tmp_path):
    with Simulator(simulator, tmp_path, "--listen", "[::1]:0", control="[::1]:0") as process:
        assert process.env["LASTGOOD_URL"].startswith("http://[::1]:")
        assert process.ask(post()).status == 200
        assert process.ctl("hello").returncode == 0


# ---- what it costs ----

def test_small_with_a_thousand_vms(simulator, tmp_path, capsys):
    host = tmp_path / "host.json"
    host.write_text(json.dumps({"format": "lastgood-host/1", "vms": [{}] * 1000}),
                    encoding="utf-8")
    with Simulator(simulator, tmp_path, "--host", str(host)) as process:
        assert process.ask(post()).status == 200
        memory = process.memory_kb()
    with capsys.disabled():
        print(f"\n{memory} KiB with 1,000 VMs")
    sanitized = is_sanitized(simulator, b"asan", b"tsan")
    assert memory < (64 if sanitized else 16) * KB
