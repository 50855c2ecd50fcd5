"""Signing in, from the client's side: lastgood against lastgood-sim in every way there is.

LASTGOOD_AUTH_TIER=full runs all vectors in each way, not only the smoke tier.
"""

import base64
import contextlib
import json
import os
import pty
import re
import select
import subprocess
import time

import pytest

from auth_host import ACCOUNTS, PASSWORD, AuthHost, Middle
from certificates import Certificates, pin_of
from kdc import Kdc

TIER = os.environ.get("LASTGOOD_AUTH_TIER", "smoke")
REALM = "LASTGOOD.TEST"
# The options of a client, and what is behind the names of its other accounts.
WAYS = {"basic": (["--auth", "basic", "--user", "admin"], ""),
        "ntlm": (["--auth", "ntlm", "--user", "admin"], ""),
        "spnego-ntlm": (["--auth", "negotiate", "--user", "admin"], ""),
        "kerberos": (["--auth", "kerberos", "--user", f"admin@{REALM}"], f"@{REALM}"),
        "spnego-kerberos": (["--auth", "negotiate", "--user", f"admin@{REALM}"], f"@{REALM}")}
SEALING = ["ntlm", "spnego-ntlm", "kerberos", "spnego-kerberos"]
ONE = ["--filter", "get-after-restore"]  # a vector that is enough to see whether calls work
NTLM = WAYS["ntlm"][0]


@pytest.fixture(scope="module")
def kdc(tmp_path_factory):
    with Kdc(tmp_path_factory.mktemp("kdc"), REALM, {name: PASSWORD for name in ACCOUNTS}) as realm:
        yield realm


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


def certificate_options(certificates, folder):
    certificate, key = certificates.make("host")
    client = certificates.make("client", host="client")[0]
    owners = folder / "owners"
    owners.write_text(f"{pin_of(client)} admin\n", encoding="utf-8")
    return ["--cert", certificate, "--key", key, "--client-ca", certificates.ca,
            "--map-certificates", owners]


@pytest.fixture(scope="module")
def shared_host(programs, lastgood, simulator, kdc, certificates, tmp_path_factory):
    """It takes no message in clear over HTTP."""
    del lastgood, simulator  # they must be there
    folder = tmp_path_factory.mktemp("host")
    with AuthHost(programs, folder, kdc, *certificate_options(certificates, folder)) as served:
        yield served


def is_secret(text):
    whole = [PASSWORD, base64.b64encode(PASSWORD.encode()).decode()]
    whole += [base64.b64encode(f"{name}:{PASSWORD}".encode()).decode() for name in ACCOUNTS]
    return any(word in text for word in whole)


@contextlib.contextmanager
def no_secret_in(host):
    host.said.clear()
    yield host
    assert not is_secret("".join(host.said))


@pytest.fixture
def host(shared_host):
    with no_secret_in(shared_host):
        yield shared_host


@pytest.fixture
def lax_host(programs, tmp_path):
    """It takes Basic over HTTP."""
    with AuthHost(programs, tmp_path / "lax", None, "--allow-unencrypted", "--self-signed") as lax:
        with no_secret_in(lax):
            yield lax


@pytest.fixture
def trust(certificates):
    return ["--ca-file", certificates.ca]


@pytest.fixture
def own(certificates):
    """The options of a client that is known by its certificate."""
    return ["--auth", "certificate", "--cert", certificates.folder / "client.pem", "--key",
            certificates.folder / "client.key"]


def fails(done, *said, code=3):
    assert done.returncode == code, done.stdout + done.stderr
    assert [line for line in done.stderr.splitlines() if all(word in line for word in said)], \
        done.stderr
    return done.stderr


# ---- the same verdicts ---------------------------------------------------------------------------


def rows_of(report):
    rows = json.loads(report.read_text(encoding="utf-8"))["vectors"]
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="module")
def expected(shared_host):
    """What the model itself says of the vectors."""
    report = shared_host.folder / "model.json"
    subprocess.run([shared_host.programs / "lastgood", "run", "model:", "--tier", TIER, "--report",
                    f"json={report}"], check=True, capture_output=True, timeout=600)
    return report


