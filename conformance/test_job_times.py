"""What a job may say of its times: msvm-concretejob.md gives forms that tell nothing.

TimeSubmitted may be Null. TimeOfLastStateChange is a time, Null, or an interval of zero where the
state has not changed; JobRunTimes is any number.
"""

import json
import subprocess

import pytest

STEPS = [
    {"format": "lastgood-recording/2", "target": "by hand", "profile": "documented"},
    {"reset": True},
    {"event": "Vm.Create", "target": "$vm0", "step": 1, "args": {"generation": 2},
     "outcome": {"out": {"vm": "$vm0"}}},
    {"call": "Msvm_SecurityService.SetKeyProtector", "target": "$vm0", "step": 2,
     "args": {"SecuritySettingData": {}, "KeyProtector": "P1"},
     "outcome": {"return": 4096, "out": {"Job": "$job1"}}},
]


def check(lastgood, folder, properties):
    """The exit code for a recording of a running job that shows these properties, twice."""
    look = {"call": "Msvm_ConcreteJob.Get", "target": "$job1",
            "outcome": {"properties": {"JobState": 4, **properties}}}
    path = folder / "recording.jsonl"
    lines = STEPS + [{**look, "step": 3}, {**look, "step": 4}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    done = subprocess.run([lastgood, "check", path], capture_output=True, check=False, timeout=60)
    return done.returncode


@pytest.mark.parametrize("properties", [
    {"TimeSubmitted": None},
    {"TimeOfLastStateChange": None},
    {"TimeOfLastStateChange": "00000000000000.000000:000"},
    {"TimeOfLastStateChange": "20260101000000.000000+000"},
    {"ElapsedTime": None},
    {"JobRunTimes": 0},
    {"JobRunTimes": 7},
], ids=str)
def test_what_the_page_allows_conforms(lastgood, tmp_path, properties):
    assert check(lastgood, tmp_path, properties) == 0


@pytest.mark.parametrize("properties", [
    {"TimeOfLastStateChange": "00000000000001.000000:000"},
    {"TimeOfLastStateChange": "yesterday"},
    {"TimeSubmitted": "00000000000000.000000:000"},
], ids=str)
def test_what_no_page_allows_violates(lastgood, tmp_path, properties):
    assert check(lastgood, tmp_path, properties) == 1
