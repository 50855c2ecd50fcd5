"""Expected deviations: what is listed passes, and nothing else does."""

import json
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
SHIPPED = HERE / "expected"
VECTOR = "modify-shielding-without-tpm"
IGNORED = "shielding_without_tpm=ignored"
SILENT = "protector_precondition=silent"


def listed(folder, *rows):
    path = folder / "expected.json"
    path.write_text(json.dumps({"format": "lastgood-expected/1", "deviations": list(rows)}),
                    encoding="utf-8")
    return path


def row(**members):
    return {"reason": "known", "owner": "tests", **members}


def run(lastgood, path, *arguments, target="model:observed-2022"):
    return subprocess.run([lastgood, "run", target, *arguments, "--expected", str(path)],
                          capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("profile", ["observed-2016", "observed-2019", "observed-2022",
                                     "observed-2025"])
def test_shipped_lists_hold_all_that_their_profiles_deviate(profile, lastgood):
    done = run(lastgood, SHIPPED / f"{profile}.json", target=f"model:{profile}")
    assert done.returncode == 0, done.stdout
    assert "expected: " in done.stdout


def test_shipped_lists_follow_from_the_tables():
    done = subprocess.run([sys.executable, str(SHIPPED / "generate.py"), "--check"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_listed_passes(lastgood, tmp_path):
    done = run(lastgood, listed(tmp_path, row(explained=IGNORED)), VECTOR)
    assert done.returncode == 0
    assert f"expected: {VECTOR}: {IGNORED}" in done.stdout


@pytest.mark.parametrize("members", [
    {"vector": VECTOR}, {"vector": "modify-*"}, {"clause": "mod_success"},
    {"outcome": "*\"TpmEnabled\":*"}, {"explained": IGNORED},
    {"vector": VECTOR, "clause": "mod_success", "explained": IGNORED},
    {"explained": IGNORED, "expires": "2999-12-31"},
], ids=str)
def test_rows_that_stand_for_it(members, lastgood, tmp_path):
    assert run(lastgood, listed(tmp_path, row(**members)), VECTOR).returncode == 0


@pytest.mark.parametrize("members", [
    {"vector": "set-*"}, {"clause": "get_current"}, {"outcome": "TpmEnabled"},
    {"explained": SILENT}, {"vector": VECTOR, "clause": "get_current"},
], ids=str)
def test_rows_that_do_not(members, lastgood, tmp_path):
    assert run(lastgood, listed(tmp_path, row(**members)), VECTOR).returncode == 1


def test_what_is_not_listed_fails(lastgood, tmp_path):
    done = run(lastgood, listed(tmp_path, row(explained=IGNORED)))
    assert done.returncode == 1


def test_an_expired_row_fails(lastgood, tmp_path):
    path = listed(tmp_path, row(explained=IGNORED, expires="2020-01-31"))
    done = run(lastgood, path, VECTOR)
    assert done.returncode == 1
    assert f"expected deviation {IGNORED}: expired on 2020-01-31" in done.stdout


def test_what_no_longer_happens_fails(lastgood, tmp_path):
    done = run(lastgood, listed(tmp_path, row(id="gone", explained=SILENT)), target="model:")
    assert done.returncode == 1
    assert "expected deviation gone: no longer happens" in done.stdout


def test_part_of_a_run_does_not_tell_what_no_longer_happens(lastgood, tmp_path):
    path = listed(tmp_path, row(explained=SILENT), row(explained=IGNORED))
    assert run(lastgood, path, VECTOR).returncode == 0


def test_update_writes_a_list_that_passes(lastgood, tmp_path):
    path = listed(tmp_path, row(explained=IGNORED), row(id="gone", vector="never"))
    assert run(lastgood, path, "--update").returncode == 0
    rows = json.loads(path.read_text(encoding="utf-8"))["deviations"]
    assert rows[0]["reason"] == "known"
    assert "gone" not in [entry.get("id") for entry in rows]
    assert all(entry["expires"] for entry in rows[1:])
    assert run(lastgood, path).returncode == 0


def test_update_makes_the_file(lastgood, tmp_path):
    path = tmp_path / "new.json"
    assert run(lastgood, path, VECTOR, "--update").returncode == 0
    rows = json.loads(path.read_text(encoding="utf-8"))["deviations"]
    assert [entry["explained"] for entry in rows] == [IGNORED]
    assert run(lastgood, path, VECTOR).returncode == 0


def test_diff_takes_a_list_and_writes_one(lastgood, tmp_path):
    path = tmp_path / "diff.json"
    call = [lastgood, "diff", "model:", "model:observed-2022", "--count", "200", "--budget", "0",
            "--finds", "100", "--expected", str(path)]
    assert subprocess.run([*call, "--update"], cwd=tmp_path, timeout=120, check=False,
                          capture_output=True).returncode == 0
    done = subprocess.run(call, cwd=tmp_path, timeout=120, check=False, capture_output=True,
                          text=True)
    assert "0 differ as the documents forbid" in done.stdout, done.stdout[-2000:]


def test_diff_tells_what_no_longer_happens(lastgood, tmp_path):
    path = listed(tmp_path, row(id="gone", explained=SILENT))
    done = subprocess.run([lastgood, "diff", "model:", "model:", "--count", "1000", "--expected",
                           str(path)], cwd=tmp_path, timeout=120, check=False,
                          capture_output=True, text=True)
    assert done.returncode == 1
    assert "expected deviation gone: no longer happens" in done.stdout


@pytest.mark.parametrize("document, said", [
    ({"deviations": []}, "format"),
    ({"format": "lastgood-expected/2", "deviations": []}, "format"),
    ({"format": "lastgood-expected/1"}, "deviations"),
    ({"format": "lastgood-expected/1", "deviations": [{"reason": "x"}]}, "must say what it is"),
    ({"format": "lastgood-expected/1", "deviations": [{"vector": "x"}]}, "reason"),
    ({"format": "lastgood-expected/1",
      "deviations": [{"clause": "nonsense", "reason": "x"}]}, "no such clause"),
    ({"format": "lastgood-expected/1",
      "deviations": [{"vector": "x", "reason": "x", "expires": "soon"}]}, "YYYY-MM-DD"),
    ({"format": "lastgood-expected/1", "deviations": ["x"]}, "object"),
    ({"format": "lastgood-expected/1",
      "deviations": [{"vector": 1, "reason": "x"}]}, "must be a text"),
], ids=str)
def test_bad_lists_are_refused(document, said, lastgood, tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    done = run(lastgood, path, VECTOR)
    assert done.returncode == 64
    assert said in done.stderr
