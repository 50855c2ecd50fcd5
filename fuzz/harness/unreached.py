"""unreached.py EXPORT REGISTER: what nothing reaches of the code that llvm-cov exported, and the
register of what has a reason. Exit code 1: something is not reached and has no reason, has one and
is reached, or the conditions shown are too few.

A place is a function, a side and a text, so that the register outlives edits elsewhere: the side is
"line" (nothing runs it), "true" or "false" (the condition never has this value). A condition that
nothing evaluates is told by the one before it, or by its line."""

import collections
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
Place = collections.namedtuple("Place", "file function side text")


def missing_lines(segments):
    """Lines whose regions all count 0. A segment: line, column, count, counts, begins, gap."""
    reached, missed = set(), set()
    for here, after in zip(segments, segments[1:]):
        line, _, count, counts, _, gap = here[:6]
        last = after[0] if after[1] > 1 else after[0] - 1
        if counts and not gap:
            (reached if count else missed).update(range(line, max(line, last) + 1))
    return missed - reached


def missing_sides(branches):
    """(line, column, last line, last column, side) of conditions that had one value only."""
    counts = collections.Counter()
    for branch in branches:  # one in an inline function or a macro comes once for each use
        counts[(*branch[:4], "true")] += branch[4]
        counts[(*branch[:4], "false")] += branch[5]
    for place, count in counts.items():
        other = (*place[:4], "false" if place[4] == "true" else "true")
        if count == 0 and counts[other]:
            yield place


def functions_of(export):
    """By file: (first line, last line, name) of its functions."""
    found = collections.defaultdict(set)
    for function in export["functions"]:
        first, _, last = function["regions"][0][:3]
        found[function["filenames"][0]].add((first, last, function["name"].split(":")[-1]))
    return found


def function_at(functions, line):
    return next((name for first, last, name in functions if first <= line <= last), "")


def text_at(lines, first, column, last, last_column):
    """The condition's text; that of its line where a macro hides it or it is longer."""
    one = lines[first - 1][column - 1:last_column - 1] if first == last else ""
    return one or lines[first - 1].strip()


def unreached(export):
    functions = functions_of(export)
    found = set()
    for file in export["files"]:
        path = pathlib.Path(file["filename"]).resolve()
        lines = path.read_text("utf-8").splitlines()
        name = str(path.relative_to(ROOT))
        own = functions[file["filename"]]
        for line in missing_lines(file["segments"]):
            if text := lines[line - 1].strip():
                found.add(Place(name, function_at(own, line), "line", text))
        for *where, side in missing_sides(file["branches"]):
            text = text_at(lines, *where)
            found.add(Place(name, function_at(own, where[0]), side, text))
    return found


def registered(register):
    return {Place(*place) for entry in register["unreached"] if entry["reason"].strip()
            for place in entry["places"]}


def told(place):
    what = "never runs" if place.side == "line" else f"is never {place.side}"
    return f"{place.file}, {place.function}: {what}: {place.text}"


def main():
    export = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))["data"][0]
    register = json.loads(pathlib.Path(sys.argv[2]).read_text("utf-8"))
    found, known = unreached(export), registered(register)
    for place in sorted(found - known):
        print(f"no reason: {told(place)}")
    for place in sorted(known - found):
        print(f"reached, or not there: take it out of {sys.argv[2]}: {told(place)}")
    for kind in ("lines", "branches", "mcdc"):
        total = export["totals"][kind]
        print(f"model/ {kind}: {total['covered']} of {total['count']}, {total['percent']:.1f} %")
    print(f"places of model/ that nothing reaches: {len(found)}; "
          f"{len(found & known)} have a reason")
    shown = export["totals"]["mcdc"]["percent"] >= register["mcdc_at_least"]
    if not shown:
        print(f"conditions shown are below {register['mcdc_at_least']} %")
    return 0 if found == known and shown else 1


if __name__ == "__main__":
    sys.exit(main())
