"""The methods that change a virtual machine: when they are refused, when they are done, by whom."""

import choices
import codes
import job as jobs
import power
import vault
from cited import cite
from state import FRESH, UNSEEN, Job, State, holds, lives, rename, share_owner

OUT_OF_THE_WORLD = "a second job"


@cite("job_parameter", "job_parameter_restore", "job_parameter_modify")
def by_job(state, job):
    """4096, exactly with a job. World A has room for one that lives."""
    after = OUT_OF_THE_WORLD if lives(state.job) else State(state.vm, job)
    return [(("return", 4096, "job"), after)]


@cite("error_is_no_success", "failure_changes_nothing", "no_uncaused_error")
def refuse(state, kind, argument, cause, mine=True):
    """Either the method says it, or its job."""
    parameter = cause in codes.PARAMETER_ERRORS
    site = "place_of_parameter_errors" if parameter else "place_of_state_errors"
    answers = []
    if choices.may(site, "at_call"):
        answers += [(("return", code), state) for code in codes.codes(kind, cause)]
    if choices.may(site, "in_job"):
        doom = None if cause == "START_FAILS" else cause  # a start is what the job is for
        answers += by_job(state, Job(kind, argument, doom=doom, mine=mine))
    return answers


@cite("set_success", "restore_success", "mod_success", "vm_request_done")
def carry_out(state, kind, argument, vms):
    """What nothing stands against is done at once or by a job; beside a job that runs, after it."""
    answers = []
    if choices.may("execution", "by_job"):
        answers += by_job(state, Job(kind, argument))
    if choices.may("execution", "now") and not holds(state.job):
        answers += [(("return", 0), State(vm, state.job)) for vm in vms]
    return answers


def call(state, kind, argument, obstacles, vms):
    """Obstacles are causes, each with whether some reading sees none there. Several may be there at
    once: any of them may be the one that is told."""
    answers = []
    for cause, avoidable in obstacles:
        del avoidable
        answers += refuse(state, kind, argument, cause)
    if all(avoidable for cause, avoidable in obstacles):
        answers += carry_out(state, kind, argument, vms)
    return answers


def obstacle(cause, site, passes="allowed"):
    """A cause that stands against the call, unless the site is read so that it passes."""
    return [(cause, choices.may(site, passes))] if choices.may(site, "refused") else []


@cite("in_use_cause")
def held(state):
    if not holds(state.job):
        return []
    return obstacle("HELD", "concurrency", passes="queued")


@cite("state_cause")
def not_off(state):
    return [] if state.vm.power == "off" else obstacle("POWER", "power_gate")


@cite("seal_overwrite")
def over_sealed(vm, protector):
    if vm.seal is None or share_owner(vm, protector, vm.seal):
        return []
    return obstacle("OVER_SEALED", "sealed_overwrite")


@cite("vm_unknown")
def no_such_vm(state, kind, argument, of_world=True):
    """The text may name a VM that was never there: no other has to do with its job."""
    return refuse(state, kind, argument, "VM_UNKNOWN", of_world)


@cite("set_success", "set_stores")
def set_protector(state, protector, known):
    if state.vm is None or not known:
        return no_such_vm(state, "set", protector, known)
    obstacles = held(state) + not_off(state) + over_sealed(state.vm, protector)
    return call(state, "set", protector, obstacles, vault.store(state.vm, protector))


@cite("restore_success", "no_lkg_code")
def restore(state):
    if state.vm is None:
        return no_such_vm(state, "restore", None)
    obstacles = held(state) + not_off(state)
    if state.vm.last_known_good is None:
        obstacles += obstacle("NO_LAST_KNOWN_GOOD", "restore_without", passes="nothing")
    return call(state, "restore", None, obstacles, vault.restore(state.vm, None))


@cite("no_protector_code")
def wants_protector(vm, on):
    if vm.current is not None or vm.tpm == on:
        return []
    site = "protector_precondition" if on else "turn_off_without_protector"
    return obstacle("NO_PROTECTOR", site)


@cite("mod_success", "mod_changes")
def modify(state, on):
    if state.vm is None:
        return no_such_vm(state, "modify", on)
    obstacles = held(state) + not_off(state) + wants_protector(state.vm, on)
    answers = []
    if state.vm.tpm != on or holds(state.job) or choices.may("modify_unchanged", "as_any"):
        answers += call(state, "modify", on, obstacles, vault.turn_tpm(state.vm, on))
    if state.vm.tpm == on and not holds(state.job) and choices.may("modify_unchanged", "at_once"):
        answers.append((("return", 0), state))
    return answers


@cite("vm_request_codes", "vm_request_state", "vm_request_done")
def request_power(state, number):
    wished = power.WISHED[number]
    if state.vm is None:
        return [(jobs.NOT_FOUND, state)]
    if state.vm.power == wished:
        return request_same_power(state, number)
    if not power.fits(state.vm, wished):
        return call(state, "power", number, held(state) + [("POWER", False)], [])
    after = power.brought_to(state.vm, wished, state.taken)
    vms = [vm for vm in after if vm is not None]
    obstacles = held(state)
    if None in after:
        obstacles.append(("START_FAILS", bool(vms)))
    return call(state, "power", number, obstacles, vms)


@cite("vm_request_state", "vm_request_done")
def request_same_power(state, number):
    answers = []
    if choices.may("same_power_request", "refused"):
        answers += call(state, "power", number, held(state) + [("POWER", False)], [])
    if choices.may("same_power_request", "completed"):
        answers += call(state, "power", number, held(state), [state.vm])
    return answers


UNSET_FORMS = {"container": "00 00 00 04", "empty": "no bytes", "null": None}


@cite("get_unset", "get_current")
def bytes_of(protector):
    return choices.each("unset_form", UNSET_FORMS) if protector is None else [protector]


def see(state, protector):
    """Bytes that a client has seen have a name from then on."""
    return rename(state, {UNSEEN: FRESH}) if protector == UNSEEN else state


@cite("get_success", "get_current", "get_changes_nothing")
def get_protector(state):
    vm = state.vm
    if vm is None:
        return [(("return", code), state) for code in codes.codes("get", "VM_UNKNOWN")]
    in_use = {"configured": vm.current, "started_with": vm.started_with}
    if vm.power == "off" or vm.started_with is None:
        in_use["started_with"] = vm.current
    answers = []
    in_use = choices.each("in_use_protector", in_use) if choices.may("get_job", "never") else []
    for protector in in_use:
        answers += [(("return", 0, "bytes", FRESH if form == UNSEEN else form),
                     see(state, protector)) for form in bytes_of(protector)]
    if choices.may("get_job", "later"):
        answers.append((("return", 4096, "bytes", None), state))
    return answers
