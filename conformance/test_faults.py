"""The oracle is no rubber stamp: each planted fault is reported as violating, with its clause."""

import os
import pathlib
import subprocess

import pytest

from conftest import BUILD
from sim_process import Simulator
from vector_files import citing

FAULTY = BUILD / "bin" / "lastgood-sim-faulty"
ACCOUNTS = "".join(f"{role}:secret:{role}\n"
                   for role in ("administrator", "hyperv_administrator", "user"))

# What the mapping refuses before a method is reached.
INVISIBLE_ON_THE_WIRE = {"bytes_of_wrong_type"}


def faults():
    if not FAULTY.exists():
        return []
    listed = subprocess.run([str(FAULTY), "--list-faults"], capture_output=True, text=True,
                            check=True)
    return [line.split("\t") for line in listed.stdout.splitlines()]


def run(lastgood, clause, *arguments, **environment):
    """The vectors that name the clause, and all of them where those see nothing."""
    for chosen in (citing(clause), ["--tier", "hand"]):
        done = subprocess.run([lastgood, "run", *arguments, *map(str, chosen)],
                              capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, **environment})
        if done.returncode:
            break
    return done


def run_over_wsman(lastgood, folder, clause, *options):
    with Simulator(FAULTY, folder, "--clock", "virtual", *options, accounts=ACCOUNTS) as sim:
        return run(lastgood, clause, sim.env["LASTGOOD_URL"], "--user", "administrator",
                   "--env-file", str(sim.env_file), "--accounts", str(sim.accounts),
                   LASTGOOD_PASSWORD="secret")


def assert_reported(done, clause, sentence):
    assert done.returncode == 1, f"not found: {sentence}\n{done.stdout[-2000:]}{done.stderr}"
    named = [line for line in done.stdout.splitlines() if line.strip().startswith("clauses:")]
    assert any(clause in line.split() for line in named), f"{clause} is not named: {sentence}"


@pytest.mark.parametrize("name,clause,sentence", faults(), ids=[row[0] for row in faults()])
def test_fault_is_reported_with_its_clause(name, clause, sentence, lastgood):
    done = run(lastgood, clause, f"stdio:{FAULTY} --stdio --fault {name}")
    assert_reported(done, clause, sentence)


@pytest.mark.parametrize("name,clause,sentence", faults(), ids=[row[0] for row in faults()])
def test_fault_is_reported_over_wsman(name, clause, sentence, lastgood, tmp_path):
    done = run_over_wsman(lastgood, tmp_path, clause, "--fault", name)
    if name in INVISIBLE_ON_THE_WIRE:
        assert done.returncode == 0, f"visible after all: {sentence}\n{done.stdout[-2000:]}"
    else:
        assert_reported(done, clause, sentence)


def test_there_are_forty_faults():
    assert len(faults()) >= 40


def test_the_product_contains_none_of_them(programs):
    product = pathlib.Path(programs / "lastgood-sim").read_bytes()
    for name, _, sentence in faults():
        assert name.encode() + b"\0" not in product
        assert sentence.encode() not in product


def test_without_a_fault_there_is_no_violation(lastgood):
    done = subprocess.run([lastgood, "run", "--tier", "hand", f"stdio:{FAULTY} --stdio"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
