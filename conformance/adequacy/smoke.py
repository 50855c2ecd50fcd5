"""The smoke tier: the fewest vectors that kill what all of them kill, greedily."""

import json
import re

import rivals

SMOKE_MAX = 300
# Every target can be asked them: what holds more than a message over WS-Management may is left out.
TOO_LARGE_FOR_A_MESSAGE = ("ten_megabytes", "over_long", "1048576")


def order_of(kills, left):
    """(vector, what it kills of what is left), the one that kills most first."""
    left = set(left)
    kills = {vector: set(mutants) & left for vector, mutants in kills.items()}
    while left:
        vector = max(sorted(kills), key=lambda name: len(kills[name] & left))
        gain = kills[vector] & left
        if not gain:
            return
        left -= gain
        yield vector, gain


def fits_a_message(path):
    text = path.read_text(encoding="utf-8")
    return not any(word in text for word in TOO_LARGE_FOR_A_MESSAGE)


def write_tier(path, tier):
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r'"tier": "(smoke|hand|full)"', f'"tier": "{tier}"', text, count=1)
    if changed != text:
        path.write_text(changed, encoding="utf-8")


def tier_before(path):
    """What a vector is when it is not of the smoke tier."""
    return "full" if path.parent.name == "generated" else "hand"


def choose(found):
    """Writes the tiers anew."""
    paths = rivals.paths_of(found.run.options.vectors)
    small = {path.stem for path in paths if fits_a_message(path)}
    kills = {vector: mutants for vector, mutants in found.kills_by_vector().items()
             if vector in small}
    chosen = [vector for vector, _ in order_of(kills, found.killed)][:SMOKE_MAX]
    for path in paths:
        if json.loads(path.read_text(encoding="utf-8")).get("tier", "hand") != "wire":
            write_tier(path, "smoke" if path.stem in chosen else tier_before(path))
    return chosen
