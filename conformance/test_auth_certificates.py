"""Clients of lastgood-sim that show a certificate: whose it is by who signed it and whom it names,
as Windows maps them (MS-WSMV 2.2.4.3 and 3.1.4.1.35)."""

import re
import ssl

import pytest

from auth_client import MUTUAL, Host, check_after, connect, request
from certificates import Certificates, pin_of

UPN = "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:"
CUT_UPN = "DER:" + bytes.fromhex("3027a025060a2b060104018237140203a0170c15").hex(":") + \
    ":" + b"anna@lastgood.test\0.x".hex(":")
TLS = ["--listen-tls", "127.0.0.1:0"]


@pytest.fixture(scope="module", name="authorities")
def made_authorities(tmp_path_factory):
    """`second` is trusted as well, `twin` has the name of `first` but not its key, and is not."""
    folder = tmp_path_factory.mktemp("authorities")
    made = {name: Certificates(folder / name, name=called) for name, called in (
        ("first", "one"), ("second", "two"), ("any", "three"), ("twin", "one"))}
    made["between"] = made["first"].make("between", host="between", names=[], extensions=[
        "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"])
    return made


RULES = """\
# who signed, whom it names, who that is
{first} *@lastgood.test:Joe
{first} anna@lastgood.test:admin

{FIRST} Anna Smith*:admin
{first} both@*:admin
{first} *.both:admin
{between} *@lastgood.test:admin
{second} only@second.test:admin
{any} *:Joe
"""


