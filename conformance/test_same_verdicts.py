"""Each vector has the same verdict in process, over the line protocol and over WS-Management."""

import json
import os
import subprocess

import pytest

from sim_process import Simulator

ACCOUNTS = "".join(f"{role}:secret:{role}\n"
                   for role in ("administrator", "hyperv_administrator", "user"))
SEED = "20"


def verdicts(lastgood, report, *arguments):
    done = subprocess.run([lastgood, "run", *arguments, "--report", f"json={report}"],
                          capture_output=True, text=True, timeout=120, check=False,
                          env={**os.environ, "LASTGOOD_PASSWORD": "secret"})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    rows = json.loads(report.read_text(encoding="utf-8"))["vectors"]
    return {row["id"]: row for row in rows}


def over_wsman(lastgood, simulator, folder, *options):
    with Simulator(simulator, folder, "--clock", "virtual", *options, accounts=ACCOUNTS) as sim:
        return verdicts(lastgood, folder / "wsman.json", sim.env["LASTGOOD_URL"], "--user",
                        "administrator", "--env-file", str(sim.env_file), "--accounts",
                        str(sim.accounts))


@pytest.mark.parametrize("mode", ["sync", "async", "random"])
def test_verdicts_are_the_same(lastgood, simulator, tmp_path, mode):
    options = ("--jobs-mode", mode, "--seed", SEED)
    model = verdicts(lastgood, tmp_path / "model.json", "model:")
    stdio = verdicts(lastgood, tmp_path / "stdio.json",
                     f"stdio:{simulator} --stdio {' '.join(options)}")
    wsman = over_wsman(lastgood, simulator, tmp_path, *options)
    assert model.keys() == stdio.keys() == wsman.keys()
    for name, row in wsman.items():
        assert stdio[name]["verdict"] == model[name]["verdict"], name
        if row["verdict"] == "skipped":
            assert "over the envelope limit of 500 KB" in " ".join(row["lines"]), row
        else:
            assert row["verdict"] == model[name]["verdict"], row
