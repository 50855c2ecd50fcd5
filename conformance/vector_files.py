"""The vectors that ship, and which of them are about a clause."""

import functools
import json
import pathlib

VECTORS = pathlib.Path(__file__).resolve().parent / "vectors"


@functools.cache
def clauses_of(path):
    """Of the vector and of its steps."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    return frozenset(vector["clauses"]).union(*(step.get("clauses", ())
                                                for step in vector["steps"]))


def citing(clause, paths=None):
    """Those of `paths`, or of all vectors written by hand, that name the clause."""
    return [path for path in paths or sorted(VECTORS.glob("*.json")) if clause in clauses_of(path)]
