"""Campaigns under both engines: killed and resumed, processes that follow one another, planted
faults. They need all of the builds fuzz and fuzz-afl."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from campaigns import campaign, check_canary  # pylint: disable=wrong-import-position

ENGINES = ("libfuzzer", "aflpp")


def test_canary_is_found_by_the_other_engine(tmp_path):
    check_canary("aflpp", tmp_path)


def wait_for(path, needle, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and path.read_text().count(needle) >= 2:
            return
        time.sleep(0.1)
    pytest.fail(f"{path} never told progress")


def marked(mark):
    """Processes with this in their environment."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in path.read_bytes():
                found.append((path.parent / "cmdline").read_bytes())
        except OSError:
            continue  # it has ended
    return found


def wait_for_none(mark, seconds=20):
    end = time.monotonic() + seconds
    while marked(mark) and time.monotonic() < end:
        time.sleep(0.1)
    assert not marked(mark)


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_campaign_resumes(engine, tmp_path):
    command = [str(HERE / "campaign"), "run", "step", "--engine", engine, "--time", "6",
               "--bare", "--out", str(tmp_path)]
    folder = tmp_path / f"step-{engine}"
    mark = f"CAMPAIGN_OF_TEST={tmp_path}"
    environment = {**os.environ, **dict([mark.split("=", 1)])}
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as process:
        wait_for(folder / "samples.jsonl", '"t"')
        assert len(marked(mark)) >= 3  # the campaign, the leash, the engine
        process.send_signal(signal.SIGKILL)
    wait_for_none(mark)
    state = json.loads((folder / "state.json").read_text())
    assert not state["finished"]
    done = campaign("resume", "step", "--engine", engine, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    state = json.loads((folder / "state.json").read_text())
    assert state["finished"] and 6 <= state["seconds_done"] < 12
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["edges"] > 0 and (folder / "index.html").read_text().count("<svg") == 2


def test_planted_faults_are_searched_for_and_kept(tmp_path):
    done = campaign("faults", "--time", 1, "--only", "set_forgets", "--out", tmp_path)
    assert done.returncode == 1 and "searches are left" in done.stdout, done.stderr
    with open(tmp_path / "faults.jsonl", "a", encoding="utf-8") as file:
        file.write('\n{"fault": "set_forgets", "wa')  # torn by a kill
    done = campaign("faults", "--time", 60, "--only", "set_forgets", "--out", tmp_path)
    assert done.returncode == 0 and "0 searches are left" in done.stdout, done.stderr
    assert "| set_forgets | set_stores | 0." in (tmp_path / "faults.md").read_text()


FEW_RUNS = """
import pathlib, sys
from harness import runs, store, targets
state = {"target": "sign_in", "engine": "libfuzzer", "jobs": 1, "seed": 1, "bare": False,
         "finds_wanted": 1, "seconds_wanted": 15, "seconds_done": 0.0, "finished": False}
place = store.Store(pathlib.Path(sys.argv[1]), "sign_in", "libfuzzer").open()
sys.exit(runs.Run(targets.TARGETS["sign_in"]._replace(runs=50), place, state).run())
"""


def test_a_process_that_made_its_runs_is_followed_by_another(tmp_path):
    done = subprocess.run([sys.executable, "-B", "-c", FEW_RUNS, tmp_path], cwd=HERE,
                          capture_output=True, text=True, timeout=120, check=False)
    log = (tmp_path / "sign_in-libfuzzer" / "job-0.log").read_text(errors="replace")
    assert done.returncode == 0 and log.count("INFO: Seed: ") >= 3, done.stderr
