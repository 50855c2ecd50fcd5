#!/usr/bin/python3
"""Compares the second reader with the model on world A: see README.md."""

import argparse
import collections
import os
import pathlib
import sys
import tempfile
import time

import choices
import cited
import compare
import dump
from state import brief

BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD") or
                     pathlib.Path(__file__).resolve().parents[2] / "build")


def arguments():
    parser = argparse.ArgumentParser(
        prog="second_reader", description="Compares the second reader with the model, for every "
        "state of world A and every call. Exit code 1: they differ.")
    parser.add_argument("--every", type=int, default=1, help="only every N-th state")
    parser.add_argument("--lastgood", default=str(BUILD / "bin" / "lastgood"), help="the program")
    parser.add_argument("--dump", help="a dump that is there already, instead of a new one")
    parser.add_argument("--stand", action="append", default=[], metavar="RULING", choices=sorted(
        choices.UNSETTLED), help="do not follow the model in a ruling that is open")
    parser.add_argument("--leave-out", action="append", default=[], metavar="SITE=ALTERNATIVE",
                        help="make the reader wrong: the comparison must notice")
    parser.add_argument("--show", type=int, default=1, help="differences shown for each call")
    parser.add_argument("--quiet", action="store_true", help="no list of calls and clauses")
    return parser.parse_args()


class Result:
    def __init__(self):
        self.compared, self.differing = collections.Counter(), collections.Counter()
        self.states = set()
        self.shown = []

    def take(self, comparison, group, only, limit):
        name = comparison.dump.name(group[1])
        self.states.add(group[0])
        self.compared[name] += 1
        if only[0] or only[1]:
            self.differing[name] += 1
            if self.differing[name] <= limit:
                self.shown.append((group[0], name, [list(map(comparison.pair, sorted(one)[:3]))
                                                    for one in only]))


def run(comparison, every, limit):
    result = Result()
    for group in comparison.dump.groups(every):
        result.take(comparison, group, comparison.differ(group), limit)
    return result


def tell_differences(comparison, result):
    for state, name, only in result.shown:
        numbers = comparison.model.meaning(state)
        print(f"\nDIFFERENT in state {state}: {name}")
        for number in numbers[:3]:
            print(f"  which may mean {brief(comparison.states.things[number])}")
        for who, pairs in zip(("reader", "model"), only):
            for outcome, after in pairs:
                print(f"  only the {who} allows {outcome}, then {brief(after)}")


def tell(result):
    print("\ncompared, by call:")
    for name, count in sorted(result.compared.items()):
        print(f"  {count:9}  {name}")
    print("\nclauses, and how often a rule used each:")
    for clause, count in sorted(cited.used.items()):
        print(f"  {count:9}  {clause}")
    print("\nchoice sites: " + " ".join(sorted(choices.asked)))


def summary(result):
    unused = sorted(clause for clause, count in cited.used.items() if not count)
    return "; ".join([
        f"{len(result.states)} states, {sum(result.compared.values())} sets of outcomes compared, "
        f"{sum(result.differing.values())} differ",
        f"{len(cited.used) - len(unused)} clauses used{', not ' if unused else ''}" +
        " ".join(unused),
        f"{len(choices.UNSETTLED)} rulings open: {' '.join(sorted(choices.UNSETTLED))}"])


def main():
    options = arguments()
    for ruling in options.stand:
        choices.stand(ruling)
    for left_out in options.leave_out:
        choices.leave_out(*left_out.split("=", 1))
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        path = options.dump or os.path.join(folder, "world-a.jsonl")
        if not options.dump:
            print(dump.make(options.lastgood, path, options.every))
        comparison = compare.Comparison(dump.Dump(path))
        result = run(comparison, options.every, options.show)
    tell_differences(comparison, result)
    if not options.quiet:
        tell(result)
    print(f"\n{summary(result)}; {time.process_time() - start:.0f} s of processor time")
    return 1 if result.differing or not result.compared else 0


if __name__ == "__main__":
    sys.exit(main())