def accounts_of(host, way):
    suffix = WAYS[way][1]
    return ["--accounts", host.write_accounts(f"accounts{suffix}", suffix)]


def check_verdicts(host, expected, url, options, may_skip="over the envelope limit"):
    """They are those of the model, but for vectors that cannot be run this way."""
    known = rows_of(expected)
    seen = rows_of(host.report(url, *options, "--tier", TIER))
    assert known.keys() == seen.keys()
    for name, row in seen.items():
        skipped = row["verdict"] == "skipped" and may_skip in " ".join(row["lines"])
        assert skipped or row["verdict"] == known[name]["verdict"], row
    return [name for name, row in seen.items() if row["verdict"] == "skipped"]


@pytest.mark.parametrize("way", SEALING)
def test_sealed_over_http(host, expected, way):
    options = WAYS[way][0] + accounts_of(host, way)
    skipped = check_verdicts(host, expected, host.url(), options)
    assert TIER != "smoke" or not skipped


@pytest.mark.parametrize("way", WAYS)
def test_over_https(host, expected, trust, way):
    options = WAYS[way][0] + accounts_of(host, way) + trust
    skipped = check_verdicts(host, expected, host.url(tls=True), options)
    assert TIER != "smoke" or not skipped


def test_basic_over_http(lax_host, expected):
    options = WAYS["basic"][0] + accounts_of(lax_host, "basic")
    check_verdicts(lax_host, expected, lax_host.url(), options)


def test_by_certificate(host, expected, trust, own):
    """A certificate is of one role: vectors that need another are not run."""
    over = "" if TIER == "full" else "no account of the role"
    skipped = check_verdicts(host, expected, host.url(tls=True), own + trust, over)
    assert 0 < len(skipped) < 0.2 * len(rows_of(expected))


# ---- who signs in --------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [
    ["--auth", "ntlm", "--user", ".\\admin"], ["--auth", "negotiate", "--user", ".\\admin"],
    ["--auth", "kerberos", "--user", "admin"]])
def test_forms_of_names(host, options):
    done = host.run(host.url(), *options, *ONE)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("options", [["--auth", "kerberos"], ["--auth", "negotiate"],
                                     ["--auth", "kerberos", "--user", "admin"]])
def test_tickets_that_are_there(host, kdc, options):
    cache = kdc.login("admin", PASSWORD, "tickets")
    done = host.run(host.url(), *options, *ONE, password=None, KRB5CCNAME=cache)
    assert done.returncode == 0, done.stderr


def test_no_tickets(host):
    fails(host.run(host.url(), "--auth", "kerberos", password=None), "cannot sign in", "run kinit")
    fails(host.run(host.url(), "--auth", "negotiate", password=None), "cannot sign in", "run kinit")


def test_capture_signs_in_as_well(host, trust):
    path = host.folder / "captured.json"
    words = [host.programs / "lastgood", "capture", host.url(tls=True), path, *NTLM, *trust]
    done = subprocess.run(list(map(str, words)), timeout=60, check=False, capture_output=True,
                          text=True, env=host.environment(LASTGOOD_PASSWORD=PASSWORD))
    assert done.returncode == 0 and path.exists(), done.stderr


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("tls", [False, True])
def test_a_wrong_password(host, trust, way, tls):
    options = WAYS[way][0] + (trust if tls else [])
    done = host.run(host.url(tls), *options, password="quite another word")
    said = fails(done, "password") if way != "spnego-kerberos" else fails(done, "401")
    assert "quite another word" not in said


def test_a_user_that_nobody_knows(host):
    fails(host.run(host.url(), "--auth", "kerberos", "--user", "nobody"), "no such account")
    fails(host.run(host.url(), "--auth", "ntlm", "--user", "nobody"), "401")


def test_a_host_that_the_realm_does_not_know(host):
    done = host.run(host.url(host="127.0.0.1"), *WAYS["kerberos"][0])
    fails(done, "HTTP/127.0.0.1", "name the host in the URL")


def test_no_kdc(host, tmp_path):
    text = (host.kdc.folder / "krb5.conf").read_text(encoding="utf-8")
    conf = tmp_path / "krb5.conf"
    conf.write_text(re.sub(r"kdc = .*", "kdc = 127.0.0.1:1", text), encoding="utf-8")
    done = host.run(host.url(), *WAYS["kerberos"][0], KRB5_CONFIG=str(conf))
    fails(done, "cannot sign in", "KDC")


