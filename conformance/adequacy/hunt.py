"""Looks for vectors that kill mutants which live: random scripts against them, the best ones made
short.

    /usr/bin/python3 conformance/adequacy/hunt.py reports/adequacy.json FOLDER

What is open or legal in the report is hunted. A script that kills, and still does so when no step
can leave it, becomes a vector of tier full in FOLDER. It asks for nothing but what the oracle
allows. The same seed finds the same vectors."""

import argparse
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import adequacy  # noqa: E402  pylint: disable=wrong-import-position
import build  # noqa: E402  pylint: disable=wrong-import-position
import pool  # noqa: E402  pylint: disable=wrong-import-position
import rivals  # noqa: E402  pylint: disable=wrong-import-position
import smoke  # noqa: E402  pylint: disable=wrong-import-position

MOST, PATIENCE = 30, 400
CLAUSES = {"Msvm_ConcreteJob": "job_states", "Msvm_SecurityService": "failure_changes_nothing",
           "Msvm_ComputerSystem": "vm_enabled_state"}
JOB_READS = ["Get", "Get", "Get", "GetError", "GetErrorEx", "KillJob"]
TIMES = [0, 1, 1000, 150000, 299999, 300000, 300001, 10**9]


class Writer:
    """One random script."""

    def __init__(self, source, length):
        self.pick, self.jobs = source.choice, 0
        self.chance = lambda share: source.random() < share
        self.steps = self._beginning()
        while len(self.steps) < length:
            self.steps += self._next()

    def _beginning(self):
        steps = []
        if self.chance(0.3):
            steps.append(rivals.event("Host.Become", version=self.pick(
                ["2016", "2019", "2022", "2025"]), no_tpm=self.chance(0.2),
                guarded=self.chance(0.4)))
        given = {"generation": 1} if self.chance(0.12) else {}
        if self.chance(0.1):
            given["planned"] = True
        if self.chance(0.1):
            given["old_version"] = True
        steps.append(rivals.event("Vm.Create", "$vm0", **given))
        if self.chance(0.5):
            steps.append(self._with_job(rivals.call(
                "Msvm_SecurityService.SetKeyProtector", "$vm0", KeyProtector="P1",
                SecuritySettingData={})))
        if self.chance(0.4):
            steps.append(self._with_job(rivals.call(
                "Msvm_SecurityService.ModifySecuritySettings", "$vm0",
                SecuritySettingData={"set": {"TpmEnabled": True}})))
        return steps

    def _with_job(self, step):
        if self.chance(0.4) and self.jobs < 60:
            self.jobs += 1
            step["job"] = f"$job{self.jobs}"
        else:
            step.pop("job", None)
        return step

    def _job_step(self):
        job = f"$job{self.pick(range(max(1, self.jobs - 2), self.jobs + 1))}"
        if self.chance(0.4):
            given = {"RequestedState": self.pick([2, 3, 4, 4, 5, 5, 6, 7, 11])}
            if self.chance(0.2):
                given["TimeoutPeriod"] = self.pick(["00000000000010.000000:000", "-1"])
            return rivals.call("Msvm_ConcreteJob.RequestStateChange", job, **given)
        return rivals.call("Msvm_ConcreteJob." + self.pick(JOB_READS), job)

    def _next(self):
        if self.jobs and self.chance(0.35):
            return [self._job_step()]
        if self.chance(0.08):
            return [rivals.event("Time.Pass", ms=self.pick(TIMES))]
        if self.chance(0.35):
            step = rivals.service_call(self.pick, self.pick(rivals.METHODS), "$vm0")
            return [step if step["call"].endswith("GetKeyProtector") and "Restore" not in
                    step["call"] else self._with_job(step)]
        if self.chance(0.3):
            return [self._with_job(rivals.call(
                "Msvm_ComputerSystem.RequestStateChange", "$vm0",
                RequestedState=self.pick(rivals.STATES)))]
        if self.chance(0.4):
            return [rivals.call(self.pick(rivals.READS), "$vm0")]
        step = rivals.any_step(self.pick, "$vm0")
        return [self._with_job(step) if "job" in step else step]


def clause_of(steps):
    called = [step["call"].split(".")[0] for step in steps if "call" in step]
    return next((CLAUSES[name] for name in reversed(called) if name in CLAUSES), "get_current")


def document_of(steps):
    title = f"{len(steps)} steps that a mutant of the model did not survive"
    return {"format": "lastgood-vector/1", "title": title, "clauses": [clause_of(steps)],
            "tier": "full",
            "needs": needs_of(steps), "steps": steps}


