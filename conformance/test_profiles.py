"""Profiles against each other: who may be judged by whom, and what hosts are seen to do wrong."""

import re
import subprocess

import pytest

# The deviations that a page forbids, and the reading by which an observed profile has them.
FORBIDDEN = {
    "V-10": "shielding_without_tpm=ignored",
    "V-12": "modify_atomic=half",
    "V-13": "protector_precondition=silent",
}
ROWS = {
    "observed-2016": {"V-10", "V-12"},
    "observed-2019": {"V-10", "V-12"},
    "observed-2022": {"V-10", "V-13"},
    "observed-2025": {"V-10", "V-13"},
}


def run(lastgood, simulator, options, judge="documented"):
    target = f"stdio:{simulator} --stdio {options}"
    return subprocess.run([lastgood, "run", target, "--profile", judge],
                          capture_output=True, text=True, timeout=120, check=False)


def violations(said):
    return [block for block in re.split(r"\n(?=\S)", said) if block.startswith("violate ")]


@pytest.mark.parametrize("profile", ROWS)
def test_observed_profile_shows_exactly_its_rows(profile, lastgood, simulator):
    done = run(lastgood, simulator, f"--profile {profile}")
    assert done.returncode == 1
    seen = set()
    for block in violations(done.stdout):
        rows = {row for row, reading in FORBIDDEN.items() if f"explained by: {reading}" in block}
        assert rows, block
        seen |= rows
    assert seen == ROWS[profile]


@pytest.mark.parametrize("profile", ["documented", "literal", "strict", *ROWS])
def test_no_profile_violates_when_judged_under_itself(profile, lastgood, simulator):
    for mode in ("sync", "async", "random"):
        done = run(lastgood, simulator, f"--profile {profile} --jobs-mode {mode}", profile)
        assert not violations(done.stdout), done.stdout[-2000:]


@pytest.mark.parametrize("profile", ["documented", "literal", "strict"])
@pytest.mark.parametrize("seed", range(1, 3))
def test_whatever_is_drawn_conforms_to_documented(profile, seed, lastgood, simulator):
    for mode in ("", "--jobs-mode async", "--jobs-mode random"):
        done = run(lastgood, simulator, f"--profile {profile} --seed {seed} {mode}")
        assert not violations(done.stdout), f"--seed {seed} {mode}\n{done.stdout[-2000:]}"


def test_jobs_and_shards_find_what_one_run_finds(lastgood, simulator):
    def last_line(*options):
        done = subprocess.run([lastgood, "run", f"stdio:{simulator} --stdio", *options],
                              capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]
    whole = last_line()
    assert last_line("--jobs", "3") == whole
    counts = [int(last_line("--shard", f"{i}/3").split()[0]) for i in (1, 2, 3)]
    assert sum(counts) == int(whole.split()[0])
