"""Implementations that were written apart from the model: the correct ones conform, and the defect
of each other one is found and named by its clause (implementations/README.md)."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

from vector_files import VECTORS, citing

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / "implementations"
PYTHON = f"stdio:{sys.executable} -B {FOLDER / 'over_stdio.py'}"
SERVICE = "Msvm_SecurityService."
CALLS = {SERVICE + "SetKeyProtector", SERVICE + "GetKeyProtector", SERVICE + "SetSecurityPolicy",
         SERVICE + "RestoreLastKnownGoodKeyProtector", SERVICE + "ModifySecuritySettings",
         "Msvm_ComputerSystem.RequestStateChange", "Msvm_SecuritySettingData.Get",
         "Msvm_ComputerSystem.Get", "Msvm_ConcreteJob.Get", "Msvm_AffectedJobElement.Enumerate"}
FEW = {SERVICE + "SetKeyProtector", SERVICE + "GetKeyProtector"}
EVENTS = {"Vm.Create", "Vm.Remove", "Time.Pass", "Protector.BecomeUnusable",
          "Protector.BecomeUsable"}
STATES = (2, 3)
WRONG_PYTHON = {
    "promotes-at-set": "lkg_only_tpm", "restore-consumes": "lkg_only_tpm",
    "policy-lost-at-set": "set_only_protector", "truncates": "get_current",
    "modify-resets": "get_current", "refused-changes": "failure_changes_nothing",
    "seven-with-error": "job_end_is_final", "removed-early": "job_retention",
    "lost-update": "get_current", "change-moves": "job_last_change"}
WRONG_C = {"stale-tail": "get_current", "short-length": "get_current",
           "shared-slot": "other_vm_untouched", "prefix-name": "get_current"}
WRONG_WSMAN = {"no-job": "job_parameter", "wrong-job": "job_retention", "last-byte": "get_current"}
# What the smallest script shows, where that is another clause than the vectors name.
SHOWS = {"promotes-at-set": "lkg_definition", "refused-changes": "get_current",
         "shared-slot": "get_unset", "prefix-name": "get_unset", "no-job": "vm_request_done",
         "last-byte": "get_unset"}
CORRECT = ["synchronous", "asynchronous"]
STDIO = [sys.executable, "-B", str(FOLDER / "over_stdio.py")]
BUDGET = 200


def asks_only_for(path, calls):
    """Whether a vector asks for these methods and for VMs of the plain kind only."""
    for step in json.loads(path.read_text(encoding="utf-8"))["steps"]:
        args = step.get("args", {})
        if "call" in step and step["call"] not in calls:
            return False
        if "event" in step and step["event"] not in EVENTS:
            return False
        if step.get("event") == "Vm.Create" and args not in ({}, {"generation": 2}):
            return False
        if args.get("RequestedState", 2) not in STATES:
            return False
    return True


def vectors(calls):
    return [path for path in sorted(VECTORS.glob("*.json")) if asks_only_for(path, calls)]


def run(lastgood, target, paths, report, *options):
    done = subprocess.run([lastgood, "run", target, *map(str, paths), *options, "--report",
                           f"json={report}"], capture_output=True, text=True, timeout=300,
                          check=False, env={**os.environ, "LASTGOOD_PASSWORD": "secret"})
    assert report.exists(), done.stdout[-2000:] + done.stderr
    rows = json.loads(report.read_text(encoding="utf-8"))["vectors"]
    return done, rows


def blamed(rows):
    """The clauses of the vectors that were violated."""
    return {clause.split()[0] for row in rows if row["verdict"] == "violate"
            for clause in row["clauses"]}


def assert_named(clause, calls, run_them):
    """By the vectors that name the clause, or by all that can be asked."""
    for chosen in (citing(clause, vectors(calls)), vectors(calls)):
        done, rows = run_them(chosen)
        if clause in blamed(rows):
            break
    assert done.returncode == 1
    assert clause in blamed(rows), done.stdout[-3000:]


@pytest.mark.parametrize("name", CORRECT)
def test_the_correct_ones_conform(lastgood, tmp_path, name):
    done, rows = run(lastgood, f"{PYTHON} {name}", vectors(CALLS), tmp_path / "report.json")
    verdicts = {row["verdict"] for row in rows}
    assert done.returncode == 0 and verdicts <= {"conform", "skipped"}, done.stdout[-3000:]
    assert all(row["lines"] for row in rows if row["verdict"] == "skipped")
    assert sum(row["verdict"] == "conform" for row in rows) >= 190


@pytest.mark.parametrize("name", WRONG_PYTHON)
def test_defects_are_named(lastgood, tmp_path, name):
    assert_named(WRONG_PYTHON[name], CALLS, lambda paths: run(
        lastgood, f"{PYTHON} {name}", paths, tmp_path / "report.json"))


def test_the_program_in_c_conforms_without_a_defect(lastgood, programs, tmp_path):
    done, rows = run(lastgood, f"stdio:{programs / 'defective'} none", vectors(FEW),
                     tmp_path / "report.json")
    assert {row["verdict"] for row in rows} <= {"conform", "skipped"}, done.stdout[-3000:]


@pytest.mark.parametrize("name", WRONG_C)
def test_defects_in_c_are_named(lastgood, programs, tmp_path, name):
    assert_named(WRONG_C[name], FEW, lambda paths: run(
        lastgood, f"stdio:{programs / 'defective'} {name}", paths, tmp_path / "report.json"))


# ---- behind WS-Management ----

@contextlib.contextmanager
def over_wsman(folder, defect, *program):
    """The options of a run against it."""
    env = folder / "env"
    env.unlink(missing_ok=True)  # of a host before
    command = [sys.executable, "-B", str(FOLDER / "over_wsman.py"), defect, str(env), *program]
    with subprocess.Popen(command) as host:
        try:
            deadline = time.monotonic() + 30
            while not env.exists():
                assert host.poll() is None and time.monotonic() < deadline
                time.sleep(0.02)
            url = env.read_text(encoding="utf-8").split("\n", maxsplit=1)[0].partition("=")[2]
            yield url, ["--user", "tester", "--env-file", str(env)]
        finally:
            host.terminate()


def run_over_wsman(lastgood, folder, paths, defect, *program):
    with over_wsman(folder, defect, *program) as (url, options):
        return run(lastgood, url, paths, folder / "report.json", *options)


@pytest.mark.parametrize("name", CORRECT)
def test_the_correct_ones_conform_behind_wsman(lastgood, tmp_path, name):
    done, rows = run_over_wsman(lastgood, tmp_path, vectors(CALLS), "none", *STDIO, name)
    verdicts = [row["verdict"] for row in rows]
    assert done.returncode == 0 and set(verdicts) <= {"conform", "skipped"}, done.stdout[-3000:]
    assert verdicts.count("conform") >= 190


@pytest.mark.parametrize("name", WRONG_PYTHON)
def test_defects_behind_wsman_are_named(lastgood, tmp_path, name):
    assert_named(WRONG_PYTHON[name], CALLS, lambda paths: run_over_wsman(
        lastgood, tmp_path, paths, "none", *STDIO, name))


def test_the_program_in_c_conforms_behind_wsman(lastgood, programs, tmp_path):
    done, _ = run_over_wsman(lastgood, tmp_path, vectors(FEW), "none",
                             str(programs / "defective"), "none")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@pytest.mark.parametrize("name", WRONG_C)
def test_defects_in_c_behind_wsman_are_named(lastgood, programs, tmp_path, name):
    assert_named(WRONG_C[name], FEW, lambda paths: run_over_wsman(
        lastgood, tmp_path, paths, "none", str(programs / "defective"), name))


@pytest.mark.parametrize("defect", WRONG_WSMAN)
def test_defects_of_the_mapping_are_named(lastgood, tmp_path, defect):
    assert_named(WRONG_WSMAN[defect], CALLS, lambda paths: run_over_wsman(
        lastgood, tmp_path, paths, defect, *STDIO, "asynchronous"))


# ---- by scripts that are made ----

def diff(lastgood, folder, target, *options):
    return subprocess.run([lastgood, "diff", "model:", target, "--finds", "1", *options],
                          capture_output=True, text=True, timeout=300, check=False, cwd=folder,
                          env={**os.environ, "LASTGOOD_PASSWORD": "secret"})


def assert_shrunk(done, name, clause):
    """One find, by its clause, from which no step can leave, within the budget."""
    clause = SHOWS.get(name, clause)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    assert f"\n    clause: {clause}:" in done.stdout, done.stdout
    spent = re.search(r"no step can leave after \d+ tries and (\d+) calls", done.stdout)
    assert spent and int(spent.group(1)) <= BUDGET, done.stdout


@pytest.mark.parametrize("name", CORRECT)
def test_scripts_find_nothing_in_the_correct_ones(lastgood, tmp_path, name):
    done = diff(lastgood, tmp_path, f"{PYTHON} {name}", "--count", "1000")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "B never takes Provider.Stop: left out" in done.stdout


NO_LOOKS = """import json, subprocess, sys
with subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      text=True) as inner:
    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("method") == "Msvm_ConcreteJob.Get":
            print(json.dumps({"id": asked["id"], "ok": False,
                              "error": {"offset": 0, "reason": "no looks"}}), flush=True)
            continue
        print(line, end="", file=inner.stdin, flush=True)
        print(inner.stdout.readline(), end="", flush=True)
    inner.stdin.close()