def test_ntlm_that_is_not_installed(host, tmp_path):
    (tmp_path / "mech").write_text("", encoding="utf-8")
    done = host.run(host.url(), *NTLM, GSS_MECH_CONFIG=str(tmp_path / "mech"))
    fails(done, "cannot sign in", "gss-ntlmssp")


def test_a_host_that_does_not_offer_it(programs, tmp_path):
    options = ["--allow-unencrypted", "--self-signed", "--auth", "basic"]
    with AuthHost(programs, tmp_path / "basic", None, *options) as host:
        fails(host.run(host.url(), *NTLM), "does not offer Negotiate, but Basic")


# ---- whom the client trusts ----------------------------------------------------------------------


def test_a_pin(host, certificates):
    pin = pin_of(certificates.folder / "host.pem")
    for text in (pin, ":".join(re.findall("..", pin.upper()))):
        done = host.run(host.url(tls=True), *NTLM, "--pin", text, *ONE)
        assert done.returncode == 0, done.stderr


def test_the_pin_of_a_self_signed_host(lax_host):
    pin = lax_host.addresses["LASTGOOD_TLS_SHA256"].replace(":", "")
    for way in ("basic", "ntlm", "spnego-ntlm"):
        done = lax_host.run(lax_host.url(tls=True), *WAYS[way][0], "--pin", pin, *ONE)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("way", ["basic", "ntlm"])
def test_another_pin(host, way):
    done = host.run(host.url(tls=True), *WAYS[way][0], "--pin", "ab" * 32)
    fails(done, "not that of --pin")


def test_a_certificate_that_nobody_vouches_for(host, certificates):
    said = fails(host.run(host.url(tls=True), *NTLM), "not trusted", "--pin")
    assert pin_of(certificates.folder / "host.pem") in said


def test_a_certificate_for_another_name(host, trust):
    fails(host.run(host.url(tls=True, host="127.0.0.1"), *NTLM, *trust), "another name")


@pytest.mark.parametrize("name, dates, said", [
    ("expired", {"ends": "20210101000000Z"}, "has expired"),
    ("early", {"starts": "20990101000000Z"}, "not valid yet")])
def test_dates(programs, certificates, trust, tmp_path, name, dates, said):
    certificate, key = certificates.make(name, **dates)
    with AuthHost(programs, tmp_path / "dated", None, "--cert", certificate, "--key", key) as host:
        for trusts in (trust, ["--pin", pin_of(certificate)]):
            fails(host.run(host.url(tls=True), *NTLM, *trusts), said)


@pytest.mark.parametrize("digest", ["sha1", "sha384", "sha512"])
def test_channel_bindings_of_other_hashes(programs, certificates, tmp_path, digest):
    certificate, key = certificates.make(digest, digest=digest)
    with AuthHost(programs, tmp_path / "host", None, "--cert", certificate, "--key", key) as host:
        done = host.run(host.url(tls=True), *NTLM, "--pin", pin_of(certificate), *ONE)
        assert done.returncode == 0, done.stderr


def test_certificates_that_map_to_nobody(host, certificates, trust):
    certificate, key = certificates.make("stranger", host="stranger")
    options = ["--auth", "certificate", "--cert", certificate, "--key", key]
    fails(host.run(host.url(tls=True), *options, *trust), "401", "certificate")


def test_files_that_are_none(host, trust, own, tmp_path):
    (tmp_path / "text").write_text("no PEM\n", encoding="utf-8")
    url = host.url(tls=True)
    fails(host.run(url, *NTLM, "--ca-file", tmp_path / "text"), "--ca-file is no PEM")
    fails(host.run(url, *NTLM, "--ca-file", tmp_path / "nowhere"), "--ca-file is no PEM")
    options = ["--auth", "certificate", "--cert", tmp_path / "text", "--key", own[-1]]
    fails(host.run(url, *options, *trust), "--cert or --key is no PEM")


