"""The campaign harness: a canary found, shrunk and explained; what is kept of a campaign."""

import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# pylint: disable=wrong-import-position
from campaigns import campaign, check_canary
from harness import engines, store as stores, targets, triage
# pylint: enable=wrong-import-position

STEP = 18


@pytest.mark.parametrize("words, code", [((), 64), (("run", "nothing"), 64), (("--help",), 0),
                                         (("run", "step", "--time", "0"), 64),
                                         (("resume", "step", "--out", "/nonexistent"), 64)])
def test_exit_codes(words, code):
    assert campaign(*words).returncode == code


def test_canary_is_found_shrunk_and_explained(tmp_path):
    check_canary("libfuzzer", tmp_path)


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
