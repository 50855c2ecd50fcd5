"""The second reader agrees with the model on a share of world A, and would notice if it did not.

All of world A takes minutes: CTest second_reader, label long.
"""

import json
import pathlib
import re
import runpy
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
READER = HERE / "second_reader"
EVERY = "1009"  # states; with all of their moves

RULINGS = json.loads((READER / "rulings.json").read_text(encoding="utf-8"))["rulings"]
OPEN = sorted(ruling["id"] for ruling in RULINGS if ruling["status"] == "open")


def text_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def dump(lastgood, tmp_path_factory):
    path = tmp_path_factory.mktemp("second_reader") / "world-a.jsonl"
    text_of(lastgood, "explore", "--world", "A", "--quiet", "--grouped", "--every", EVERY,
            "--dump", str(path))
    return path


def table_of(name):
    text = (READER / "choices.py").read_text(encoding="utf-8")
    return re.search(r"^%s = \{(.*?)^\}" % name, text, re.S | re.M)[1]


def compare(dump, *arguments, every=EVERY):
    return subprocess.run([sys.executable, str(READER), "--dump", str(dump), "--every", every,
                           *arguments], capture_output=True, text=True, check=False)


def test_they_agree(dump):
    done = compare(dump)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^8\d states, 2\d{3} sets of outcomes compared, 0 differ", done.stdout, re.M)


@pytest.mark.parametrize("left_out", [
    "concurrency=refused", "restore_without=nothing", "power_gate=allowed", "unset_form=null",
    "job_success=with_warnings", "resume_is_start=yes", "tpm_off_seal=kept",
    "cancel_result=at_once", "place_of_state_errors=in_job", "dmtf_numbering=siblings",
    "retention_over=at_once", "in_use_protector=started_with", "job_progress=took_effect",
    "element_off=null"])
def test_a_reading_left_out_is_noticed(dump, left_out):
    done = compare(dump, "--quiet", "--leave-out", left_out)
    assert done.returncode == 1, done.stdout
    assert "only the model allows" in done.stdout


def with_fault(tmp_path, name, old, new):
    """The reader with a line that is not as it should be."""
    for path in READER.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name == name:
            assert text.count(old) == 1
            text = text.replace(old, new)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


FAULTS = {
    "set promotes": ("vault.py", "vm._replace(current=protector)",
                     "vm._replace(current=protector, last_known_good=protector)"),
    "restore swaps": ("vault.py", "vm._replace(current=vm.last_known_good)",
                      "vm._replace(current=vm.last_known_good, last_known_good=vm.current)"),
    "restore takes away": ("vault.py", "vm._replace(current=vm.last_known_good)",
                           "vm._replace(current=vm.last_known_good, last_known_good=None)"),
    "start without promotion": ("power.py", "last_known_good=protector,\n", "\n"),
    "the end is not final": ("job.py", "return refuse(state, \"job_ended_request\")",
                             "return cancel(state)"),
    "the seal is not looked at": ("power.py", "return [None]\n    return [vm.current]",
                                  "return [vm.current]\n    return [vm.current]"),
    "percentages fall short": ("job.py", "[100] if job.stage in", "[99] if job.stage in"),
    "removal completes the job": ("reads.py", "jobs.failed(gone, \"VM_GONE\")",
                                  "jobs.completed(gone)"),
}


# A reader that completes jobs allows less than the model; each other fault allows more.
ALLOWS_LESS = {"removal completes the job"}


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_wrong_rule_is_noticed(dump, tmp_path, fault):
    folder = with_fault(tmp_path, *FAULTS[fault])
    done = subprocess.run([sys.executable, str(folder), "--dump", str(dump), "--quiet",
                           "--every", EVERY], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    allows = "the model" if fault in ALLOWS_LESS else "the reader"
    assert f"only {allows} allows" in done.stdout


def test_open_rulings_are_those_that_the_reader_follows():
    assert sorted(runpy.run_path(str(READER / "choices.py"))["UNSETTLED"]) == OPEN


def test_an_open_ruling_makes_a_difference(dump):
    """Otherwise the model was mended, and the ruling is no longer open."""
    for ruling in OPEN:
        done = compare(dump, "--quiet", "--stand", ruling)
        assert done.returncode == 1, ruling + done.stdout + done.stderr


def test_rulings_are_written_and_their_ids_exist(lastgood):
    subprocess.run([sys.executable, str(READER / "rulings.py"), "--check"], check=True)
    assert len({ruling["id"] for ruling in RULINGS}) == len(RULINGS)
    for one in {one for ruling in RULINGS for one in ruling["settled_by"]}:
        text_of(lastgood, "explain", one)


def test_clauses_and_sites_exist(lastgood):
    clauses = {line.split("\t")[0] for line in text_of(lastgood, "list", "clauses").splitlines()}
    cited = set()
    for path in READER.glob("*.py"):
        for names in re.findall(r"^@cite\(([^)]*)\)", path.read_text(encoding="utf-8"), re.M):
            cited.update(re.findall(r'"(\w+)"', names))
    assert len(cited) > 50 and cited <= clauses


def test_alternatives_are_those_that_conform(lastgood):
    """The reader's table against the register."""
    sites = re.findall(r'^    "(\w+)": \(([^)]*)\)', table_of("SITES"), re.M)
    assert len(sites) > 30
    for site, alternatives in sites:
        conforming = re.findall(r"^  (\w+) \(conforms\)", text_of(lastgood, "explain", site), re.M)
        assert re.findall(r'"(\w+)"', alternatives) == conforming, site