# ---- connections ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", SEALING)
def test_nothing_is_in_clear(host, way):
    with Middle(("127.0.0.1", host.port())) as middle:
        done = host.run(host.url(port=middle.port), *WAYS[way][0], *ONE)
        assert done.returncode == 0, done.stderr
        seen = b"".join(middle.seen)
        assert b"session-encrypted" in seen and b"Envelope" not in seen and b"Msvm_" not in seen
        assert middle.connections == 1


@pytest.mark.parametrize("way", SEALING)
@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_ends_is_signed_in_to_again(host, certificates, way, tls):
    def answer(number, reply):
        if number % 6:
            return reply, False
        return reply.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), True

    pair = [certificates.folder / name for name in ("host.pem", "host.key")] if tls else None
    options = WAYS[way][0] + (["--pin", pin_of(pair[0])] if tls else [])
    with Middle(("127.0.0.1", host.port(tls)), answer, tls=pair) as middle:
        done = host.run(host.url(tls, middle.port), *options, *ONE)
        assert done.returncode == 0, done.stdout + done.stderr
        assert middle.connections > 2


@pytest.mark.parametrize("way", SEALING)
def test_who_stands_between_is_found_out(host, certificates, trust, way):
    """By the channel bindings: the client trusts this certificate, but it is not the host's."""
    pair = certificates.make("between")
    with Middle(("127.0.0.1", host.port(True)), tls=pair) as middle:
        fails(host.run(host.url(True, middle.port), *WAYS[way][0], *trust), "401")


@pytest.mark.parametrize("way", SEALING)
def test_a_reply_that_is_changed(host, way):
    def answer(number, reply):
        del number
        if b"session-encrypted" not in reply:
            return reply, False
        at = reply.rindex(b"--Encrypted Boundary") - 3
        return reply[:at] + bytes([reply[at] ^ 1]) + reply[at + 1:], False

    with Middle(("127.0.0.1", host.port()), answer) as middle:
        done = host.run(host.url(port=middle.port), *WAYS[way][0], *ONE)
    fails(done, "changed on its way")


@pytest.mark.parametrize("way", SEALING)
def test_a_reply_in_clear(host, way):
    body = b"<s:Envelope/>"

    def answer(number, reply):
        del number
        if b"session-encrypted" not in reply:
            return reply, False
        return (b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: %d\r\n"
                b"\r\n%s" % (len(body), body)), False

    with Middle(("127.0.0.1", host.port()), answer) as middle:
        done = host.run(host.url(port=middle.port), *WAYS[way][0], *ONE)
    fails(done, "in clear what must be sealed")


@pytest.mark.parametrize("status", [b"400", b"500"])
def test_a_host_that_dislikes_empty_messages(host, status):
    def answer(number, reply):
        last_leg = number == 3  # of NTLM: who calls is known, the message was empty
        return (reply.replace(b" 200 ", b" " + status + b" ", 1) if last_leg else reply), False

    with Middle(("127.0.0.1", host.port()), answer) as middle:
        done = host.run(host.url(port=middle.port), *NTLM, *ONE)
        assert done.returncode == 0, done.stderr


def test_a_host_that_breaks_a_sign_in_off(host):
    def answer(number, reply):
        last_leg = number == 3
        return (reply.replace(b" 200 ", b" 503 ", 1) if last_leg else reply), False

    with Middle(("127.0.0.1", host.port()), answer) as middle:
        fails(host.run(host.url(port=middle.port), *NTLM, *ONE), "status 503")


def test_a_request_is_never_sent_twice(lax_host):
    """libcurl would, on a kept connection that ends without a reply."""
    def answer(number, reply):
        return (reply, False) if number < 3 else (b"", True)

    with Middle(("127.0.0.1", lax_host.port()), answer) as middle:
        fails(lax_host.run(lax_host.url(port=middle.port), *WAYS["basic"][0]), "no answer")
        ids = re.findall(rb"<a:MessageID>([^<]*)", b"".join(middle.seen))
        assert len(ids) == len(set(ids)) and middle.connections == 1


# ---- proxies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way, tls, method", [
    ("basic", True, "CONNECT"), ("ntlm", True, "CONNECT"), ("ntlm", False, "CONNECT"),
    ("kerberos", False, "CONNECT"), ("certificate", True, "CONNECT")])
