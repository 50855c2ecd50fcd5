"""What instances show, and what events do."""

import choices
import job as jobs
import service
from cited import cite
from state import Vm, close, holds, lives, pairs_of

SAVED = {"offline": 6, "version1": 32769}
# Unknown, Other, Shutting Down, Starting, and the numbers of the second version: Starting, Saving,
# Stopping, Pausing, Resuming.
IN_BETWEEN = [0, 1, 4, 10, 32770, 32773, 32774, 32776, 32777]


def of_vm(read):
    """A VM that is not there cannot be read."""
    def reads(state):
        return [(jobs.NOT_FOUND, state)] if state.vm is None else read(state)
    return reads


@cite("vm_enabled_state")
def enabled_states(state):
    """While a request for another state is carried out, any number for something in between."""
    numbers = {"running": [2], "off": [3]}.get(state.vm.power)
    numbers = numbers or choices.each("saved_number", SAVED)
    return numbers + IN_BETWEEN if asks_for_power(state) else numbers


def asks_for_power(state):
    return holds(state.job) and state.job.kind == "power"


@cite("vm_requested_state")
def requested_states(state):
    if not asks_for_power(state):
        return [12]
    return choices.each("requested_shown", {"request": state.job.argument, "not_applicable": 12})


@of_vm
@cite("vm_enabled_state", "vm_requested_state")
def virtual_machine(state):
    return [(("vm", number, asked), state)
            for number in enabled_states(state) for asked in requested_states(state)]


@of_vm
@cite("ssd_readable", "ssd_default")
def security_setting(state):
    return [(("settings", ("TpmEnabled",) if state.vm.tpm else ()), state)]


@of_vm
@cite("elt_currently")
def security_element(state):
    shown = [False]
    if state.vm.power != "running":
        shown = choices.each("element_off", {"false": False, "null": None})
    return [(("element", value, value), state) for value in shown]


@of_vm
@cite("lkg_definition", "get_unset")
def tpm_setting(state):
    vm = state.vm
    unset = service.UNSET_FORMS["container"]
    return [(("tpm", 2 if vm.tpm else 3, vm.current or unset, vm.last_known_good or unset), state)]


@of_vm
@cite("lkg_definition")
def inspect(state):
    return [(("inspect", state.vm.current, state.vm.last_known_good), state)]


def lists_of(state, names):
    """What is associated with a VM; where that is nothing, a VM that is not there may be missed."""
    found = [("list", names)]
    if state.vm is None and not names:
        found = choices.each("missing_listed", {"none": found[0], "not_found": jobs.NOT_FOUND})
    return [(answer, state) for answer in found]


@cite("job_affects_vm", "job_retention", "job_unknown")
def jobs_of_vm(state):
    """A job is listed with its VM as long as both are there."""
    job = state.job
    if job is None:
        return lists_of(state, ())
    listed = [True]
    if not job.mine:
        listed = choices.each("stray_listed", {"no": False, "yes": True})
    elif state.vm is None:
        listed = choices.each("jobs_of_removed", {"listed": True, "none": False})
    return [answer for there in listed for answer in lists_of(state, ("job",) if there else ())]


# ---- events ----

@cite("event_applied")
def vm_made(state):
    return [(None, state._replace(vm=Vm()))]


@cite("event_applied", "vm_unknown")
def vm_removed(state):
    """The job that worked for it fails, unless it took effect before."""
    gone = state._replace(vm=None)
    if not holds(state.job):
        return [(None, gone)]
    after = jobs.completed(gone) if state.job.effect else jobs.failed(gone, "VM_GONE")
    return [(None, one) for one in after]


@cite("job_retention")
def retention_passes(state):
    """As much time as a job stays for after its end."""
    job = state.job
    if job is None or lives(job):
        return [(None, state)]
    return [(None, state._replace(job=job._replace(old=True)))]


@cite("event_applied")
def owners_shared(state, one, other):
    owners = pairs_of(close(state.vm.owners + ((one, other),)))
    return [(None, state._replace(vm=state.vm._replace(owners=owners)))]
