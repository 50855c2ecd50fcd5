"""Jobs: what they do unasked, how they end, what clients see of them and may ask of them."""

import functools

import choices
import codes
import power
import vault
from cited import cite
from state import (COMPLETED, EXCEPTION, RUNS, SHUTS_DOWN, TERMINATED, WARNINGS, ended, lives,
                   normal)

NOT_FOUND = ("fault", "not_found")


@cite("job_states", "job_warnings", "job_error_code")
def completed(state):
    job = state.job._replace(code=0)
    ends = choices.each("job_success", {"completed": COMPLETED, "with_warnings": WARNINGS})
    return [state._replace(job=job._replace(stage=stage)) for stage in ends]


@cite("job_states", "job_error_code", "failure_changes_nothing")
def failed(state, cause):
    job = state.job._replace(stage=EXCEPTION)
    return [state._replace(job=job._replace(code=code)) for code in codes.codes(job.kind, cause)]


@cite("job_terminate_is_clean", "job_error_code", "mod_codes")
def terminated(state):
    """Of a range, the two ends stand for all."""
    job = state.job._replace(stage=TERMINATED)
    table = codes.NUMBERS_OF_MODIFY if job.kind == "modify" else codes.NUMBERS
    numbers = {"failed": set(codes.VENDOR), "none": {0}, "of_table": {table["failed"]}}
    return [state._replace(job=job._replace(code=code))
            for code in set().union(*choices.each("cancelled_error", numbers))]


@cite("set_stores", "restore_current", "mod_success", "vm_request_done")
def takes_effect(state):
    """What the job was accepted for is done: at one moment, all of it."""
    job = state.job
    if job.kind == "power":
        vms = power.brought_to(state.vm, power.WISHED[job.argument], state.taken)
    else:
        vms = vault.WORK[job.kind](state.vm, job.argument)
    return [state._replace(vm=vm, job=job._replace(effect=True)) for vm in vms if vm is not None]


@cite("start_unusable", "failure_changes_nothing")
def fails_to_start(state):
    """A start that does not succeed, when the job comes to it."""
    job = state.job
    if job.kind != "power":
        return []
    if None in power.brought_to(state.vm, power.WISHED[job.argument], state.taken):
        taken = (power.UNSET_FAILS,) if state.vm.current is None else ()
        return [one._replace(taken=taken) for one in failed(state, "START_FAILS")]
    return []


@cite("job_states", "job_never_backwards", "job_is_cancellable")
def goes_on(state):
    """What may become next of a job that runs."""
    job = state.job
    steps = [state._replace(job=job._replace(stage=SHUTS_DOWN))] if job.stage == RUNS else []
    if job.effect:
        return steps + completed(state)
    if job.stops:
        return steps + stops(state)
    if job.doom:
        return steps + failed(state, job.doom)
    return steps + works(state) + fails_to_start(state)


@cite("job_states")
def works(state):
    """What takes effect may go on for a while, or ends with its effect."""
    after, ways = takes_effect(state), []
    if choices.may("job_progress", "took_effect"):
        ways += after
    if choices.may("job_progress", "ended"):
        ways += sum(map(completed, after), [])
    return ways


@cite("jrsc_started", "jrsc_lost_requests", "job_is_cancellable")
def stops(state):
    """A job that was told to end does, or is done all the same: there is no guarantee."""
    fails = fails_to_start(state)
    lost = [state._replace(job=state.job._replace(stops=False))]
    if state.job.doom:
        return terminated(state) + lost
    return terminated(state) + works(state) + (fails + lost if fails else [])


@cite("job_retention")
def is_removed(state):
    """A job that ended long enough ago is gone at once, or stays for some more time."""
    gone = state.job.old and choices.may("retention_over", "at_once")
    return [state._replace(job=None)] if gone else []


@functools.lru_cache(maxsize=None)
def unasked(state):
    """All that may have become of a state before anything else happens to it."""
    found, new = set(), {normal(state)}
    while new:
        found |= new
        next_ones = set()
        for one in new:
            if one.job is not None:
                after = is_removed(one) if ended(one.job) else goes_on(one)
                next_ones.update(map(normal, after))
        new = next_ones - found
    return frozenset(filter(may_stay, found))


def may_stay(state):
    """Whether a state may be as it is when somebody looks."""
    if state.job is None:
        return True
    if ended(state.job):
        return not state.job.old or choices.may("retention_over", "later")
    return state.job.effect or choices.may("job_progress", "runs")