"""


def test_a_call_is_taken_whose_job_cannot_be_followed(lastgood, tmp_path):
    """What is refused then is the look at the job, and the look alone is left out."""
    program = tmp_path / "no_looks.py"
    program.write_text(NO_LOOKS, encoding="utf-8")
    target = f"stdio:{sys.executable} -B {program} {' '.join(STDIO)} asynchronous"
    done = diff(lastgood, tmp_path, target, "--count", "60")
    assert "B never takes Msvm_ConcreteJob.Get: left out" in done.stdout, done.stdout
    for method in CALLS - {"Msvm_ConcreteJob.Get"}:
        assert f"never takes {method}" not in done.stdout, done.stdout


# Of scripts that come there early, and shrink within the budget.
SEED = {"seven-with-error": 5, "removed-early": 5, "change-moves": 4}


@pytest.mark.parametrize("name", WRONG_PYTHON)
def test_scripts_find_defects_and_shrink_them(lastgood, tmp_path, name):
    assert_shrunk(diff(lastgood, tmp_path, f"{PYTHON} {name}", "--count", "4000",
                       "--seed", str(SEED.get(name, 1))), name, WRONG_PYTHON[name])


@pytest.mark.parametrize("name", WRONG_C)
def test_scripts_find_defects_in_c(lastgood, programs, tmp_path, name):
    assert_shrunk(diff(lastgood, tmp_path, f"stdio:{programs / 'defective'} {name}", "--count",
                       "4000"), name, WRONG_C[name])


@pytest.mark.parametrize("name", ["policy-lost-at-set", "modify-resets", "change-moves"])
def test_scripts_find_defects_behind_wsman(lastgood, tmp_path, name):
    with over_wsman(tmp_path, "none", *STDIO, name) as (url, options):
        assert_shrunk(diff(lastgood, tmp_path, url, "--seed", str(SEED.get(name, 1)), *options),
                      name, WRONG_PYTHON[name])


@pytest.mark.parametrize("defect", WRONG_WSMAN)
def test_scripts_find_defects_of_the_mapping(lastgood, tmp_path, defect):
    with over_wsman(tmp_path, defect, *STDIO, "asynchronous") as (url, options):
        found = diff(lastgood, tmp_path, url, *options)
        assert_shrunk(found, defect, WRONG_WSMAN[defect])
