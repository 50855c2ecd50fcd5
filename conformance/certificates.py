"""Certificates for tests, made by openssl in a folder."""

import hashlib
import pathlib
import ssl
import subprocess

CA_CONF = """\
[ca]
default_ca = own
[own]
dir = .
new_certs_dir = .
database = ./index
rand_serial = yes
default_md = {hash}
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


class Certificates:
    """An authority, `ca`, and what it signs; each file has the PEM of one certificate or key."""

    def __init__(self, folder, name="lastgood test authority"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        (self.folder / "index").touch()
        self.ca, self.ca_key = self.folder / "ca.pem", self.folder / "ca.key"
        self.openssl("req", "-x509", *self.new_key(self.ca_key), "-out", self.ca, "-days", "2",
                     "-subj", f"/CN={name}")

    @staticmethod
    def new_key(path):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path]

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, text=True,
                              capture_output=True, timeout=30, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def make(self, name, host="localhost", starts="20200101000000Z", ends="20991231235959Z",
             digest="sha256", extensions=(), names=None, signer=None):
        """The files of a certificate and its key. `extensions` and `names`, the alternative ones,
        are as openssl req takes them; `signer` has the files of another authority than this."""
        ca, ca_key = signer or (self.ca, self.ca_key)
        certificate, key, request, conf = (self.folder / f"{name}.{kind}" for kind in
                                           ("pem", "key", "csr", "conf"))
        conf.write_text(CA_CONF.format(hash=digest), encoding="utf-8")
        names = [f"subjectAltName=DNS:{host}"] if names is None else \
            [f"subjectAltName={','.join(names)}"] if names else []
        self.openssl("req", "-new", *self.new_key(key), "-out", request, "-subj", f"/CN={host}",
                     *(word for line in (*names, *extensions) for word in ("-addext", line)))
        self.openssl("ca", "-batch", "-notext", "-config", conf, "-cert", ca, "-keyfile",
                     ca_key, "-in", request, "-out", certificate, "-startdate", starts,
                     "-enddate", ends)
        return certificate, key


def pin_of(certificate, digest="sha256"):
    text = pathlib.Path(certificate).read_text(encoding="ascii")
    return hashlib.new(digest, ssl.PEM_cert_to_DER_cert(text)).hexdigest()
