"""A Kerberos realm for tests: its KDC, accounts and keys in one folder, for this machine only."""

import os
import pathlib
import socket
import subprocess
import time

STARTED_WITHIN_S = 10
KRB5_CONF = """\
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    qualify_shortname = ""
    rdns = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    localhost = {realm}
"""
KDC_CONF = """\
[kdcdefaults]
    kdc_listen = ""
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        max_life = 1h
    }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Kdc:
    """Runs as long as it is open. `environment` makes the programs of Kerberos use it, and no
    tickets of anybody else."""

    def __init__(self, folder, realm="LASTGOOD.TEST", passwords=None):
        self.folder, self.realm = pathlib.Path(folder), realm
        self.folder.mkdir(exist_ok=True)
        port = free_port()
        for name, text in (("krb5.conf", KRB5_CONF), ("kdc.conf", KDC_CONF)):
            (self.folder / name).write_text(
                text.format(realm=realm, port=port, folder=self.folder), encoding="utf-8")
        self.environment = {"KRB5_CONFIG": str(self.folder / "krb5.conf"),
                            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
                            "KRB5CCNAME": f"FILE:{self.folder / 'nobody'}",
                            "KRB5RCACHENAME": f"dfl:{self.folder / 'replays'}"}
        self.run("kdb5_util", "-r", realm, "create", "-s", "-P", "of the master")
        self.keytab = self.folder / "keytab"
        self.admin(*(f'addprinc -pw "{word}" {name}' for name, word in (passwords or {}).items()),
                   "addprinc -randkey HTTP/localhost", f"ktadd -k {self.keytab} HTTP/localhost")
        self.process = subprocess.Popen([self.path("krb5kdc"), "-n", "-r", realm],
                                        env=self.whole(), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.wait(port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def whole(self, **more):
        return {**os.environ, "LC_ALL": "C", **self.environment, **more}

    @staticmethod
    def path(name):
        """Debian has them where only root looks."""
        there = [folder for folder in ("/usr/sbin", "/usr/bin")
                 if os.access(f"{folder}/{name}", os.X_OK)]
        return f"{there[0]}/{name}" if there else name

    def run(self, name, *arguments, told="", **variables):
        done = subprocess.run([self.path(name), *map(str, arguments)], input=told, text=True,
                              env=self.whole(**variables), capture_output=True, timeout=30,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        return done.stdout

    def admin(self, *lines):
        """Requests to kadmin.local."""
        told = "".join(f"{line}\n" for line in lines)
        return self.run("kadmin.local", "-r", self.realm, told=told)

    def wait(self, port):
        end = time.monotonic() + STARTED_WITHIN_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the KDC does not start") from None
                time.sleep(0.02)

    def login(self, name, password, cache, *options):
        """What KRB5CCNAME is to be for who has signed in; options are those of kinit."""
        place = f"FILE:{self.folder / cache}"
        self.run("kinit", *options, f"{name}@{self.realm}", told=password + "\n", KRB5CCNAME=place)
        return place