def needs_of(steps):
    text = json.dumps(steps)
    needs = ["events"] if '"event"' in text else []
    if "KeyProtector\": \"" in text or "SecurityPolicy" in text or '"protector"' in text:
        needs.append("material")
    return needs + ["clock"] * ("Time.Pass" in text)


def text_of(document):
    """One step a line, as all vectors are written."""
    head = [f'  {json.dumps(key)}: {json.dumps(value)},' for key, value in document.items()
            if key != "steps"]
    steps = ",\n".join("    " + json.dumps(step) for step in document["steps"])
    return "{\n" + "\n".join(head) + '\n  "steps": [\n' + steps + "\n  ]\n}\n"


def id_of(steps):
    digest = hashlib.sha256(json.dumps(steps, sort_keys=True).encode()).hexdigest()
    return f"full-hunted-{digest[:8]}"


def write(folder, steps):
    path = folder / f"{id_of(steps)}.json"
    path.write_text(text_of(document_of(steps)), encoding="utf-8")
    return path


class Hunt:
    """Mutants that live, and scripts against them."""

    def __init__(self, options):
        self.options, self.work = options, pathlib.Path(options.work)
        self.mutants = build.Mutants(self.work / "library")
        self.mutants.build()
        told = json.loads(pathlib.Path(options.report).read_text(encoding="utf-8"))["mutants"]
        alive = {row["id"] for row in told if row["status"] in ("open", "legal")}
        self.alive = [number for number, mutant in enumerate(self.mutants.all, 1)
                      if mutant.id in alive and number not in self.mutants.stillborn]

    def command(self, most, jobs, vectors):
        modes = [word for mode in adequacy.MODES for word in ("--mode", mode)]
        return ["nice", "-n", "3", build.BUILD / "bin/judge_mutants",
                self.mutants.library, "--jobs", jobs, "--most", most, "--patience", PATIENCE,
                *modes, "--", *vectors]

    def candidates(self):
        folder = self.work / f"candidates-{self.options.seed}"
        folder.mkdir(parents=True, exist_ok=True)
        source = random.Random(self.options.seed)
        steps = {}
        for _ in range(self.options.scripts):
            made = Writer(source, source.randrange(5, 18)).steps
            steps[write(folder, made).stem] = made
        return folder, steps

    def found(self):
        """{script: mutants it kills}, and the scripts."""
        folder, steps = self.candidates()
        answers, heads = pool.run("hunt", self.command(MOST, self.options.jobs, [folder]),
                                  {number: number for number in self.alive},
                                  self.work / f"answers-{self.options.seed}")
        bad = {script for _, script, _ in heads[0]["model"]}
        kills = {name: set() for name in steps if name not in bad}
        for number, answer in answers.items():
            for i, name in enumerate(heads[0]["vectors"]):
                if int(answer["kills"][i // 4], 16) >> i % 4 & 1 and name in kills:
                    kills[name].add(number)
        return kills, steps

    def kills_all(self, steps, numbers):
        folder = self.work / "trial"
        folder.mkdir(exist_ok=True)
        for path in folder.glob("*.json"):
            path.unlink()
        write(folder, steps)
        done = subprocess.run([*map(str, self.command(1, 1, [folder]))], text=True, check=False,
                              input="".join(f"{n}\n" for n in numbers), capture_output=True)
        if done.returncode:
            return False
        head, *answers = [json.loads(line) for line in done.stdout.splitlines()]
        return not head["model"] and all(adequacy.is_found(answer) for answer in answers)

    def shorten(self, steps, numbers):
        at = len(steps)
        while at > 0:
            at -= 1
            shorter = steps[:at] + steps[at + 1:]
            if shorter and self.kills_all(shorter, numbers):
                steps = shorter
        return steps

    def run(self):
        kills, steps = self.found()
        output = pathlib.Path(self.options.folder)
        output.mkdir(parents=True, exist_ok=True)
        hunted = 0
        for name, gain in smoke.order_of(kills, self.alive):
            write(output, self.shorten(steps[name], sorted(gain)))
            hunted += len(gain)
            pool.show(f"hunt: {hunted} of {len(self.alive)}")
        pool.show()
        print(f"{hunted} of {len(self.alive)} mutants hunted")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("report")
    parser.add_argument("folder")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scripts", type=int, default=1500)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--work", default=str(build.BUILD / "adequacy-hunt"))
    Hunt(parser.parse_args()).run()


if __name__ == "__main__":
    main()
