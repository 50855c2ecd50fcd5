#!/usr/bin/python3
"""Which vector reaches which return code of which method, and the table of it in README.md.

    conformance/cells.py           prints the cells that no vector reaches; exit code 1 if any
    conformance/cells.py --write   writes the table into conformance/README.md
    conformance/cells.py --check   exit code 1 if the table there is not the one it would write
"""

import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD", HERE.parent / "build"))
LASTGOOD = str(BUILD / "bin" / "lastgood")
SIMULATOR = str(BUILD / "bin" / "lastgood-sim")
BEGIN = "<!-- cells: written by cells.py -->"
END = "<!-- end of cells -->"
SHOWN = 3

# Codes are reached in each of these ways of running, at the call or as a job's ErrorCode.
MODES = [f"{SIMULATOR} --stdio --jobs-mode {mode}" for mode in ("sync", "async", "random")] + [
    f"{SIMULATOR} --stdio --profile literal", f"{SIMULATOR} --stdio --profile strict",
    *[f"{SIMULATOR} --stdio --seed {seed}" for seed in range(1, 9)]]

# Cells that no vector can reach, and why.
REASONS = {
    ("Msvm_SecurityService.RequestStateChange", 4096):
        "the service has no transition that takes time, and no job to show it (svc_request)",
    ("Msvm_ConcreteJob.KillJob", 0): "KillJob is not supported (kill_unsupported)",
}


def returns():
    """(method, low, high, label) of every row of the return tables."""
    listed = subprocess.run([LASTGOOD, "list", "returns", "--json"], capture_output=True, text=True,
                            check=True)
    for row in json.loads(listed.stdout):
        method, low = row["id"].split("=")
        yield method, int(low), row["text"]


def rows_of_run(command):
    """Runs all vectors once: (vector index, method, code) of each step that has a code."""
    with tempfile.TemporaryDirectory() as folder:
        record = os.path.join(folder, "record.jsonl")
        subprocess.run([LASTGOOD, "run", f"stdio:{command}", "--record", record],
                       capture_output=True, check=False)
        index, method_of_job, rows = -1, {}, []
        with open(record, encoding="utf-8") as lines:
            for line in lines:
                step = json.loads(line)
                if "reset" in step:
                    index, method_of_job = index + 1, {}
                    continue
                rows.extend(codes_of_step(index, step, method_of_job))
    return rows


def codes_of_step(index, step, method_of_job):
    outcome = step.get("outcome") or {}
    method = step.get("call")
    if "return" in outcome:
        yield index, method, outcome["return"]
        job = (outcome.get("out") or {}).get("Job")
        if job:
            method_of_job[job] = method
    error = (outcome.get("properties") or {}).get("ErrorCode")
    if method == "Msvm_ConcreteJob.Get" and error and step["target"] in method_of_job:
        yield index, method_of_job[step["target"]], error


def vector_ids():
    listed = subprocess.run([LASTGOOD, "list", "vectors"], capture_output=True, text=True,
                            check=True)
    return [line.split("\t")[0] for line in listed.stdout.splitlines()]


def row_of(code, lows):
    """The row of a table that a code falls into: the last one that begins at or before it."""
    fitting = [low for low in lows if low <= code]
    return max(fitting) if fitting else None


def reached():
    lows = collections.defaultdict(list)
    for method, low, _ in returns():
        lows[method].append(low)
    ids, cells = vector_ids(), collections.defaultdict(set)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as runs:
        rows = itertools.chain.from_iterable(runs.map(rows_of_run, MODES))
        for index, method, code in rows:
            low = row_of(code, lows.get(method, []))
            if low is not None:
                cells[method, low].add(ids[index])
    return cells


def table(cells):
    lines = ["| method | code | says | vectors |", "|---|---|---|---|"]
    for method, low, label in returns():
        ids = sorted(cells.get((method, low), ()))
        more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
        shown = ", ".join(ids[:SHOWN]) + more if ids else f"none: {REASONS.get((method, low), '')}"
        lines.append(f"| {method} | {low} | {label} | {shown} |")
    return "\n".join(lines)


def with_table(text, new):
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{new}\n{END}{rest.split(END)[1]}"


def main():
    cells = reached()
    readme = HERE / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = with_table(text, table(cells))
    if "--write" in sys.argv:
        readme.write_text(new, encoding="utf-8")
    if "--check" in sys.argv and new != text:
        print("conformance/README.md: the table of cells is old; run conformance/cells.py --write")
        return 1
    all_cells = [(method, low) for method, low, _ in returns()]
    missing = [cell for cell in all_cells if cell not in cells and cell not in REASONS]
    for method, low in missing:
        print(f"{method}={low}: no vector reaches it")
    print(f"{len(all_cells)} cells: {len(all_cells) - len(missing)} reached or with a reason")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
