#!/usr/bin/python3
"""Writes the expected deviations of the observed profiles, from the tables of model/.

generate.py           writes what has changed
generate.py --check   writes nothing; exit 1 and the names of what is not up to date

A profile's pin whose alternative violates a clause is a row; the register of deviations says why.
"""
import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODEL = HERE.parent.parent / "model"
TEXT = r'"((?:[^"\\]|\\.)*)"'


def table(name):
    return (MODEL / name).read_text(encoding="utf-8")


def violating():
    """(site, alternative): clause, of every alternative that violates one."""
    rows = re.findall(r"LG_ALT\((\w+),\s*(\w+),\s*VIOLATES,\s*(\w+),", table("choices.def"))
    return {(site, alternative): clause for site, alternative, clause in rows}


def register():
    """id: (documented, observed, held) of every row of the register of deviations."""
    rows = re.findall(rf'LG_DEVIATION\({TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT}\)',
                      table("deviations.def"))
    return {row[0]: row[1:] for row in rows}


def pins():
    """profile: [(site, alternative)], the pins of all observed profiles spelt out."""
    text = table("profiles.def").replace("\\\n", "\n")
    common = re.findall(r"LG_PIN\(profile,\s*(\w+),\s*(\w+)\)", text)
    found = {}
    for identifier, name in re.findall(rf"LG_PROFILE\((observed_\w+),\s*{TEXT}", text):
        own = re.findall(rf"LG_PIN\({identifier},\s*(\w+),\s*(\w+)\)", text)
        found[name] = common + own
    return found


def reason_of(site, alternative):
    """The rows of the register that name the site with the alternative."""
    rows = [(name, row) for name, row in register().items()
            if re.search(rf"\b{site}, {alternative}\b", row[2])]
    assert rows, f"no row of deviations.def holds {site}, {alternative}"
    return rows[0]


def expected(name, profile_pins):
    rows = []
    for site, alternative in profile_pins:
        clause = violating().get((site, alternative))
        if clause:
            identifier, (documented, observed, _) = reason_of(site, alternative)
            rows.append({"id": identifier, "clause": clause,
                         "explained": f"{site}={alternative}",
                         "reason": f"documented: {documented}; observed: {observed}",
                         "link": "model/deviations.def", "owner": "lastgood"})
    return {"format": "lastgood-expected/1", "target": name, "deviations": rows}


def outputs():
    return {HERE / f"{name}.json": json.dumps(expected(name, own), indent=2) + "\n"
            for name, own in pins().items()}


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 64
    stale = {path: text for path, text in outputs().items()
             if not path.exists() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        print(path.name, "is not up to date" if arguments else "written")
        if not arguments:
            path.write_text(text, encoding="utf-8")
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
