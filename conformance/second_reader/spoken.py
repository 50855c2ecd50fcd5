"""From the words of the dump to those of the reader: cells and outcomes.

A cell of the dump is what somebody knows; what it means is a set of states. See README.md.
"""

import itertools

import codes
import job as jobs
from state import (COMPLETED, FRESH, RUNS, SHUTS_DOWN, UNSEEN, WARNINGS, Job, State, Vm, ended,
                   normal)

KINDS = {"SetKeyProtector": "set", "RestoreLastKnownGoodKeyProtector": "restore",
         "ModifySecuritySettings": "modify", "RequestStateChange": "power"}


def symbol(word):
    if word is not None and word.startswith("U"):
        return UNSEEN
    return word


def vm_of(cell):
    vm = cell["vm"]
    if vm is None:
        return None
    vault = vm["vault"]
    assert vault["policy"] is None and not vm["held"]
    return Vm(vm["power"], symbol(vault["current"]), symbol(vault["last_known_good"]),
              symbol(vault["seal"]), "TpmEnabled" in vault["settings"], symbol(vm["started_with"]),
              tuple(tuple(sorted(map(symbol, pair))) for pair in vm["same_owner"]))


def argument_of(kind, job):
    return {"set": symbol(job["argument"]), "restore": None,
            "modify": bool(job["values"]) if job["present"] else None,
            "power": job["requested"]}[kind]


def codes_of_end(kind, job):
    """What ErrorCode may be of a job that has ended."""
    if "cause" in job:
        return codes.codes(kind, job["cause"])
    if "error" in job:
        return tuple(sorted(set(job["error"])))
    return (0,)


def ages_of_end(job):
    """Whether the job may be removed already, where that is known."""
    return {job["age_last_alive"] > 0, job["age_seen_ended"] > 0}


def jobs_of(cell):
    """The jobs that a cell may mean, before anything happens unasked."""
    if not cell["jobs"]:
        return [None]
    [job] = cell["jobs"]
    kind = KINDS[job["method"]]
    if job["state"] in (2, 6):
        stage = SHUTS_DOWN if job["state"] == 6 else RUNS
        return [Job(kind, argument_of(kind, job), stage, job["took_effect"],
                    job.get("cause"), job["will_terminate"], mine=not job["stray"])]
    stages = [job["state"]]
    if job["state"] == COMPLETED and not job["end_seen"]:
        stages = [COMPLETED, WARNINGS]
    return [Job(kind, stage=stage, code=code, old=old, mine=not job["stray"])
            for stage in stages for code in codes_of_end(kind, job) for old in ages_of_end(job)]


def has_ended(cell):
    return bool(cell["jobs"]) and cell["jobs"][0]["state"] not in (2, 6)


def is_old(cell):
    """A job that lives by what is known, but was last known to live long ago."""
    return bool(cell["jobs"]) and not has_ended(cell) and cell["jobs"][0]["age_last_alive"] > 0


def meaning(cell):
    """All the states that a cell means."""
    states = set()
    for job in jobs_of(cell):
        states |= jobs.unasked(normal(State(vm_of(cell), job)))
    if is_old(cell):
        for state in list(states):
            if state.job is not None and ended(state.job):
                states |= jobs.unasked(state._replace(job=state.job._replace(old=True)))
    return frozenset(states)


# ---- outcomes ----

def bytes_in(value, known):
    if value == "unset":
        return "00 00 00 04"
    if value == "empty":
        return "no bytes"
    if value is None:
        return None
    return value if value in known else FRESH


def setting_names(properties):
    return tuple(name for name in sorted(properties) if properties[name] is True)


def protector_in(name, properties, shown):
    """A protector by its name, also where no client has seen its bytes; none by its text."""
    return symbol(shown[name]) or bytes_in(properties[name], ())


READERS = {
    "Msvm_ComputerSystem.Get":
        lambda p, shown: ("vm", p["EnabledState"], p["RequestedState"]),
    "Msvm_SecuritySettingData.Get":
        lambda p, shown: ("settings", setting_names(p)),
    "Msvm_SecurityElement.Get":
        lambda p, shown: ("element", p["Shielded"], p["EncryptStateAndVmMigrationTrafficEnabled"]),
    "Msvm_TPMSettingData.Get":
        lambda p, shown: ("tpm", p["EnabledState"], protector_in("KeyProtector", p, shown),
                          protector_in("LastKnownGoodKeyProtector", p, shown)),
    "Vm.Inspect":
        lambda p, shown: ("inspect", symbol(shown["current"]),
                                  symbol(shown["last_known_good"])),
    "Msvm_ConcreteJob.Get":
        lambda p, shown: ("job", p["JobState"], p["ErrorCode"], p["OperationalStatus"][0],
                          p["Cancellable"], p.get("JobType"), p["PercentComplete"],
                          "text" if p["ErrorDescription"] else None),
}


PATTERNED = ("Msvm_ComputerSystem.Get", "Msvm_ConcreteJob.Get")


def shown_by(name, pattern):
    """Every outcome that a pattern leaves open."""
    fields = sorted(pattern)
    for values in itertools.product(*(pattern[field] for field in fields)):
        yield READERS[name](dict(zip(fields, values)), None)


def outcome_of(line, known):
    """An outcome of the dump in the reader's words; `known` are the protectors that were there."""
    outcome = line["outcome"]
    if outcome is None:
        return None
    if "fault" in outcome:
        return ("fault", outcome["fault"])
    name = line["call"]
    if "properties" in outcome:
        return READERS[name](outcome["properties"], line["protectors"])
    if "instances" in outcome:
        return ("list", tuple("job" for _ in outcome["instances"]))
    out = outcome["out"]
    if name.endswith(".GetError"):
        return ("error", outcome["return"], "text" if out.get("Error") else None)
    if "Job" in out:
        return ("return", outcome["return"], "job")
    if name.endswith(".GetKeyProtector") and outcome["return"] in (0, 4096):
        return ("return", outcome["return"], "bytes", bytes_in(out.get("KeyProtector"), known))
    return ("return", outcome["return"])
