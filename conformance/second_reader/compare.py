"""One call from one state: what the reader allows, and what the model does.

Sets of pairs (outcome, state afterwards) are sets of integers here.
"""

from array import array

import job as jobs
import moves
import service
import spoken
from state import FRESH, State, normal, rename, symbols_in, tidy

NAMES = ("P1", "P2", "P3", "X", "Y")  # of the protectors of a canonical cell
SHIFT = 32
LOW = (1 << SHIFT) - 1


class Numbers:
    """Things by number."""

    def __init__(self):
        self.things = []
        self.numbers = {}

    def __call__(self, thing):
        number = self.numbers.get(thing)
        if number is None:
            number = self.numbers[thing] = len(self.things)
            self.things.append(thing)
        return number


def packed(numbers):
    """Many are kept: a set takes eight times as much."""
    return array("Q", numbers)


class Reader:
    """What the rules allow, from any number of states at once."""

    def __init__(self, calls, states, outcomes):
        self.states, self.outcomes = states, outcomes
        self.rules = {number: moves.rule_of(call) for number, call in calls.items()}
        self.answers, self.closures = {}, {}

    def afterwards(self, state):
        """A state after a move, with all that may happen unasked."""
        if state == service.OUT_OF_THE_WORLD:
            return [self.states(state)]
        state = normal(state)
        found = self.closures.get(state)
        if found is None:
            found = packed({self.states(tidy(one)) for one in jobs.unasked(state)})
            self.closures[state] = found
        return found

    def answer(self, call, number):
        found = self.answers.get((call, number))
        if found is None:
            found = set()
            for outcome, after in self.rules[call](self.states.things[number]):
                high = self.outcomes(outcome) << SHIFT
                found.update([high | one for one in self.afterwards(after)])
            found = self.answers[call, number] = packed(found)
        return found

    def allows(self, call, numbers):
        return set().union(*[self.answer(call, number) for number in numbers])


class Model:
    """What the dump says, in the words of the reader."""

    def __init__(self, dump, states, outcomes):
        self.dump, self.states, self.outcomes = dump, states, outcomes
        self.meanings, self.renamed, self.spoken, self.patterns = {}, {}, {}, {}
        self.named_in = (None, None)

    def meaning(self, cell):
        """All the states that a cell means."""
        found = self.meanings.get(cell)
        if found is None:
            states = spoken.meaning(self.dump.cell(cell))
            found = self.meanings[cell] = packed([self.states(state) for state in states])
        return found

    def from_states(self, cell, call):
        """The same, after the client forgot what it forgets with this call."""
        if moves.forgets(self.dump.calls[call]) and spoken.has_ended(self.dump.cell(cell)):
            return [self.states(State(spoken.vm_of(self.dump.cell(cell))))]
        return self.meaning(cell)

    def known(self, cell, call):
        """Protectors that the cell or the call names; one beyond them is a fresh one."""
        if self.named_in[0] != cell:
            vm = spoken.vm_of(self.dump.cell(cell))
            found = set()
            for job in spoken.jobs_of(self.dump.cell(cell)):
                if job is not None and job.kind == "set":
                    found.add(job.argument)
                if vm is not None:
                    found |= symbols_in(vm, job)
            self.named_in = (cell, frozenset(found))
        named = self.dump.calls[call].get("args", {}).get("KeyProtector")
        return self.named_in[1] | {named} if named else self.named_in[1]

    def after(self, cell, naming, known):
        """What a cell means in the names of the cell before."""
        key = (cell, naming, known)
        found = self.renamed.get(key)
        if found is None:
            names = {new: old if old in known else FRESH
                     for new, old in zip(NAMES, self.dump.namings[naming])}
            found = self.renamed[key] = packed({
                self.states(tidy(rename(self.states.things[number], names)))
                for number in self.meaning(cell)})
        return found

    def outcome(self, number, known):
        key = (number, known)
        found = self.spoken.get(key)
        if found is None:
            outcome = spoken.outcome_of(self.dump.outcomes[number], known)
            found = self.spoken[key] = self.outcomes(outcome) << SHIFT
        return found

    def allows(self, cell, call, may):
        known = self.known(cell, call)
        found = set()
        for i in range(0, len(may), 3):
            high = self.outcome(may[i], known)
            if may[i + 1] < 0:
                found.add(high | self.states(service.OUT_OF_THE_WORLD))
            else:
                found.update([high | one for one in self.after(may[i + 1], may[i + 2], known)])
        return found

    def shown(self, number, name):
        """Every outcome that a pattern leaves open, and those that were looked at."""
        found = self.patterns.get(number)
        if found is None:
            outcomes = [self.outcomes(outcome)
                        for outcome in spoken.shown_by(name, self.dump.patterns[number])]
            found = self.patterns[number] = (set(outcomes), {outcomes[0], outcomes[-1]})
        return found


class Comparison:
    def __init__(self, dump):
        self.dump = dump
        self.states, self.outcomes = Numbers(), Numbers()
        self.nothing = self.states("whatever comes after it")
        self.reader = Reader(dump.calls, self.states, self.outcomes)
        self.model = Model(dump, self.states, self.outcomes)

    def undominated(self, pairs):
        """Without the jobs that must still be there where they may be gone as well: whatever they
        allow is allowed then."""
        kept = set()
        for both in pairs:
            state = self.states.things[both & LOW]
            if isinstance(state, State) and state.job is not None and not state.job.old:
                older = self.states(state._replace(job=state.job._replace(old=True)))
                if both - (both & LOW) | older in pairs:
                    continue
            kept.add(both)
        return kept

    def only(self, reader, model):
        """What only one of them allows."""
        if reader == model:
            return set(), set()
        reader, model = self.undominated(reader), self.undominated(model)
        return reader - model, model - reader

    def of_patterns(self, call, shows, reader, model):
        """What a read may show is compared value by value; what comes after it, for the values that
        the dump looked at wherever they were possible."""
        name = self.dump.calls[call]["call"]
        seen = {both >> SHIFT for both in model}
        shown = {number for number in seen if self.outcomes.things[number][0] == "fault"}
        passed_over = set()
        for values, looked_at in [self.model.shown(number, name) for number in shows]:
            shown |= values
            passed_over |= values - looked_at
        may_show = {both >> SHIFT for both in reader}
        only_reader, only_model = self.only(
            {both for both in reader if both >> SHIFT in seen}, model)
        only_reader = {both for both in only_reader if both >> SHIFT not in passed_over}
        only_reader |= {number << SHIFT | self.nothing for number in may_show - shown}
        only_model |= {number << SHIFT | self.nothing for number in shown - may_show}
        return only_reader, only_model

    def differ(self, group):
        """Pairs that only the reader allows, and pairs that only the model allows."""
        cell, call, may, shows = group
        reader = self.reader.allows(call, self.model.from_states(cell, call))
        model = self.model.allows(cell, call, may)
        if self.dump.calls[call].get("call") in spoken.PATTERNED:
            return self.of_patterns(call, shows, reader, model)
        return self.only(reader, model)

    def pair(self, both):
        return self.outcomes.things[both >> SHIFT], self.states.things[both & LOW]
