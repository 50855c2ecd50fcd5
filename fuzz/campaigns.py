"""What tests of campaigns share."""

import json
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def campaign(*words, timeout=120):
    return subprocess.run([str(HERE / "campaign"), *map(str, words)], capture_output=True,
                          text=True, timeout=timeout, check=False)


def check_canary(engine, out):
    """Found from nothing within a minute, shrunk and explained; else the harness is broken."""
    done = campaign("run", "canary", "--engine", engine, "--time", 60, "--bare", "--seed", 1,
                    "--out", out)
    assert done.returncode == 1, done.stderr
    told = campaign("triage", "canary", "--engine", engine, "--out", out)
    assert told.returncode == 1 and "clause: " in told.stdout, told.stdout + told.stderr
    finds = [json.loads(path.read_text())
             for path in out.glob("canary-*/triage/*/find.json")]
    assert finds and all(find["signature"].startswith("violates: ") for find in finds)
    assert min(find["calls"] for find in finds) <= 8
    assert list(out.glob("canary-*/triage/*/vector.json"))