def test_a_proxy(host, trust, own, way, tls, method):
    options = (own if way == "certificate" else WAYS[way][0]) + (trust if tls else [])
    with Middle(as_proxy=True) as proxy:
        where = f"http://127.0.0.1:{proxy.port}"
        done = host.run(host.url(tls), *options, *ONE, "--proxy", where)
        assert done.returncode == 0, done.stderr
        assert [line.split()[0] for line in proxy.lines] == [method]


def test_basic_by_a_proxy(lax_host):
    with Middle(as_proxy=True) as proxy:
        where = f"http://127.0.0.1:{proxy.port}"
        done = lax_host.run(lax_host.url(), *WAYS["basic"][0], *ONE, "--proxy", where)
        assert done.returncode == 0, done.stderr
        assert proxy.lines and all(line.startswith("POST http://") for line in proxy.lines)


def test_the_proxy_of_the_environment(host, trust):
    with Middle(as_proxy=True) as proxy:
        where = f"http://127.0.0.1:{proxy.port}"
        url = host.url(tls=True)
        for variables, used in (({"https_proxy": where}, 1),
                                ({"https_proxy": where, "no_proxy": "localhost"}, 1),
                                ({"http_proxy": where}, 1), ({"all_proxy": where}, 2)):
            done = host.run(url, *NTLM, *trust, *ONE, **variables)
            assert done.returncode == 0, done.stderr
            assert len(proxy.lines) == used


def test_a_proxy_that_is_not_there(host, trust):
    done = host.run(host.url(tls=True), *NTLM, *trust, "--proxy", "http://127.0.0.1:1")
    fails(done, "no answer")


# ---- the command line ----------------------------------------------------------------------------


@pytest.mark.parametrize("options, said", [
    (["http://h", *NTLM, "--pin", "ab" * 32], "https:// only"),
    (["http://h", *NTLM, "--ca-file", "x"], "https:// only"),
    (["https://h", *NTLM, "--pin", "ab"], "64 hexadecimal digits"),
    (["https://h", *NTLM, "--pin", "ab" * 32, "--ca-file", "x"], "not both"),
    (["http://h", "--auth", "certificate", "--cert", "x"], "https://"),
    (["https://h", "--auth", "certificate"], "--cert"),
    (["https://h", "--auth", "certificate", "--cert", "x", "--user", "a"], "no --user"),
    (["https://h", *NTLM, "--cert", "x"], "--auth certificate"),
    (["https://h", *NTLM, "--proxy", "http://a:word@proxy"], "must not hold a name or password"),
    (["https://h", *NTLM, "--insecure"], "unknown option"),
    (["https://h", "--user", "a", "--auth", "digest"], "--auth must be")])
def test_usage(lastgood, options, said):
    done = subprocess.run([lastgood, "run", *options], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LASTGOOD_PASSWORD": PASSWORD}, check=False)
    assert done.returncode == 64 and said in done.stderr, done.stderr
    assert "word@" not in done.stderr


def on_a_terminal(host, *options):
    """What lastgood writes to a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    words = [host.programs / "lastgood", "run", *options, *ONE]
    with subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=theirs,
                          env=host.environment(LASTGOOD_PASSWORD=PASSWORD)) as program:
        os.close(theirs)
        try:
            text = read_all(ours)
        except BaseException:
            program.kill()
            raise
        finally:
            os.close(ours)
    assert program.returncode == 0
    return text.decode()


def read_all(terminal, seconds=60):
    """Until its other end is closed: who does not read what is written holds up who writes."""
    text = b""
    end = time.monotonic() + seconds
    while select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
        try:
            text += os.read(terminal, 65536)
        except OSError:
            return text
    raise AssertionError(f"it has not ended in {seconds} s, and said: {text[-400:]}")


def test_a_password_in_clear_is_warned_of(lax_host):
    control = ["--env-file", lax_host.env_file]
    said = on_a_terminal(lax_host, lax_host.url(), *WAYS["basic"][0], *control)
    assert said.count("sends the password in clear") == 1
    said = on_a_terminal(lax_host, lax_host.url(), *NTLM, *control)
    assert "in clear" not in said
