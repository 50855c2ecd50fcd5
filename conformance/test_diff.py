"""lastgood diff, shrink and record: who differs, who is to blame, and what is left of a script."""

import json
import os
import pathlib
import re
import shlex
import subprocess

import pytest

from sim_process import Simulator

HERE = pathlib.Path(__file__).resolve().parent
RECORDINGS = HERE / "recordings"
EXPECTED = HERE / "expected"
SCRIPTS = "400"
BUDGET = 200

# Ways to understand the pages that are all allowed.
LEGAL = ["", "--jobs-mode async", "--jobs-mode random --seed 3", "--seed 11", "--profile literal",
         "--profile strict --jobs-mode async"]
OBSERVED = ["observed-2016", "observed-2019", "observed-2022", "observed-2025"]

# Planted faults, and what the find must name: the call or property that shows it, or the reading.
FAULTS = [
    ("set_forgets", "", r"get_current"),
    ("modify_clears_protector", "", r"get_current|set_only_protector|lkg_only_tpm"),
    ("start_never_promotes", "", r"promotion=never|lkg_definition"),
    ("modify_fails_but_applies", "", r"modify_atomic|ssd_readable|mod_failure_changes_nothing"),
    ("restore_does_nothing", "", r"restore_current|get_current"),
    ("job_done_at_99", "--jobs-mode async", r"job_percent"),
]


def command(lastgood, *arguments, cwd=None):
    return subprocess.run([lastgood, *arguments], capture_output=True, text=True, timeout=120,
                          check=False, cwd=cwd)


def counts(said):
    """The numbers of the last line."""
    words = re.search(r"(\d+) differ as the documents forbid, (\d+) undetermined, "
                      r"(\d+) as expected, (\d+) differ as both are allowed, (\d+) offend alike",
                      said)
    assert words, said
    names = ["forbidden", "undetermined", "expected", "allowed", "alike"]
    return dict(zip(names, map(int, words.groups())))


def sim(simulator, options=""):
    return f"stdio:{simulator} --stdio {options}".strip()


def faulty(programs, fault, options=""):
    return f"stdio:{programs / 'lastgood-sim-faulty'} --stdio {options} --fault {fault}"


# ---- legal differences ----

