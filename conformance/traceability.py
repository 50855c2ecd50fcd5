"""What belongs to what: sentences of the pages, clauses, choice sites, vectors and code.

Sentences come from the program (lastgood list sentences), which adds the rows of the return tables;
everything else from the tables of model/, the vectors, and the places in the sources that name a
clause.
"""

import collections
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "schema"))
from tables import ROOT, rows, source  # noqa: E402, after the path to it

BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD", ROOT / "build"))
LASTGOOD = str(BUILD / "bin" / "lastgood")
LEFT_OPEN = "Left open"
REGISTERS = (("contradictions.def", "LG_CONTRADICTION", 1),
             ("interpretations.def", "LG_INTERPRETATION", 0), ("deviations.def", "LG_DEVIATION", 0))
# Folders whose C decides or checks by clauses; the other programs only print them.
CODE = ("model", "explore")

Clause = collections.namedtuple("Clause", "id page section kind text")
Alternative = collections.namedtuple("Alternative", "site name tag clause what")
Contradiction = collections.namedtuple("Contradiction", "symbol id page what readings taken site")


def listed(kind):
    done = subprocess.run([LASTGOOD, "list", kind, "--json"], capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)


def sentences():
    """All rows of the register of sentences, targets as a list."""
    found = listed("sentences")
    for sentence in found:
        sentence["targets"] = sentence["targets"].split()
    return found


def clauses():
    text = source("model/clauses.def")
    pages = dict(re.findall(r'^#define (LG_PAGE_\w+) "([^"]+)"', text, flags=re.M))
    return [Clause(*row[:1], pages.get(row[1], row[1]), row[2], row[3].lower(), row[4])
            for row in rows("clauses.def", "LG_CLAUSE")]


def alternatives():
    return [Alternative(*row) for row in rows("choices.def", "LG_ALT")]


def sites():
    """id: its row (id, scope, key, register, page, question)."""
    return {row[0]: row for row in rows("choices.def", "LG_SITE")}


def contradictions():
    return [Contradiction(*row) for row in rows("contradictions.def", "LG_CONTRADICTION")]


def causes():
    return [(row[0], row[2]) for row in rows("causes.def", "LG_CAUSE")]


def evidence():
    return dict(rows("evidence.def", "LG_EVIDENCE"))


def pins():
    """profile: {site: alternative}, macros of profiles.def spelt out."""
    text = source("model/profiles.def").replace("\\\n", "\n")
    common = re.findall(r"LG_PIN\(profile,\s*(\w+),\s*(\w+)\)", text)
    found = {}
    for row in rows("profiles.def", "LG_PROFILE"):
        own = re.findall(rf"^LG_PIN\({row[0]},\s*(\w+),\s*(\w+)\)", text, flags=re.M)
        found[row[1]] = dict((common if f"LG_PINS_OBSERVED({row[0]})" in text else []) + own)
    return found


def methods():
    """The ids Class.Method, with events and reads."""
    return [f"{row[1]}.{row[2]}" for row in rows("methods.def", "LG_METHOD")]


def page_of_methods():
    """id in the tables: (Class.Method, page)."""
    return {row[0]: (f"{row[1]}.{row[2]}", row[6]) for row in rows("methods.def", "LG_METHOD")}


def properties():
    return [row["id"] for row in listed("properties")]


def returns():
    return [row["id"] for row in listed("returns")]


def registered():
    """The ids of the registers' rows."""
    return {row[column] for name, macro, column in REGISTERS for row in rows(name, macro)}


def wire_vectors():
    return {f"wire/{path.stem}" for path in (HERE / "wire").glob("*.json") if path.stem.islower()}


def known_targets():
    return ({clause.id for clause in clauses()} | set(sites()) | registered() | set(methods()) |
            set(properties()) | set(returns()) | wire_vectors())


def vectors_citing():
    """clause or return code: the ids of the vectors that cite it, those written by hand first."""
    def by_hand_first(path):
        return path.parent.name != "vectors", path.stem
    found = collections.defaultdict(list)
    for path in sorted((HERE / "vectors").rglob("*.json"), key=by_hand_first):
        document = json.loads(path.read_text(encoding="utf-8"))
        cited = set(document["clauses"])
        for step in document["steps"]:
            cited |= set(step.get("clauses", ()))
        for one in sorted(cited):
            found[one].append(path.stem)
    return found


def function_at(text, offset):
    """The function, or the array, that a place in C text is in."""
    heads = re.findall(r"^[a-z][^;\n]*?\b(\w+)(?:\(|\[[^\n]*\] = \{$)", text[:offset], flags=re.M)
    return heads[-1] if heads else ""


def places_in_code():
    """clause: places in the C sources that name it, "file: function"."""
    found = collections.defaultdict(list)
    for folder in CODE:
        for path in sorted((ROOT / folder).glob("*.c")):
            text = path.read_text(encoding="utf-8")
            for match in re.finditer(r"\bLG_CLAUSE_([a-z]\w*)", text):
                place = f"{folder}/{path.name}: {function_at(text, match.start())}"
                if place not in found[match.group(1)]:
                    found[match.group(1)].append(place)
    return found
