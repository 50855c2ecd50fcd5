"""The oracle is no rubber stamp: each planted fault is reported as violating, with its clause."""

import pathlib
import subprocess

import pytest

from conftest import BUILD

FAULTY = BUILD / "bin" / "lastgood-sim-faulty"


def faults():
    if not FAULTY.exists():
        return []
    listed = subprocess.run([str(FAULTY), "--list-faults"], capture_output=True, text=True,
                            check=True)
    return [line.split("\t") for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("name,clause,sentence", faults(), ids=[row[0] for row in faults()])
def test_fault_is_reported_with_its_clause(name, clause, sentence, lastgood):
    done = subprocess.run([lastgood, "run", f"stdio:{FAULTY} --stdio --fault {name}"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, f"not found: {sentence}\n{done.stdout[-2000:]}"
    named = [line for line in done.stdout.splitlines() if line.strip().startswith("clauses:")]
    assert any(clause in line.split() for line in named), f"{clause} is not named: {sentence}"


def test_there_are_forty_faults():
    assert len(faults()) >= 40


def test_the_product_contains_none_of_them(programs):
    product = pathlib.Path(programs / "lastgood-sim").read_bytes()
    for name, _, sentence in faults():
        assert name.encode() + b"\0" not in product
        assert sentence.encode() not in product


def test_without_a_fault_there_is_no_violation(lastgood):
    done = subprocess.run([lastgood, "run", f"stdio:{FAULTY} --stdio"], capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
