"""reached.py BUILD OUT: which return codes, choices, clauses and transitions of jobs the inputs of
each fuzz target reach: model.json and model.txt in OUT."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from harness import targets  # pylint: disable=wrong-import-position

KINDS = ("returns", "alternatives", "clauses", "job_transitions", "faults")


def folders(build, target):
    """The kept inputs, the seeds, and what campaigns found on this machine."""
    found = [targets.ROOT / "fuzz" / "corpus" / target.name]
    if target.seeds:
        found.append(build / target.seeds)
    found += targets.OUT.glob(f"{target.name}-*/corpus")
    found += targets.OUT.glob(f"{target.name}-*/afl/*/queue")
    return [str(folder) for folder in found if folder.is_dir()]


def measure(build, name, places):
    done = subprocess.run([str(build / "bin" / "model_coverage"), name, *places],
                          capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def share(data, kind):
    return sum(1 for count in data[kind].values() if count), len(data[kind])


def main():
    build, out = map(pathlib.Path, sys.argv[1:3])
    scripts = [target for target in targets.TARGETS.values() if target.script]
    measured = {target.name: measure(build, target.name, folders(build, target))
                for target in scripts if folders(build, target)}
    measured["all"] = measure(build, "all", [place for target in scripts
                                             for place in folders(build, target)])
    lines = [f"{'target':14}{'inputs':>8}" + "".join(f"{kind:>18}" for kind in KINDS)]
    for name, data in measured.items():
        cells = "".join("{:>18}".format("{} of {}".format(*share(data, kind))
                                        if kind in KINDS[:3] else len(data[kind]))
                        for kind in KINDS)
        lines.append(f"{name:14}{data['inputs']:>8}{cells}")
    for kind in KINDS[:3]:
        missed = [name for name, count in measured["all"][kind].items() if not count]
        lines += ["", f"{kind} that no input reaches: {len(missed)}", *(f"  {m}" for m in missed)]
    (out / "model.json").write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    (out / "model.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[:len(measured) + 1]))


if __name__ == "__main__":
    main()
