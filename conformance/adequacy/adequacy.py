"""How many wrong services the vectors catch: mutants of the model, judged by the oracle.

    /usr/bin/python3 conformance/adequacy/adequacy.py               every mutant, and the report
    /usr/bin/python3 conformance/adequacy/adequacy.py --rivals      the rivals too
    /usr/bin/python3 conformance/adequacy/adequacy.py --sample 50   some of them
    /usr/bin/python3 conformance/adequacy/adequacy.py --smoke       and choose the smoke tier anew

Needs the release build. What was found is kept in the build folder: a run that was ended goes on
where it was. Exit codes: 0 done, 1 the score is below --at-least, 3 the harness failed.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import build  # noqa: E402  pylint: disable=wrong-import-position
import pool  # noqa: E402  pylint: disable=wrong-import-position
import report  # noqa: E402  pylint: disable=wrong-import-position
import rivals  # noqa: E402  pylint: disable=wrong-import-position
import smoke  # noqa: E402  pylint: disable=wrong-import-position

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = build.ROOT / "conformance/vectors"
MODES = ["sync", "async", "each:1", "each:2", "each:3", "jobs:1", "jobs:2"]
BATCH = 12  # seeds that are tried at once of those that live
MORE_WHERE_DIFFERENT = 5  # times as many
LITERAL = ["sync@literal", "async@literal", *(f"each:{seed}@literal" for seed in range(1, 9))]
MOST, PATIENCE = 12, 200  # kills, and scripts with other answers that are accepted: enough
EQUAL_WHERE_JUDGED = ("equal", "hidden", "crowded")
NOTHING_ELSE = (*EQUAL_WHERE_JUDGED, "included", "readings", "rereads")  # each way is the model's
AHEAD = 100  # spots, of those where a mutant differs under literal, from which calls are followed
JUDGE = [(HERE / name).read_bytes() for name in ("judge_mutants.c", "suite.c", "modes.c")]
JUDGE += [path.read_bytes() for path in sorted(build.MODEL.glob("*.c"))]
COMPARE = [(HERE / name).read_bytes()
           for name in ("compare_mutants.c", "lookahead.c", "spots.c", "random_calls.c")]
SAMPLED, STATES = 60000, 0  # spots of random scripts; states of world A, 0: all


def digest_of(*parts):
    found = hashlib.sha256()
    for part in parts:
        found.update(part if isinstance(part, bytes) else str(part).encode())
    return found.hexdigest()[:16]


def without_tier(path):
    """What a vector is found by: its tier says only when it comes."""
    return re.sub(rb'"tier": "\w+"', b"", path.read_bytes(), count=1)


def earlier_kills(folders, folder, suite):
    """{mutant: (answer, vectors)} of runs with other vectors, where what killed first is the same
    now: it kills again."""
    kept = {}
    for earlier in sorted(folders):
        told = earlier / "suite.json"
        if earlier == folder or not told.exists():
            continue
        then = json.loads(told.read_text("utf-8"))
        same = {name for name, digest in then.items() if suite.get(name) == digest}
        answers, heads = pool.read_answers(earlier)
        for number, answer in answers.items():
            first = answer["first"][1] if answer["found"] else answer.get("vector")
            if is_found(answer) and first in same:
                kept[number] = answer, pool.names_of(heads[0]["vectors"], answer["kills"]) & same
    return kept


class Run:
    """The mutants of a run, and what becomes of each."""

    def __init__(self, options, mutants=None):
        self.options = options
        self.work = pathlib.Path(options.work)
        self.mutants = mutants or build.Mutants(self.work, options.only)
        self.mutants.build()
        self.source = self.mutants.digest()
        self.numbers = self._chosen()
        self.heads, self.rival_kills, self.left_out, self.met_rivals = {}, {}, {}, set()
        self.judged, self.more, self.compared, self.literal, self.literal_compared = ({},) * 5

    def _chosen(self):
        numbers = [number for number, mutant in enumerate(self.mutants.all, 1)
                   if self.options.only in mutant.id and number not in self.mutants.stillborn]
        if 0 < self.options.sample < len(numbers):
            numbers = sorted(random.Random(self.options.seed).sample(numbers, self.options.sample))
        return numbers

    def judge(self, what, numbers, modes, vectors, most=1, patience=PATIENCE):
        suite = {path.stem: digest_of(without_tier(path)) for path in rivals.paths_of(vectors)}
        key = digest_of(self.source, *JUDGE, modes, most, patience)
        folder = self.work / f"judge-{key}-{digest_of(sorted(suite.items()))}"
        kept = earlier_kills(self.work.glob(f"judge-{key}-*"), folder, suite)
        command = ["nice", "-n", "3", build.BUILD / "bin/judge_mutants",
                   self.mutants.library, "--jobs", self.options.jobs, "--most", most,
                   "--patience", patience,
                   *[word for mode in modes for word in ("--mode", mode)],
                   "--", *vectors]
        answers, heads = pool.run(what, command,
                                  {number: number for number in numbers if number not in kept},
                                  folder)
        (folder / "suite.json").write_text(json.dumps(suite), "utf-8")
        self.heads[what] = heads[0]
        for number in kept.keys() & set(numbers):
            answer, killers = kept[number]
            answers[number] = {**answer, "kills": pool.bits_of(heads[0]["vectors"], killers)}
        return answers

    def compare(self, numbers, profile, ahead=0):
        command = ["nice", "-n", "3", build.BUILD / "bin/compare_mutants",
                   self.mutants.library, profile, SAMPLED, STATES, self.options.spots,
                   ahead, self.options.jobs]
        lines = {number: " ".join(map(str, [number, *self.mutants.functions_of(number)]))
                 for number in numbers}
        what = f"lookahead, {profile}" if ahead else f"comparison, {profile}"
        answers, heads = pool.run(what, command, lines,
                                  self.work / f"compare-{profile}-" /
                                  digest_of(self.source, *COMPARE, *command[5:-1]))
        self.heads.setdefault(profile, heads[0] if heads else {})
        return answers

    def run(self):
        vectors = self.options.vectors
        counted = [n for n in self.numbers if n not in self.mutants.same_code]
        self.judged = self.judge("vectors", counted, MODES, vectors, MOST)
        alive = [n for n in counted if not is_found(self.judged[n])]
        self.compared = self.compare(alive, "documented")
        alive = [n for n in alive if self.mutants.are_wrong or
                 self.compared[n]["verdict"] not in EQUAL_WHERE_JUDGED]
        self.more = self.judge_more(alive)
        told = [n for n in alive if not is_found(self.more[n]) and
                (self.is_accepted(n) or self.compared[n]["verdict"] == "included")]
        self.literal = self.judge("literal", told, LITERAL, vectors, patience=0)
        alive = [n for n in told if not is_found(self.literal[n])]
        self.literal_compared = self.compare(alive, "literal")
        alive = [n for n in alive if self.literal_compared[n]["verdict"] == "differs"]
        self.literal_compared |= self.compare(alive, "literal", AHEAD)
        return self

    def judge_more(self, alive):
        """With more seeds, batch after batch, while they live; with many more where a step goes
        where no step of the model does."""
        found, seeds = {}, self.options.seeds
        for first in range(5, 5 + MORE_WHERE_DIFFERENT * seeds, BATCH):
            if first >= 5 + seeds:
                alive = [n for n in alive if self.compared[n]["verdict"] == "differs"]
            modes = [f"{'jobs' if seed % 3 == 0 else 'each'}:{seed}"
                     for seed in range(first, first + BATCH)]
            if first == 5:
                modes += MODES
            if not alive:
                break
            answers = self.judge("more seeds", alive, modes, self.options.vectors, patience=0)
            for number, answer in answers.items():
                accepted = found.get(number, {"accepted": 0})["accepted"]
                found[number] = {**answer, "accepted": answer["accepted"] + accepted}
            alive = [n for n in alive if not is_found(answers[n])]
        return found

    def is_accepted(self, number):
        """Whether a vector saw the mutant answer otherwise, and the oracle did not mind."""
        return self.judged[number]["accepted"] + self.more[number]["accepted"] > 0

    def killed_by_rival(self, number):
        return next((name for name, killed in self.rival_kills.items() if number in killed), None)

    def status(self, number):
        """(status, reason)"""
        if number in self.mutants.same_code:
            return "equivalent", "the same instructions"
        for found in (self.judged.get(number), self.more.get(number)):
            if found and is_found(found):
                return "killed", reason_of(found)
        compared = self.compared[number]
        if compared["verdict"] == "equal":
            if compared["reached"]:
                return "equivalent", f"equal wherever it is reached ({compared['reached']} spots)"
            return "apart", "no step calls it"
        if compared["verdict"] == "hidden":
            return "apart", "a target shows nothing of it, only an oracle keeps it"
        if compared["verdict"] == "crowded":
            return "apart", "only with more jobs at once than the oracle judges"
        return self._status_of_different(number, f"{compared['verdict']}: {compared.get('other')}")

    def _status_of_different(self, number, where):
        rival = self.killed_by_rival(number)
        if rival:
            return "open", f"{where}; killed by {rival}"
        included = self.compared[number]["verdict"] == "included"
        if not self.is_accepted(number) and not included:
            return "open", f"{where}; no vector comes there"
        told = "does nothing else" if included else "accepted"
        if is_found(self.literal[number]):
            return "legal", f"{where}; {told}, dies under literal"
        verdict = self.literal_compared[number]["verdict"]
        if verdict in (*NOTHING_ELSE, "untold"):
            return "legal", f"{where}; {told}, {verdict} under literal"
        return "open", f"{where}; {told}, lives under literal"


def is_found(answer):
    return answer["found"] > 0 or answer["end"] in ("crash", "never ends")


def reason_of(answer):
    if answer["found"]:
        mode, vector, verdict = answer["first"]
        return f"{vector} ({mode}): {verdict}"
    return f"{answer['vector']} ({answer['mode']}): {answer['end']}"


def run_rivals(run):
    """Without scripts that the model itself does not pass."""
    options = run.options
    folders = rivals.write_all(run.work, rivals.calls_of(options.vectors), options.seed)
    counted = [n for n in run.numbers if run.status(n)[0] in ("killed", "legal", "open")]
    if 0 < options.rivals_sample < len(counted):
        counted = sorted(random.Random(options.seed).sample(counted, options.rivals_sample))
    run.met_rivals = set(counted)
    for name, folder in folders.items():
        run.judge(f"{name}, the model", [], MODES, [str(folder)])
        bad = {script for _, script, _ in run.heads[f"{name}, the model"]["model"]}
        for script in bad:
            (folder / f"{script}.json").unlink()
        run.left_out[name] = len(bad)
        answers = run.judge(name, counted, MODES, [str(folder)])
        run.rival_kills[name] = {n for n in counted if is_found(answers[n])}


def planted_bugs(options):
    """[(bug, outcome, reason)]; of a run with some of the mutants none."""
    if options.only or options.sample:
        return []
    import bugs  # pylint: disable=import-outside-toplevel,cyclic-import
    return bugs.judged(options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=0, help="so many of them; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample and the rivals")
    parser.add_argument("--only", default="", help="mutants whose id contains this")
    parser.add_argument("--spots", type=int, default=30000,
                        help="of world A where a mutant matters, at most; 0: all, for hours")
    parser.add_argument("--seeds", type=int, default=180, help="more of them, for those that live")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--rivals", action="store_true", help="also other ways to make tests")
    parser.add_argument("--rivals-sample", type=int, default=0,
                        help="so many of the mutants for the rivals; 0: all")
    parser.add_argument("--smoke", action="store_true", help="write the tiers smoke and hand anew")
    parser.add_argument("--vectors", nargs="*", default=[str(VECTORS)])
    parser.add_argument("--output", default=str(build.ROOT / "reports"))
    parser.add_argument("--work", default=str(build.BUILD / "adequacy"))
    parser.add_argument("--at-least", type=float, default=0.0, help="the score in percent")
    return parser.parse_args()


def main():
    options = arguments()
    run = Run(options).run()
    if options.rivals:
        run_rivals(run)
    found = report.Report(run, planted_bugs(options))
    found.write(pathlib.Path(options.output))
    if options.smoke:
        smoke.choose(found)
    print(found.summary())
    return 0 if found.score() * 100 >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
