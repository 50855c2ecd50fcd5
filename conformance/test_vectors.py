"""Every vector as a test: run by lastgood, judged by its oracle."""

import json
import subprocess

import pytest

from vector_files import VECTORS

TIERS = ["smoke", "hand", "full", "wire"]
TOGETHER = 64  # vectors in one run
SECONDS = 120  # for a vector
JUDGED = (0, 1, 2)  # exit codes of a run that came to its end


def tier_of(path):
    return json.loads(path.read_text(encoding="utf-8")).get("tier", "hand")


def pytest_generate_tests(metafunc):
    if "vector" not in metafunc.fixturenames:
        return
    highest = TIERS.index(metafunc.config.getoption("--tier"))
    chosen = [path for path in sorted(VECTORS.rglob("*.json"))
              if TIERS.index(tier_of(path)) <= highest]
    metafunc.parametrize("vector", chosen, ids=[path.stem for path in chosen])


@pytest.fixture(scope="session")
def judged(lastgood, target, request, tmp_path_factory):
    """A vector's row of the report; it is run together with its neighbours, or alone where a run of
    all of them leaves no report."""
    chosen = [item.callspec.params["vector"] for item in request.session.items
              if "vector" in getattr(item, "fixturenames", ())]
    report = tmp_path_factory.mktemp("vectors") / "report.json"
    rows = {}

    def run(vectors):
        report.unlink(missing_ok=True)
        command = [lastgood, "run", target, *map(str, vectors), "--report", f"json={report}",
                   "--profile", request.config.getoption("--profile")]
        done = subprocess.run(command, capture_output=True, text=True, check=False,
                              timeout=SECONDS * len(vectors))
        if report.exists() and done.returncode in JUDGED:
            rows.update({row["id"]: row for row in
                         json.loads(report.read_text(encoding="utf-8"))["vectors"]})
        return " ".join(command) + "\n" + done.stderr

    def row_of(vector):
        first = chosen.index(vector) // TOGETHER * TOGETHER
        if vector.stem not in rows:
            run(chosen[first:first + TOGETHER])
        said = "" if vector.stem in rows else run([vector])
        if vector.stem not in rows:
            pytest.fail(said, pytrace=False)
        return rows[vector.stem]

    return row_of


def test_vector(vector, judged):
    row = judged(vector)
    said = "\n".join([f"{row['verdict']}: {row['title']}", *row["lines"],
                      "clauses: " + " ".join(row["clauses"])])
    if row["verdict"] == "skipped":
        pytest.skip(said)
    if row["verdict"] not in ("conform", "undocumented"):
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
