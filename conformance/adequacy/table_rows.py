"""Mutants of the rows of the tables: return codes, causes, power edges."""

import re

import mutate

CAUSE_ANSWERS = ("FAILED", "INVALID_PARAMETER", "INVALID_STATE", "NOT_SUPPORTED", "IN_USE",
                 "TIMEOUT", "BUSY")
PLACES = ("CALL", "PARAMETER", "STATE")
EDGE_RINGS = (("OFF", "RUNNING", "PAUSED", "SAVED"), ("2", "3", "6", "9", "10", "11"),
              ("OFF", "RUNNING", "PAUSED", "SAVED"), ("NO", "START", "RESET", "RESUME"))


def next_of(value, ring):
    return ring[(ring.index(value) + 1) % len(ring)]


def row(file, line, name, number, before, after):
    return mutate.Mutant(file, line, name, "table row", number, 0, 0, before, after)


def mutants_of_returns(rows):
    """rows: (method, low, high, meaning) in order. Yields (mutant, C that makes it)."""
    for at, (method, low, high, meaning) in enumerate(rows):
        changes = [(f"{low + 1}..{high + 1}", f"set_return({at}, {low + 1}, {high + 1});")]
        if low > 0:
            changes.append((f"{low - 1}..{high - 1}", f"set_return({at}, {low - 1}, {high - 1});"))
        if meaning in mutate.MEANINGS:
            other = next_of(meaning, mutate.MEANINGS)
            changes.append((other, f"set_meaning({at}, LG_MEANING_{other});"))
        for number, (after, code) in enumerate(changes, 1):
            yield row("return_codes.def", at + 1, f"{method}_{low}", number,
                      f"{low}..{high} {meaning}", after), code


def mutants_of_causes(rows):
    """rows: (cause, place, clause, answers)."""
    for at, (cause, place, _, answers) in enumerate(rows):
        other = next_of(place, PLACES)
        yield (row("causes.def", at + 1, cause, 1, place, other),
               f"lg_causes[LG_CAUSE_{cause}].place = LG_PLACE_{other};")
        free = [answer for answer in CAUSE_ANSWERS if answer not in answers]
        for i, answer in enumerate(answers):
            if answer == "NONE":
                continue
            other = free[len(answer) % len(free)]
            yield (row("causes.def", at + 1, cause, 2 + i, answer, other),
                   f"lg_causes[LG_CAUSE_{cause}].answers[{i}] = LG_MEANING_{other};")


EDGE = re.compile(r"^LG_POWER_EDGE\((\w+), (\w+), (\w+), (\w+)\)", re.MULTILINE)


def mutants_of_edges(text):
    """Yields (mutant, the whole table as it is then)."""
    for match in EDGE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        name = f"{match.group(1)}_{match.group(2)}"
        for i, ring in enumerate(EDGE_RINGS, 1):
            after = next_of(match.group(i), ring)
            changed = text[:match.start(i)] + after + text[match.end(i):]
            yield (mutate.Mutant("power.def", line, name, "table row", i, match.start(i),
                                 match.end(i), match.group(i), after), changed)