@pytest.mark.parametrize("options", LEGAL)
def test_what_is_allowed_is_no_forbidden_difference(options, lastgood, simulator, tmp_path):
    done = command(lastgood, "diff", "model:", sim(simulator, options), "--count", SCRIPTS,
                   cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    found = counts(done.stdout)
    assert found["forbidden"] == found["undetermined"] == 0


def test_readings_that_differ_are_told_apart(lastgood, tmp_path):
    done = command(lastgood, "diff", "model:literal", "model:strict", "--count", SCRIPTS,
                   cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert counts(done.stdout)["allowed"] > 0
    assert "reading policy_aim: A protector, B policy" in done.stdout
    assert not list(tmp_path.iterdir())


def test_the_same_target_does_not_differ_from_itself(lastgood, tmp_path):
    done = command(lastgood, "diff", "model:", "model:", "--count", SCRIPTS, cwd=tmp_path)
    assert counts(done.stdout) == dict.fromkeys(counts(done.stdout), 0)
    assert done.returncode == 0


def test_a_seed_makes_the_same_scripts(lastgood, tmp_path):
    def made(seed):
        out = tmp_path / f"{seed}.jsonl"
        done = command(lastgood, "record", "model:", str(out), "--scripts", "30", "--seed", seed)
        assert done.returncode == 0, done.stderr
        return out.read_text(encoding="utf-8")
    first = made("4")
    assert made("4") == first
    assert made("5") != first


@pytest.mark.parametrize("profile", OBSERVED)
def test_observed_profile_differs_as_expected_only(profile, lastgood, tmp_path):
    done = command(lastgood, "diff", "model:", f"model:{profile}", "--count", "1500",
                   "--expected", str(EXPECTED / f"{profile}.json"), cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    found = counts(done.stdout)
    assert found["forbidden"] == found["undetermined"] == 0
    assert found["expected"] > 0


def test_observed_profile_without_its_list_is_forbidden(lastgood, tmp_path):
    done = command(lastgood, "diff", "model:", "model:observed-2022", "--count", SCRIPTS,
                   "--finds", "2", cwd=tmp_path)
    assert done.returncode == 1
    assert "forbidden, by B: protector_precondition=silent" in done.stdout


# ---- faults ----

@pytest.mark.parametrize("fault, options, named", FAULTS, ids=[row[0] for row in FAULTS])
def test_fault_is_found_named_and_shrunk(fault, options, named, lastgood, programs, tmp_path):
    target = faulty(programs, fault, options)
    done = command(lastgood, "diff", "model:", target, "--count", "4000", "--finds", "1",
                   cwd=tmp_path)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr
    head = re.search(r"^forbidden, by B: (.*)$", done.stdout, re.MULTILINE)
    assert head, done.stdout
    assert re.search(named, done.stdout), done.stdout
    spent = re.search(r"no step can leave after \d+ tries and (\d+) calls; reproduced 3 of 3",
                      done.stdout)
    assert spent, done.stdout
    assert int(spent.group(1)) <= BUDGET


def test_the_other_side_is_named_when_it_is_guilty(lastgood, programs, tmp_path):
    done = command(lastgood, "diff", faulty(programs, "set_forgets"), "model:", "--count", "200",
                   "--finds", "1", cwd=tmp_path)
    assert "forbidden, by A: " in done.stdout


def test_two_that_offend_alike_do_not_differ(lastgood, programs, tmp_path):
    target = faulty(programs, "set_forgets")
    done = command(lastgood, "diff", target, target, "--count", "100", cwd=tmp_path)
    found = counts(done.stdout)
    assert done.returncode == 0
    assert found["forbidden"] == 0
    assert found["alike"] > 0


def test_what_is_found_repeats_as_a_script_and_as_a_vector(lastgood, programs, tmp_path):
    target = faulty(programs, "set_forgets")
    command(lastgood, "diff", "model:", target, "--finds", "1", cwd=tmp_path)
    find, = (tmp_path / "lastgood-finds").iterdir()
    again = command(lastgood, "diff", "model:", target, "--script", str(find), cwd=tmp_path)
    assert counts(again.stdout)["forbidden"] == 1
    assert command(lastgood, "run", target, str(find)).returncode == 1
    assert command(lastgood, "run", "model:", str(find)).returncode == 0


def test_shrunk_script_lacks_no_step(lastgood, programs, tmp_path):
    """Not one step of it can leave: each shorter script is tried here, too."""
    target = faulty(programs, "restore_does_nothing")
    command(lastgood, "diff", "model:", target, "--count", "3000", "--finds", "1", cwd=tmp_path)
    find, = (tmp_path / "lastgood-finds").iterdir()
    vector = json.loads(find.read_text(encoding="utf-8"))
    for step in vector["steps"]:
        step.pop("allow", None)
    shorter = tmp_path / "shorter.json"
    for at in range(len(vector["steps"])):
        steps = vector["steps"][:at] + vector["steps"][at + 1:]
        shorter.write_text(json.dumps({**vector, "steps": steps}), encoding="utf-8")
        done = command(lastgood, "diff", "model:", target, "--script", str(shorter), "--budget",
                       "0", cwd=tmp_path)
        assert f"by B: {find.stem}" not in done.stdout
        assert counts(done.stdout)["forbidden"] == 0, (at, done.stdout)


# ---- shrink and record ----

def test_a_recording_is_shrunk(lastgood, programs, tmp_path):
    target = faulty(programs, "set_forgets")
    recording = tmp_path / "long.jsonl"
    assert command(lastgood, "record", target, str(recording), "--scripts", "40").returncode == 0
    done = command(lastgood, "shrink", str(recording), target, cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "no step can leave" in done.stdout
    assert len(re.findall(r"^    step ", done.stdout, re.MULTILINE)) == 2


def test_budget_that_is_too_small_says_so(lastgood, programs, tmp_path):
    target = faulty(programs, "set_forgets")
    recording = tmp_path / "long.jsonl"
    command(lastgood, "record", target, str(recording), "--scripts", "40")
    done = command(lastgood, "shrink", str(recording), target, "--budget", "8", cwd=tmp_path)
    assert "the budget is used up" in done.stdout
    find, = (tmp_path / "lastgood-finds").iterdir()
    again = command(lastgood, "shrink", str(find), target, cwd=tmp_path)
    assert "no step can leave" in again.stdout


ONCE = """import json, subprocess, sys
told = False
with subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                      text=True) as inner:
    for line in sys.stdin:
        print(line, end="", file=inner.stdin, flush=True)
        answer = inner.stdout.readline()
        if not told and json.loads(line).get("method") == "Msvm_SecurityService.GetKeyProtector":
            said = json.loads(answer)
            if said.get("return") == 0 and said.get("out", {}).get("KeyProtector"):
                told, said["out"]["KeyProtector"] = True, "AAAAB0FCQw=="
                answer = json.dumps(said) + "\\n"
        print(answer, end="", flush=True)
    inner.stdin.close()
"""


def test_a_find_that_does_not_repeat_is_told_as_it_was(lastgood, simulator, tmp_path):
    """A target that is wrong once: its own answer is shown, not those of the tries after it."""
    program = tmp_path / "once.py"
    program.write_text(ONCE, encoding="utf-8")
    done = command(lastgood, "diff", "model:", f"stdio:/usr/bin/python3 {program} {simulator} "
                   "--stdio", "--count", "200", cwd=tmp_path)
    assert "not found again" in done.stdout, done.stdout
    find = done.stdout.partition("not found again")[2].partition("    vector: ")[0]
    assert re.search(r"^        B: .*AAAAB0FCQw==", find, re.MULTILINE), find
    assert re.search(r"^    B \(.*\) violates at step", find, re.MULTILINE), find
    assert "no step can leave" not in find and "budget" not in find, find


def test_a_conforming_recording_has_nothing_to_shrink(lastgood, simulator, tmp_path):
    done = command(lastgood, "shrink", str(RECORDINGS / "format-2-conforms.jsonl"),
                   sim(simulator), cwd=tmp_path)
    assert done.returncode == 0
    assert "nothing to shrink" in done.stdout


def test_record_keeps_digests_unless_asked(lastgood, programs, tmp_path):
    target = faulty(programs, "set_clears_high_bits")
    kept, whole = tmp_path / "kept.jsonl", tmp_path / "whole.jsonl"
    options = ("--scripts", "60")
    command(lastgood, "record", target, str(kept), *options)
    command(lastgood, "record", target, str(whole), *options, "--with-protectors")
    assert '"digest"' in kept.read_text(encoding="utf-8")
    assert '"base64"' not in kept.read_text(encoding="utf-8")
    assert '"base64"' in whole.read_text(encoding="utf-8")
    verdicts = [command(lastgood, "check", str(path)) for path in (kept, whole)]
    assert [done.returncode for done in verdicts] == [1, 1]
    assert verdicts[0].stdout.splitlines()[-1] == verdicts[1].stdout.splitlines()[-1]


def test_a_recording_is_a_target(lastgood, simulator, tmp_path):
    recording = tmp_path / "async.jsonl"
    command(lastgood, "record", sim(simulator, "--jobs-mode async"), str(recording), "--scripts",
            "60")
    done = command(lastgood, "diff", "model:", str(recording), cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "\n60 scripts" in done.stdout or done.stdout.startswith("60 scripts"), done.stdout
    assert counts(done.stdout)["forbidden"] == 0


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.jsonl")), ids=lambda path: path.name)
def test_recordings_of_every_format_are_judged(path, lastgood):
    number, verdict = re.fullmatch(r"format-(\d+)-(\w+)", path.stem).groups()
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert json.loads(first)["format"] == f"lastgood-recording/{number}"
    done = command(lastgood, "check", str(path))
    assert done.returncode == {"conforms": 0, "violates": 1}[verdict], done.stdout


def test_every_format_has_recordings(lastgood, tmp_path):
    out = tmp_path / "now.jsonl"
    command(lastgood, "record", "model:", str(out), "--scripts", "1")
    newest = int(json.loads(out.read_text(encoding="utf-8").splitlines()[0])["format"][-1])
    for number in range(1, newest + 1):
        assert (RECORDINGS / f"format-{number}-conforms.jsonl").exists()
        assert (RECORDINGS / f"format-{number}-violates.jsonl").exists()


def test_a_later_format_is_refused(lastgood, tmp_path):
    later = tmp_path / "later.jsonl"
    later.write_text('{"format": "lastgood-recording/999"}\n', encoding="utf-8")
    done = command(lastgood, "check", str(later))
    assert done.returncode == 3
    assert "lastgood-recording/999" in done.stderr


# ---- a host ----

def readme_commands():
    text = (HERE / "README.md").read_text(encoding="utf-8")
    section = text.partition("### Compare with a real host\n")[2].partition("\n### ")[0]
    lines = [line.strip() for line in section.splitlines() if line.startswith("    ")]
    assert lines[0] == "export LASTGOOD_PASSWORD=..." and len(lines) == 5
    return lines[1:]


def test_a_host_is_compared_by_the_commands_of_the_readme(lastgood, simulator, tmp_path):
    """As they are written there, but with fewer vectors and for a shorter time."""
    bounds = {"record": [str(HERE / "vectors" / "rollback-story.json")], "diff": ["--seconds", "4"]}
    codes = []
    with Simulator(simulator, tmp_path, "--profile", "observed-2022", control=None,
                   accounts="tester:secret:administrator\n") as host:
        for line in readme_commands():
            words = shlex.split(line.replace("http://test-host:5985", host.env["LASTGOOD_URL"]))
            assert words[0] == "build/bin/lastgood"
            words = [str(HERE.parent / word) if word.startswith("conformance/") else word
                     for word in words[1:]] + bounds.get(words[1], [])
            done = subprocess.run([lastgood, *words], capture_output=True, text=True, timeout=120,
                                  check=False, cwd=tmp_path,
                                  env={**os.environ, "LASTGOOD_PASSWORD": "secret"})
            codes.append((words[0], done.returncode))
    assert codes == [("run", 0), ("record", 0), ("check", 0), ("diff", 0)], done.stdout
    assert counts(done.stdout)["expected"] > 0


# ---- usage ----

@pytest.mark.parametrize("arguments, said", [
    (["diff", "model:"], "two targets"),
    (["diff", "model:", "nothing:"], "no such target"),
    (["diff", "model:", "model:", "--count", "many"], "must be a number from"),
    (["diff", "model:", "model:", "--update"], "--expected"),
    (["diff", "model:", "model:", "--script", "absent.json"], "absent.json"),
    (["shrink", "absent.jsonl"], "must be named"),
    (["shrink", "absent.jsonl", "model:"], "absent.jsonl"),
    (["record", "model:"], "must be named"),
])
def test_wrong_usage_is_told(arguments, said, lastgood, tmp_path):
    done = command(lastgood, *arguments, cwd=tmp_path)
    assert done.returncode == 64
    assert said in done.stderr


def test_a_target_that_ends_is_told_with_its_script(lastgood, tmp_path):
    done = command(lastgood, "diff", "model:", "stdio:false", "--count", "5", cwd=tmp_path)
    assert done.returncode == 3
    assert "false" in done.stderr
