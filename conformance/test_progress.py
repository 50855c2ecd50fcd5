"""How far a run is: shown on a terminal alone, in a line that is taken away at the end."""

import os
import pty
import subprocess

import pytest

CLEARED = b"\r\x1b[K"
RUNS = {
    "run": ["run", "model:"],
    "diff": ["diff", "model:literal", "model:strict", "--count", "300"],
    "stress": ["stress", "model:", "--calls", "1000"],
    "explore": ["explore", "--world", "A", "--states", "5000"],
    "certify": ["certify", "--target", "model:", "--states", "300"],
}


def on_terminal(*words):
    """What a run writes to a terminal that is its stderr."""
    ours, terminal = pty.openpty()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=terminal) as run:
        os.close(terminal)
        shown = bytearray()
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # the other end was closed
            pass
    os.close(ours)
    return bytes(shown)


@pytest.mark.parametrize("name", RUNS)
def test_piped_runs_are_quiet(lastgood, name):
    run = subprocess.run([lastgood, *RUNS[name]], capture_output=True, check=False)
    assert run.stderr == b""


@pytest.mark.parametrize("name", RUNS)
def test_terminals_show_one_line(lastgood, name):
    shown = on_terminal(lastgood, *RUNS[name])
    assert shown.startswith(CLEARED) and shown.endswith(CLEARED)
    assert b" of " in shown or b" calls" in shown
    assert b"\n" not in shown


@pytest.mark.parametrize("name", ["stress", "explore", "certify"])
def test_terminals_stay_quiet_when_told(lastgood, name):
    assert on_terminal(lastgood, *RUNS[name], "--quiet") == b""
