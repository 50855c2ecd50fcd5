#!/usr/bin/python3
"""Writes the schemas of this folder, and the tables of sim/README.md, from the tables of model/.

generate.py           writes what has changed
generate.py --check   writes nothing; exit 1 and the names of what is not up to date
"""
import json
import sys
from pathlib import Path

import calls
import documents
import readme
from tables import ROOT, Tables

HERE = Path(__file__).resolve().parent
README = ROOT / "sim/README.md"


def outputs():
    """What every generated file must hold."""
    tables = Tables()
    arguments = calls.Calls(tables)
    whole = {}
    for name, schema in documents.all_schemas(tables, arguments).items():
        text = json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        whole[HERE / f"{name}.schema.json"] = text
    whole[README] = readme.fill(README.read_text(encoding="utf-8"), tables, arguments)
    return whole


def is_current(path, text):
    return path.exists() and path.read_text(encoding="utf-8") == text


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    stale = {path: text for path, text in outputs().items() if not is_current(path, text)}
    for path, text in stale.items():
        print(path.relative_to(ROOT), "is not up to date" if arguments else "written")
        if not arguments:
            path.write_text(text, encoding="utf-8")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
