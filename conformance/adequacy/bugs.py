"""Bugs planted by hand: what the vectors make of each.

    /usr/bin/python3 conformance/adequacy/bugs.py             every bug of bugs/
    /usr/bin/python3 conformance/adequacy/bugs.py --check     only whether each still fits the model
    /usr/bin/python3 conformance/adequacy/bugs.py --only NAME those whose name contains this

A file of bugs/ says what is wrong, the clause that it breaks, a file of model/, and what stands in
place of what there: a text that the file has once, within one function. Exit codes: 0 all are
caught or legal, 1 one is missed, 3 the harness failed."""

import argparse
import os
import pathlib
import sys
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import adequacy  # noqa: E402  pylint: disable=wrong-import-position
import build  # noqa: E402  pylint: disable=wrong-import-position
import mutate  # noqa: E402  pylint: disable=wrong-import-position

FOLDER = pathlib.Path(__file__).resolve().parent / "bugs"
RULE = "\n-----\n"
OUTCOMES = {"killed": "caught", "legal": "legal", "equivalent": "no difference",
            "apart": "no difference", "open": "missed"}


@dataclass
class Bug:
    """One file of the folder."""
    name: str
    what: str
    clause: str
    file: str
    before: str
    after: str

    def mutant(self, text, number):
        """As the mutator has it: which text of the file becomes which."""
        start = text.index(self.before)
        return mutate.Mutant(self.file, text.count("\n", 0, start) + 1, self.name, "by hand",
                             number, start, start + len(self.before), self.before, self.after)


def read(path):
    head, before, after = path.read_text(encoding="utf-8").split(RULE)
    said = dict(line.split(": ", 1) for line in head.splitlines())
    return Bug(path.stem, said["what"], said["clause"], said["file"], before,
               after.removesuffix("\n"))


def bugs(only=""):
    return [read(path) for path in sorted(FOLDER.glob("*.txt")) if only in path.stem]


def fits(bug):
    """Whether the file has the text once."""
    text = (build.MODEL / bug.file).read_text(encoding="utf-8")
    return text.count(bug.before) == 1


class Planted(build.Mutants):
    """The library of the bugs, each a mutant by the bug's name."""

    are_wrong = True

    def __init__(self, folder, only=""):
        self.bugs = bugs(only)
        super().__init__(folder)

    def mutants_of(self, name, text):
        return [bug.mutant(text, number) for number, bug in enumerate(self.bugs, 1)
                if bug.file == name]

    def rows_of_tables(self):
        return []

    def _add_power_edges(self):
        """No table has a bug."""

    def digest(self):
        told = "".join(bug.before + bug.after for bug in self.bugs)
        return adequacy.digest_of(super().digest(), told)


def judged(options):
    """[(bug, outcome, reason)]"""
    work = pathlib.Path(options.work) / "bugs"
    options = argparse.Namespace(**{**vars(options), "work": str(work), "only": "", "sample": 0})
    planted = Planted(work, getattr(options, "only_bugs", ""))
    run = adequacy.Run(options, planted).run()
    names = {mutant.function: number for number, mutant in enumerate(planted.all, 1)}
    if planted.stillborn:
        raise RuntimeError("does not compile: " + ", ".join(
            planted.all[number - 1].function for number in planted.stillborn))
    found = [(bug, *run.status(names[bug.name])) for bug in planted.bugs]
    return [(bug, OUTCOMES[status], reason) for bug, status, reason in found]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only whether each still fits")
    parser.add_argument("--only", default="", dest="only_bugs", help="part of a name")
    parser.add_argument("--spots", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=48)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--vectors", nargs="*", default=[str(adequacy.VECTORS)])
    parser.add_argument("--work", default=str(build.BUILD / "adequacy"))
    return parser.parse_args()


def main():
    options = arguments()
    astray = [bug.name for bug in bugs(options.only_bugs) if not fits(bug)]
    if astray or options.check:
        print("\n".join(f"{name}: its text is not in the file once" for name in astray)
              or f"{len(bugs(options.only_bugs))} bugs fit")
        return 3 if astray else 0
    found = judged(options)
    for bug, outcome, reason in found:
        print(f"{outcome}: {bug.name}: {bug.what}: {reason}")
    return 1 if any(outcome == "missed" for _, outcome, _ in found) else 0


if __name__ == "__main__":
    sys.exit(main())