@pytest.fixture(scope="module", name="options")
def made_options(authorities, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    hashes = {name: pin_of(made.ca if hasattr(made, "ca") else made[0], "sha1")
              for name, made in authorities.items()}
    hashes["FIRST"] = ":".join(re.findall("..", pin_of(authorities["first"].ca).upper()))
    (folder / "rules").write_text(RULES.format(**hashes), encoding="ascii")
    trusted = [authorities[name].ca.read_text("ascii") for name in ("first", "second", "any")]
    (folder / "trusted").write_text("".join(trusted), encoding="ascii")
    certificate, key = authorities["first"].make("server")
    return [*TLS, "--cert", certificate, "--key", key, "--client-ca", folder / "trusted",
            "--map-subjects", folder / "rules"]


def start(simulator, folder, options):
    return Host(simulator, folder, *map(str, options))


def ask(host, files, *more):
    """The reply to whoever has these files, with other certificates sent along."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    chain = host.env_file.parent / "chain.pem"
    chain.write_text("".join(path.read_text("ascii") for path in (files[0], *more)), "ascii")
    context.load_cert_chain(chain, files[1])
    with connect(host, True, context) as connection:
        return connection.ask(request(MUTUAL, host.message))


# A name, its alternative names, who signs; administrator, user or nobody.
CLIENTS = {
    "a principal": ("x", [UPN + "anna@lastgood.test"], "first", "admin"),
    "a principal in capitals": ("x", [UPN + "ANNA@Lastgood.TEST"], "first", "admin"),
    "a principal by its end": ("x", [UPN + "bob@lastgood.test"], "first", "Joe"),
    "no more than the end": ("x", [UPN + "@lastgood.test"], "first", "Joe"),
    "a principal after other names": (
        "x", ["DNS:anna.lastgood.test", "email:bob@lastgood.test", UPN + "anna@lastgood.test"],
        "first", "admin"),
    "a common name": ("anna@lastgood.test", [], "first", "admin"),
    "a common name by its beginning": ("Anna Smith (test)", ["DNS:x"], "first", "admin"),
    "no more than the beginning": ("Anna Smith", [], "first", "admin"),
    "anything": ("x", [], "any", "Joe"),
    "signed by one between": ("x", [UPN + "bob@lastgood.test"], "between", "admin"),
    "another authority": ("x", [UPN + "anna@lastgood.test"], "second", None),
    "an authority that is not trusted": ("x", [UPN + "anna@lastgood.test"], "twin", None),
    "more behind the principal": ("x", [UPN + "anna@lastgood.test.org"], "first", None),
    "more before the principal": ("x", [UPN + "anna@lastgood.tes"], "first", None),
    "another principal beside a common name": (
        "Anna Smith", [UPN + "eve@elsewhere.test"], "first", None),
    "a principal with a zero in it": ("anna@lastgood.test", [CUT_UPN], "first", None),
    "a principal that is too long": ("x", [UPN + "a" * 300 + "@lastgood.test"], "first", None),
    "names of other kinds": (
        "x", ["DNS:anna@lastgood.test", "email:anna@lastgood.test"], "first", None),
    "nobody": ("x", [], "first", None),
    "two that fit as well": ("x", [UPN + "both@x.both"], "first", None),
    "a name of the other authority": ("x", [UPN + "only@second.test"], "first", None),
}


def files_of(authorities, name):
    common, names, signer, _ = CLIENTS[name]
    made = authorities["first"]
    by = authorities[signer]
    return made.make(re.sub(r"\W+", "-", name), host=common, names=names,
                     signer=by if signer == "between" else (by.ca, by.ca_key))


@pytest.mark.parametrize("name", CLIENTS)
def test_whose_it_is(name, simulator, tmp_path, authorities, options):
    expected = CLIENTS[name][3]
    more = [authorities["between"][0]] if CLIENTS[name][2] == "between" else []
    with start(simulator, tmp_path, options) as host:
        before = host.digests()
        reply = ask(host, files_of(authorities, name), *more)
        assert (reply.status == 200) == bool(expected), reply
        if expected:
            assert (b"<p:ReturnValue>0<" in reply.body) == (expected == "admin")
            assert (b"<p:ReturnValue>32769<" in reply.body) == (expected == "Joe")
            return
        assert (reply.status, reply.body) == (401, b"")
        said = check_after(host, before)
    assert "certificate: " in said[0] and "lastgood.test" not in said[0]


def test_certificates_sent_along_sign_nothing(simulator, tmp_path, authorities, options):
    """Those of the right authority, behind a certificate of another."""
    files = files_of(authorities, "another authority")
    with start(simulator, tmp_path, options) as host:
        for name in ("first", "second"):
            assert ask(host, files, authorities[name].ca).status == 401


def test_a_certificate_of_the_past(simulator, tmp_path, authorities, options):
    files = authorities["first"].make("past", names=[UPN + "anna@lastgood.test"],
                                      ends="20210101000000Z")
    with start(simulator, tmp_path, options) as host:
        before = host.digests()
        assert ask(host, files).status == 401
        check_after(host, before)


def test_a_hash_comes_first(simulator, tmp_path, authorities, options):
    """Of the certificate itself, before whom it names."""
    files = files_of(authorities, "a principal")
    owners = tmp_path / "owners"
    owners.write_text(f"{pin_of(files[0])} Joe\n", encoding="ascii")
    with start(simulator, tmp_path, [*options, "--map-certificates", owners]) as host:
        assert b"<p:ReturnValue>32769<" in ask(host, files).body


SHA1, SHA256 = "ab" * 20, "ab" * 32


@pytest.mark.parametrize("lines, said", [
    ("zz a:admin", "line 1: an issuer is"), (SHA1[2:] + " a:admin", "an issuer is"),
    ("\n" + SHA256 + "ab a:admin", "line 2: an issuer is"), ("a:b c:admin", "an issuer is"),
    (":".join(SHA1) + " a:admin", "an issuer is"), (SHA1 + "a:admin", "must be ISSUER"),
    (SHA1 + " a", "must be ISSUER SUBJECT:NAME"), (SHA1 + " :admin", "a subject has"),
    (SHA1, "must be ISSUER"), (SHA1 + " a*b:admin", "a subject has"),
    (SHA1 + " *a*:admin", "a subject has"), (SHA1 + f" {'a' * 256}:admin", "a subject has"),
    (SHA1 + " a:eve", "no such account"), (SHA1 + " a:", "no such account"),
    (SHA1 + " a:admin\n" + SHA1.upper() + " A:Joe", "line 2: the issuer and the subject are"),
    (SHA1 + " a\tb:admin", "a control character"), (SHA1 + f" {'a' * 500}:admin", "longer than"),
    ("".join(f"{SHA1} {n}:admin\n" for n in range(65)), "line 65: more than 64")])
def test_bad_rules(lines, said, simulator, tmp_path, authorities):
    path = tmp_path / "rules"
    path.write_text(lines, encoding="ascii")
    with pytest.raises(RuntimeError, match=re.escape(said)):
        start(simulator, tmp_path, [*TLS, "--self-signed", "--client-ca", authorities["first"].ca,
                                    "--map-subjects", path])


@pytest.mark.parametrize("options, said", [
    (["--self-signed", "--map-subjects", "/a"], "--client-ca is missing beside --map-subjects"),
    (["--self-signed", "--client-ca", None, "--map-subjects", "/a"], "/a: No such file")])
def test_bad_options(options, said, simulator, tmp_path, authorities):
    options = [authorities["first"].ca if word is None else word for word in options]
    with pytest.raises(RuntimeError, match=re.escape(said)):
        start(simulator, tmp_path, [*TLS, *options])
