"""Every vector as a test: run by lastgood, judged by its oracle."""

import json
import pathlib
import subprocess

import pytest

VECTORS = pathlib.Path(__file__).resolve().parent / "vectors"
TIERS = ["smoke", "hand", "full", "wire"]


def tier_of(path):
    return json.loads(path.read_text(encoding="utf-8")).get("tier", "hand")


def pytest_generate_tests(metafunc):
    if "vector" not in metafunc.fixturenames:
        return
    highest = TIERS.index(metafunc.config.getoption("--tier"))
    chosen = [path for path in sorted(VECTORS.rglob("*.json"))
              if TIERS.index(tier_of(path)) <= highest]
    metafunc.parametrize("vector", chosen, ids=[path.stem for path in chosen])


def test_vector(vector, lastgood, target, request, tmp_path):
    report = tmp_path / "report.json"
    command = [lastgood, "run", target, str(vector), "--report", f"json={report}",
               "--profile", request.config.getoption("--profile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if not report.exists():
        pytest.fail(f"{' '.join(command)}\n{done.stderr}", pytrace=False)
    row = json.loads(report.read_text(encoding="utf-8"))["vectors"][0]
    said = "\n".join([f"{row['verdict']}: {row['title']}", *row["lines"],
                      "clauses: " + " ".join(row["clauses"])])
    if row["verdict"] == "skipped":
        pytest.skip(said)
    if done.returncode != 0:
        pytest.fail(said, pytrace=False)


def test_ids_are_in_the_ledger_and_never_reused():
    ledger = (VECTORS / "LEDGER").read_text(encoding="utf-8").split("\n")
    ids = [line for line in ledger if line and not line.startswith("#")]
    here = {path.stem for path in VECTORS.rglob("*.json")}
    retired = {line.removeprefix("retired ") for line in ids if line.startswith("retired ")}
    live = [line for line in ids if not line.startswith("retired ")]
    assert len(set(live)) == len(live)
    assert set(live) == here, "add new ids to LEDGER; write \"retired ID\" for one that goes"
    assert not retired & here, "a retired id is used again"
