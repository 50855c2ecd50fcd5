"""conditions.py FILE: the sums of what llvm-cov exported, in a line each."""

import json
import sys

totals = json.load(open(sys.argv[1], encoding="utf-8"))["data"][0]["totals"]
for name in ("lines", "branches", "mcdc"):
    if name in totals:
        print(f"model/ {name} (llvm-cov): {totals[name]['covered']} of {totals[name]['count']}, "
              f"{totals[name]['percent']:.1f} %")
