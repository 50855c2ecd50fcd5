"""The campaign harness: a canary found, shrunk and explained; campaigns killed and resumed."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from harness import engines, store as stores, targets, triage
# pylint: enable=wrong-import-position

FUZZ = {"libfuzzer": ROOT / "build-fuzz" / "bin" / "fuzz_canary",
        "aflpp": ROOT / "build-fuzz-afl" / "bin" / "afl_canary"}
STEP = 18


# AFL++ is an engine of those who have built it.
BUILT = ["libfuzzer"] + (["aflpp"] if FUZZ["aflpp"].exists() else [])


def campaign(*words, timeout=120):
    return subprocess.run([str(HERE / "campaign"), *map(str, words)], capture_output=True,
                          text=True, timeout=timeout, check=False)


@pytest.mark.parametrize("words, code", [((), 64), (("run", "nothing"), 64), (("--help",), 0),
                                         (("run", "step", "--time", "0"), 64),
                                         (("resume", "step", "--out", "/nonexistent"), 64)])
def test_exit_codes(words, code):
    assert campaign(*words).returncode == code


@pytest.mark.parametrize("engine", BUILT)
def test_canary_is_found_shrunk_and_explained(engine, tmp_path):
    done = campaign("run", "canary", "--engine", engine, "--time", 60, "--bare", "--seed", 1,
                    "--out", tmp_path)
    assert done.returncode == 1, done.stderr
    told = campaign("triage", "canary", "--engine", engine, "--out", tmp_path)
    assert told.returncode == 1 and "clause: " in told.stdout, told.stdout + told.stderr
    finds = [json.loads(path.read_text())
             for path in tmp_path.glob("canary-*/triage/*/find.json")]
    assert finds and all(find["signature"].startswith("violates: ") for find in finds)
    assert min(find["calls"] for find in finds) <= 8
    assert list(tmp_path.glob("canary-*/triage/*/vector.json"))


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


@pytest.mark.parametrize("engine", BUILT)
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


def test_runs_of_processes_that_ended_are_counted(tmp_path):
    store = stores.Store(tmp_path, "step", "libfuzzer").open()
    engine = engines.LibFuzzer(targets.TARGETS["step"], store)
    line = "#%d\tpulse  cov: 7 ft: 9 corp: 3/10b lim: 4 exec/s: 5 rss: 30Mb\n"
    said = "INFO: Seed: 1\n" + line % 100 + line % 250 + "INFO: Seed: 2\n" + line % 40
    engine.log(0).write_text(said)
    assert engine.count_runs(0) == 290
    engine.runs_before[0] = 250
    assert engine.progress(0)["execs"] == 290
    engine.log(0).write_text(said + "INFO: Seed: 3\n")
    engine.runs_before[0] = 290
    assert engine.progress(0)["execs"] == 290


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


def test_two_campaigns_do_not_share_a_folder(tmp_path):
    held = stores.Store(tmp_path, "step", "libfuzzer").open()
    done = campaign("run", "step", "--time", 1, "--out", tmp_path)
    assert held.lock and done.returncode == 3 and "in use" in done.stderr


def test_a_corpus_that_was_being_replaced_is_mended(tmp_path):
    store = stores.Store(tmp_path, "step", "libfuzzer").open()
    (store.corpus / "kept").write_bytes(b"x")
    store.corpus.rename(store.folder / "corpus.old")
    store.lock.close()
    assert (stores.Store(tmp_path, "step", "libfuzzer").open().corpus / "kept").exists()


def test_torn_samples_are_passed_over(tmp_path):
    store = stores.Store(tmp_path, "step", "libfuzzer").open()
    store.add_sample({"t": 1})
    with open(store.samples_file, "a", encoding="utf-8") as file:
        file.write('{"t": 2, "ex')
    assert store.samples() == [{"t": 1}]


def test_shrinking_keeps_only_what_matters():
    calls = [bytes([number]) + bytes(STEP - 1) for number in range(20)]
    data = b"".join(calls) + os.urandom(20 * STEP)

    def same(tried):
        kept = [tried[i * STEP] for i in range(len(tried) // 2 // STEP)]
        return 3 in kept and 17 in kept and kept.index(3) < kept.index(17)

    small = triage.shrink(data, True, same)
    assert small == calls[3] + calls[17] + bytes(2 * STEP)


def test_signatures_tell_finds_apart():
    said = "lastgood-find: violates: A.B, clause c\nmore"
    assert triage.signature(1, said) == "violates: A.B, clause c"
    assert triage.signature(0, "") is None
    assert triage.signature(-6, "x/sim/http.c:6:2: runtime error: bad 0x12") == \
        "sim/http.c:6:2: runtime error: bad 0x*"
