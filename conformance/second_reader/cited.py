"""Which clauses the rules of this reader rest on, and how often each was used."""

import collections

used = collections.Counter()


def cite(*clauses):
    """Marks a rule with the ids of the clauses that it reads; `lastgood explain ID` shows them."""
    for clause in clauses:
        used.setdefault(clause, 0)

    def mark(rule):
        def cited(*arguments, **named):
            used.update(clauses)
            return rule(*arguments, **named)

        cited.__name__ = rule.__name__
        cited.__doc__ = rule.__doc__
        return cited

    return mark
