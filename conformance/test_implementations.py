"""Implementations that were written apart from the model: the correct ones conform, and the defect
of each other one is found and named by its clause (implementations/README.md)."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from sim_process import Simulator

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
# Over HTTP each vector takes a while: those that the defects touch, and a few more.
OVER_WSMAN = ("get-after-failed-start", "job-failed-start", "job-of-modify", "rollback-story",
              "set-bytes-5183", "mutation-4096-without-job")
WRONG_PYTHON = {
    "promotes-at-set": "lkg_only_tpm", "restore-consumes": "lkg_only_tpm",
    "policy-lost-at-set": "set_only_protector", "truncates": "get_current",
    "modify-resets": "get_current", "refused-changes": "failure_changes_nothing",
    "seven-with-error": "job_end_is_final", "removed-early": "job_retention",
    "lost-update": "get_current", "change-moves": "job_last_change"}
WRONG_C = {"stale-tail": "get_current", "short-length": "get_current",
           "shared-slot": "other_vm_untouched", "prefix-name": "get_current"}
WRONG_WSMAN = {"truncates": "get_current", "seven-with-error": "job_error_code",
               "no-job": "job_parameter"}


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
    return [str(path) for path in sorted((HERE / "vectors").glob("*.json"))
            if asks_only_for(path, calls)]


def run(lastgood, target, paths, report, *options):
    done = subprocess.run([lastgood, "run", target, *paths, *options, "--report",
                           f"json={report}"], capture_output=True, text=True, timeout=300,
                          check=False, env={**os.environ, "LASTGOOD_PASSWORD": "secret"})
    assert report.exists(), done.stdout[-2000:] + done.stderr
    rows = json.loads(report.read_text(encoding="utf-8"))["vectors"]
    return done, rows


def blamed(rows):
    """The clauses of the vectors that were violated."""
    return {clause.split()[0] for row in rows if row["verdict"] == "violate"
            for clause in row["clauses"]}


@pytest.mark.parametrize("name", ["synchronous", "asynchronous"])
def test_the_correct_ones_conform(lastgood, tmp_path, name):
    done, rows = run(lastgood, f"{PYTHON} {name}", vectors(CALLS), tmp_path / "report.json")
    verdicts = {row["verdict"] for row in rows}
    assert done.returncode == 0 and verdicts <= {"conform", "skipped"}, done.stdout[-3000:]
    assert all(row["lines"] for row in rows if row["verdict"] == "skipped")
    assert sum(row["verdict"] == "conform" for row in rows) >= 190


@pytest.mark.parametrize("name", WRONG_PYTHON)
def test_defects_are_named(lastgood, tmp_path, name):
    done, rows = run(lastgood, f"{PYTHON} {name}", vectors(CALLS), tmp_path / "report.json")
    assert done.returncode == 1
    assert WRONG_PYTHON[name] in blamed(rows), done.stdout[-3000:]


def test_the_program_in_c_conforms_without_a_defect(lastgood, programs, tmp_path):
    done, rows = run(lastgood, f"stdio:{programs / 'defective'} none", vectors(FEW),
                     tmp_path / "report.json")
    assert {row["verdict"] for row in rows} <= {"conform", "skipped"}, done.stdout[-3000:]


@pytest.mark.parametrize("name", WRONG_C)
def test_defects_in_c_are_named(lastgood, programs, tmp_path, name):
    done, rows = run(lastgood, f"stdio:{programs / 'defective'} {name}", vectors(FEW),
                     tmp_path / "report.json")
    assert done.returncode == 1
    assert WRONG_C[name] in blamed(rows), done.stdout[-3000:]


@pytest.mark.parametrize("name", ["none", *WRONG_WSMAN])
def test_defects_behind_wsman_are_named(lastgood, simulator, tmp_path, name):
    named = [str(HERE / "vectors" / f"{vector}.json") for vector in OVER_WSMAN]
    with Simulator(simulator, tmp_path, "--clock", "virtual", "--jobs-mode", "async") as sim:
        command = [sys.executable, "-B", str(FOLDER / "proxy.py"), name, sim.env["LASTGOOD_URL"]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
            try:
                done, rows = run(lastgood, proxy.stdout.readline().strip(), named,
                                 tmp_path / "report.json", "--user", "admin", "--env-file",
                                 str(sim.env_file))
            finally:
                proxy.terminate()
    if name == "none":
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    else:
        assert done.returncode == 1, done.stdout[-3000:] + done.stderr
        assert WRONG_WSMAN[name] in blamed(rows), done.stdout[-3000:]