# ---- what clients see ----

def is_failure(job):
    return job.stage in (EXCEPTION, TERMINATED)


@cite("job_operational_status", "job_get_error")
def operational_status(job):
    if not is_failure(job):
        return [2]
    return choices.each("job_failure_status", {"ok": 2, "error": 6})


@cite("job_is_cancellable")
def cancellable(job):
    if ended(job):
        return [False, True]
    if job.effect:
        return [False]
    return choices.each("job_cancellable", {"no": False, "until_effect": True})


@cite("job_percent")
def percent(job):
    """Of a range, the two ends stand for all."""
    return [100] if job.stage in (COMPLETED, WARNINGS) else [0, 100]


@cite("job_type_values")
def job_type(job):
    if job.kind == "power":
        return [None]
    return choices.each("job_type", {"modify_vm": 2, "modify_resources": 31, "unknown": 0,
                                     "modify_service": 4})


@cite("job_states")
def job_state(job):
    return {RUNS: [2, 3, 4], SHUTS_DOWN: [6]}.get(job.stage, [job.stage])


def job_seen(state):
    job = state.job
    for status in operational_status(job):
        for may_cancel in cancellable(job):
            for number in job_type(job):
                for done in percent(job):
                    for text in (("text", None) if is_failure(job) else (None,)):
                        for shown in job_state(job):
                            yield ("job", shown, job.code, status, may_cancel, number, done, text)


@cite("job_unknown", "job_retention")
def read(state):
    if state.job is None:
        return [(NOT_FOUND, state)]
    return [(seen, state) for seen in job_seen(state)]


@cite("job_get_error")
def get_error(state):
    if state.job is None:
        return [(NOT_FOUND, state)]
    if lives(state.job):
        answers = choices.each("job_error_running", {"null": ("error", 0, None),
                                                     "invalid_state": ("error", 32775, None)})
    elif is_failure(state.job):
        answers = choices.each("job_error_text", {"given": ("error", 0, "text"),
                                                  "null": ("error", 0, None)})
    else:
        answers = [("error", 0, None)]
    return [(answer, state) for answer in answers]


@cite("kill_unsupported")
def kill(state):
    if state.job is None:
        return [(NOT_FOUND, state)]
    return [(("return", code), state)
            for code in choices.each("kill_job", {"not_supported": codes.NOT_SUPPORTED})]


# ---- what clients ask of them ----

UNSUPPORTED = {"not_supported": codes.NOT_SUPPORTED, "failed": codes.FAILED,
               "invalid_transition": codes.INVALID_TRANSITION}


def refuse(state, site):
    return [(("return", code), state) for code in choices.each(site, UNSUPPORTED)]


@cite("jrsc_completed", "jrsc_started", "job_is_cancellable", "job_terminate_is_clean")
def cancel(state):
    """A job that can be cancelled is told to end."""
    stopping = state._replace(job=state.job._replace(stops=True))
    ways = {"at_once": [(("return", codes.COMPLETED), after) for after in terminated(state)],
            "started": [(("return", codes.STARTED), stopping)],
            "fails": [(("return", codes.FAILED), state)]}
    return sum(choices.each("cancel_result", ways), [])


@cite("jrsc_codes", "jrsc_lost_requests")
def ask_again(state):
    """A job that was told to end is told so again."""
    ways = {"busy": [(("return", codes.BUSY), state)],
            "last_wins": [(("return", codes.STARTED), state)],
            "invalid_transition": [(("return", codes.INVALID_TRANSITION), state)]}
    return sum(choices.each("job_shutting_down_request", ways), [])


@cite("jrsc_codes", "jrsc_range")
def request(state, wished):
    job = state.job
    if job is None:
        return [(NOT_FOUND, state)]
    if wished != 4:
        ranges = {"invalid_parameter": codes.INVALID_PARAMETER,
                  "not_supported": codes.NOT_SUPPORTED}
        return [(("return", code), state) for code in choices.each("job_request_range", ranges)]
    if ended(job):
        return refuse(state, "job_ended_request")
    if job.stops:
        return ask_again(state)
    answers = []
    if choices.may("job_cancellable", "no") or job.effect:
        answers += refuse(state, "job_request_unsupported")
    if choices.may("job_cancellable", "until_effect") and not job.effect:
        answers += cancel(state)
    if choices.may("job_ends_by_itself", "yes") and job.stage == SHUTS_DOWN:
        answers.append((("return", codes.BUSY), state))
    return answers
