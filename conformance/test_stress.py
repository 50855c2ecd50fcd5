"""lastgood stress: several clients at once, and what their calls saw judged for a legal order."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from sim_process import Simulator

FOLDER = pathlib.Path(__file__).resolve().parent / "implementations"
PYTHON = f"stdio:{sys.executable} -B {FOLDER / 'over_stdio.py'}"
CALLS = ["--calls", "1200", "--clients", "6", "--vms", "3", "--seed", "2"]


def stress(lastgood, target, *options, cwd=None):
    return subprocess.run([lastgood, "stress", target, *options], capture_output=True, text=True,
                          timeout=120, check=False, cwd=cwd,
                          env={**os.environ, "LASTGOOD_PASSWORD": "secret"})


def assert_conforms(done):
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.endswith("steps: 0 violate, 0 inconsistent, 0 undocumented, 0 undetermined"), last


# ---- what is correct ----

MODES = ["--jobs-mode sync", "--jobs-mode async", "--jobs-mode random --seed 3"]


@pytest.mark.parametrize("options", MODES)
def test_a_correct_process_conforms(options, lastgood, simulator):
    assert_conforms(stress(lastgood, f"stdio:{simulator} --stdio {options}", *CALLS))


@pytest.mark.parametrize("options", MODES)
def test_lost_replies_blame_nobody(options, lastgood, simulator):
    """How the calls overlap is another each time: a search may end at a bound, undetermined."""
    done = stress(lastgood, f"stdio:{simulator} --stdio {options}", *CALLS, "--lose", "40")
    assert done.returncode in (0, 2), done.stdout[-3000:] + done.stderr
    assert "steps: 0 violate, 0 inconsistent" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", ["synchronous", "asynchronous"])
def test_correct_implementations_conform(name, lastgood):
    assert_conforms(stress(lastgood, f"{PYTHON} {name}", *CALLS))


def test_the_model_conforms(lastgood):
    assert_conforms(stress(lastgood, "model:", *CALLS))


@pytest.mark.parametrize("mode", ["sync", "async", "random"])
def test_a_correct_service_over_http_conforms(mode, lastgood, simulator, tmp_path):
    """Two calls of one VM at a time: of more, now and then no order is found within the bounds."""
    with Simulator(simulator, tmp_path, "--clock", "virtual", "--jobs-mode", mode) as sim:
        done = stress(lastgood, sim.env["LASTGOOD_URL"], "--user", "admin", "--env-file",
                      str(sim.env_file), "--calls", "400", "--clients", "5", "--vms", "2",
                      "--pending", "2")
    assert_conforms(done)


def test_the_end_comes_after_the_seconds(lastgood):
    done = stress(lastgood, "model:", "--seconds", "1", "--clients", "2")
    assert_conforms(done)
    assert "calls in 1." in done.stdout


# ---- what is wrong ----

@pytest.mark.parametrize("name", ["lost-update", "refused-changes", "modify-resets"])
def test_defects_are_found(name, lastgood):
    done = stress(lastgood, f"{PYTHON} {name}", *CALLS)
    assert done.returncode == 1, done.stdout[-3000:]
    assert "violates" in done.stdout


@pytest.mark.parametrize("fault", ["set_forgets", "modify_clears_protector"])
@pytest.mark.parametrize("lose", ["0", "10"])
def test_planted_faults_are_found(fault, lose, lastgood, programs):
    target = f"stdio:{programs / 'lastgood-sim-faulty'} --stdio --fault {fault}"
    done = stress(lastgood, target, *CALLS, "--lose", lose)
    assert done.returncode == 1, done.stdout[-3000:]


def test_a_target_that_ends_is_told(lastgood):
    done = stress(lastgood, "stdio:false", *CALLS)
    assert done.returncode == 3 and "the target ended" in done.stderr


# ---- what is kept ----

def test_the_recording_is_judged_alike(lastgood, tmp_path):
    record, report = tmp_path / "stress.jsonl", tmp_path / "report.json"
    done = stress(lastgood, f"{PYTHON} lost-update", *CALLS, "--record", str(record), "--report",
                  f"json={report}")
    again = subprocess.run([lastgood, "check", str(record)], capture_output=True, text=True,
                           timeout=120, check=False)
    assert done.returncode == again.returncode == 1
    assert done.stdout.splitlines()[-1] == again.stdout.splitlines()[-1]
    document = json.loads(report.read_text(encoding="utf-8"))
    found = [row for row in document["found"] if row["verdict"] == "violates"]
    assert document["format"] == "lastgood-check/1" and document["violate"] == len(found) > 0
    assert all(row["clause"] and row["line"] > 1 for row in found)


def test_quiet_leaves_the_last_lines(lastgood):
    done = stress(lastgood, f"{PYTHON} lost-update", *CALLS, "--quiet")
    assert done.returncode == 1 and len(done.stdout.splitlines()) == 2


def test_passwords_never_enter_a_recording(lastgood, simulator, tmp_path):
    record = tmp_path / "stress.jsonl"
    with Simulator(simulator, tmp_path, "--clock", "virtual") as sim:
        stress(lastgood, sim.env["LASTGOOD_URL"], "--user", "admin", "--env-file",
               str(sim.env_file), "--calls", "60", "--clients", "2", "--record", str(record))
        text = record.read_text(encoding="utf-8")
        assert "secret" not in text and sim.env["LASTGOOD_CONTROL_TOKEN"] not in text
    assert len(text.splitlines()) > 60


@pytest.mark.parametrize("arguments, said", [
    ([], "one target must be named"),
    (["model:", "--clients", "0"], "--clients must be a number from 1"),
    (["model:", "--clients"], "--clients needs a value"),
    (["model:", "--quiet=1"], "--quiet takes no value"),
    (["model:", "--profile", "literall"], "did you mean literal?"),
    (["model:", "--pending", "17"], "--pending must be a number from 1 to 16"),
    (["model:", "--report", "xml=x"], "--report takes json=FILE"),
    (["nowhere:"], "no such target")])
def test_wrong_usage_is_told(arguments, said, lastgood):
    done = subprocess.run([lastgood, "stress", *arguments], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 64 and said in done.stderr


@pytest.mark.parametrize("words", [["stress", "model:"], ["record", "model:", "out.jsonl"],
                                   ["diff", "model:", "model:"]])
def test_a_dry_run_that_nobody_heeds_is_refused(words, lastgood, tmp_path):
    done = subprocess.run([lastgood, *words, "--dry-run"], capture_output=True, text=True,
                          timeout=30, check=False, cwd=tmp_path)
    assert done.returncode == 64 and "--dry-run is for lastgood run" in done.stderr
    assert not list(tmp_path.iterdir())


def test_help_has_an_example(lastgood):
    done = subprocess.run([lastgood, "stress", "--help"], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 0 and "lastgood stress http://test-host" in done.stdout
