"""What there is in world A: a virtual machine, and one job of the service.

A state is what *is* at one moment. A job that runs may go on, take effect and end at any time;
what may happen unasked stands in job.py. Nobody's knowledge is part of a state: a set of states is
what somebody may believe.
"""

from typing import NamedTuple, Optional

UNSEEN = "made by the host"  # a protector whose bytes no client has seen
FRESH = "fresh"              # the same, when a client has just seen them

RUNS, SHUTS_DOWN = "runs", "shuts down"
COMPLETED, WARNINGS, TERMINATED, EXCEPTION = 7, 32768, 8, 10
ENDED = (COMPLETED, WARNINGS, TERMINATED, EXCEPTION)


class Vm(NamedTuple):
    power: str = "off"  # off, running, saved
    current: Optional[str] = None
    last_known_good: Optional[str] = None
    seal: Optional[str] = None  # the protector that the TPM state is sealed with
    tpm: bool = False
    started_with: Optional[str] = None
    owners: tuple = ()  # pairs of protectors of one owner


class Job(NamedTuple):
    kind: str               # set, restore, modify, power
    argument: object = None  # what it is to bring about
    stage: object = RUNS    # or how it ended
    effect: bool = False    # it has done its work and goes on
    doom: Optional[str] = None  # the cause that it will fail for
    stops: bool = False     # a client's request to end it was taken
    code: int = 0           # ErrorCode once it has ended
    old: bool = False       # it ended so long ago that it may be removed
    mine: bool = True       # its call named the virtual machine of this world


class State(NamedTuple):
    vm: Optional[Vm] = None
    job: Optional[Job] = None
    taken: tuple = ()  # readings that something unasked took: within one move they hold


def brief(state):
    """A state for people: what is not as at first."""
    if not isinstance(state, State):
        return str(state)
    words = []
    for part in (state.vm, state.job):
        if part is None:
            words.append("none")
            continue
        first = type(part)._field_defaults
        words.append(" ".join(f"{name}={value}" for name, value in part._asdict().items()
                              if name not in first or value != first[name]) or "as made")
    return f"VM: {words[0]}; job: {words[1]}"


def ended(job):
    return job.stage in ENDED


def lives(job):
    return job is not None and job.stage not in ENDED


def holds(job):
    """Whether the VM is in use by the job."""
    return lives(job) and job.mine


def pairs_of(sets):
    return tuple(sorted(tuple(sorted(pair)) for pair in sets))


def close(pairs):
    """The owners with what follows: who shares with one shares with all that share with it."""
    pairs = {frozenset(pair) for pair in pairs}
    grown = True
    while grown:
        more = {one ^ other for one in pairs for other in pairs if len(one & other) == 1}
        grown = not more <= pairs
        pairs |= more
    return pairs


def share_owner(vm, one, other):
    return one == other or tuple(sorted((one, other))) in vm.owners


def symbols_in(vm, job):
    there = {vm.current, vm.last_known_good, vm.seal, vm.started_with}
    if job is not None and job.kind == "set":
        there.add(job.argument)
    return there


def normal(state):
    """The state without what makes no difference any more."""
    vm, job, taken = state
    if job is not None:
        if ended(job):
            job = job._replace(argument=None, effect=False, doom=None, stops=False)
        elif job.effect:
            job = job._replace(stops=False)
        if (job.effect or job.doom) and job.kind != "power":
            job = job._replace(argument=None)
    if vm is not None and vm.power == "off":
        vm = vm._replace(started_with=None)
    return State(vm, job, taken)


def tidy(state):
    """The state after a move: without what it says of protectors that are gone, which the world
    forgets, and free to take another reading."""
    vm, job, _ = state
    if vm is None or not vm.owners:
        return State(vm, job)
    there = symbols_in(vm, job)
    kept = [pair for pair in close(vm.owners) if pair <= there]
    return State(vm._replace(owners=pairs_of(kept)), job)


def rename(state, names):
    """The state with other names for its protectors."""
    vm, job, taken = state
    if job is not None and job.kind == "set":
        job = job._replace(argument=names.get(job.argument, job.argument))
    if vm is not None:
        vm = vm._replace(
            current=names.get(vm.current, vm.current),
            last_known_good=names.get(vm.last_known_good, vm.last_known_good),
            seal=names.get(vm.seal, vm.seal),
            started_with=names.get(vm.started_with, vm.started_with),
            owners=pairs_of({names.get(one, one) for one in pair} for pair in vm.owners))
    return State(vm, job, taken)
