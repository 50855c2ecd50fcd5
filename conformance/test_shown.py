"""Vectors that ask for a property whatever its value: a target between which and its client one
property is taken away does not conform, one that shows it as Null does where the page allows it."""

import contextlib
import http.client
import re
import subprocess
import sys

import pytest

from http_answers import answering
from test_wsman_target import serving
from vector_files import VECTORS

ASKED = {"TimeSubmitted": "job-has-its-properties", "ElapsedTime": "job-has-its-properties",
         "TimeOfLastStateChange": "job-has-its-properties",
         "PercentComplete": "job-of-a-start-has-its-properties",
         "ErrorDescription": "job-of-settings-has-its-properties",
         "Version": "system-setting-has-its-properties",
         "VirtualizationBasedSecurityOptOut": "security-setting-has-its-properties",
         "Shielded": "security-element-has-its-properties",
         "LastKnownGoodKeyProtector": "tpm-setting-has-its-properties",
         "Started": "service-has-its-properties", "RequestedState": "vm-has-its-properties"}
TIMES = ["TimeSubmitted", "ElapsedTime", "TimeOfLastStateChange"]
BETWEEN = """import json, subprocess, sys
name, value = sys.argv[1:3]
with subprocess.Popen(sys.argv[3:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      text=True) as inner:
    for line in sys.stdin:
        inner.stdin.write(line)
        inner.stdin.flush()
        answer = json.loads(inner.stdout.readline())
        if name in answer.get("properties", {}):
            del answer["properties"][name]
            if value == "null":
                answer["properties"][name] = None
        print(json.dumps(answer), flush=True)
    inner.stdin.close()
"""


def run(lastgood, vector, *words, **more):
    done = subprocess.run([lastgood, "run", *words, str(VECTORS / f"{vector}.json")], text=True,
                          capture_output=True, timeout=120, check=False, **more)
    return done.returncode, done.stdout + done.stderr


def between(folder, simulator, name, value):
    program = folder / "between.py"
    program.write_text(BETWEEN, encoding="utf-8")
    return (f"stdio:{sys.executable} {program} {name} {value} {simulator} --stdio "
            "--jobs-mode async")


@pytest.mark.parametrize("name", ASKED)
def test_a_property_that_is_not_there_is_missed(lastgood, simulator, tmp_path, name):
    code, said = run(lastgood, ASKED[name], between(tmp_path, simulator, name, "gone"))
    assert code == 1 and "unachieved" in said, said


@pytest.mark.parametrize("name", TIMES)
def test_a_time_that_is_null_is_there(lastgood, simulator, tmp_path, name):
    code, said = run(lastgood, ASKED[name], between(tmp_path, simulator, name, "null"))
    assert code == 0 and "1 conform" in said, said


def test_a_property_of_another_class_is_refused(lastgood, tmp_path):
    text = (VECTORS / "vm-has-its-properties.json").read_text(encoding="utf-8")
    path = tmp_path / "wrong.json"
    path.write_text(text.replace('"RequestedState"', '"TpmEnabled"'), encoding="utf-8")
    done = subprocess.run([lastgood, "lint", path], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "names no property of the class" in done.stdout


# ---- over WS-Management ----

@contextlib.contextmanager
def proxy(place, change):
    """Passes on what is said to a host; its answers go through `change`."""
    def pass_on(path, headers, body):
        inner = http.client.HTTPConnection(*place, timeout=60)
        inner.request("POST", path, body, dict(headers))
        reply = inner.getresponse()
        kept = {field: reply.getheader(field) for field in ("Content-Type", "WWW-Authenticate")}
        text = change(reply.read())
        inner.close()
        return reply.status, {field: kept[field] for field in kept if kept[field]}, text

    with answering(pass_on) as url:
        yield url


def run_through(host, vector, change):
    place = re.fullmatch(r"http://(.*):(\d+)/.*", host.addresses["LASTGOOD_URL"]).groups()
    with proxy((place[0], int(place[1])), change) as url:
        return run(host.lastgood, vector, url, "--user", "admin", "--env-file",
                   str(host.folder / "sim.env"), env=host.environment())


@pytest.mark.parametrize("name", ["TimeSubmitted", "Version", "Shielded", "Started"])
def test_over_ws_management_too(lastgood, simulator, tmp_path, name):
    element = rf"<(\w+:{name})(?: [^>]*)?(?:/>|>.*?</\1>)".encode()
    empty = rb'<\1 xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/>'
    with serving(lastgood, simulator, tmp_path, "--clock", "virtual", "--jobs-mode",
                 "async") as host:
        code, said = run_through(host, ASKED[name], lambda body: body)
        assert code == 0 and "1 conform" in said, said
        code, said = run_through(host, ASKED[name], lambda body: re.sub(element, b"", body))
        assert code == 1 and "unachieved" in said, said
        if name in TIMES:
            code, said = run_through(host, ASKED[name],
                                     lambda body: re.sub(element, empty, body))
            assert code == 0 and "1 conform" in said, said
