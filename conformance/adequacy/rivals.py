"""Other ways to make tests, in a simple form, with as many calls as the vectors have.

Each makes scripts without expectations: the oracle judges them like any target's answers."""

import itertools
import json
import pathlib
import random
import shutil

from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

SERVICE = "Msvm_SecurityService"
STEPS, TAIL = 20, 5  # steps of a script, and those of them that may be about a job
PROTECTORS = ["P1", "P2", "P3", "X", "empty", "unset", "one_byte", "opaque", "high"]
SETTINGS = ["TpmEnabled", "KsdEnabled", "ShieldingRequested", "DataProtectionRequested",
            "EncryptStateAndVmMigrationTraffic", "VirtualizationBasedSecurityOptOut",
            "BindToHostTpm"]
TEXTS = ["instance"] * 6 + ["null", "truncated", "other_class", "duplicate", "wrong_type",
                            "unknown_property"]
IDENTITIES = ["exact"] * 6 + ["other_case", "missing", "unknown", "checkpoint"]
CAUSES = ["failed", "timeout", "status_unknown", "unavailable", "out_of_memory", "access_denied",
          "in_use"]
STATES = [2, 2, 3, 3, 6, 9, 10, 11, 4, 12, 0]
READS = ["Msvm_ComputerSystem.Get", "Msvm_SecuritySettingData.Get", "Msvm_SecurityElement.Get",
         "Msvm_TPMSettingData.Get", "Msvm_VirtualSystemSettingData.Get",
         "Msvm_AffectedJobElement.Enumerate", "Msvm_ServiceAffectsElement.Enumerate",
         "Msvm_ConcreteComponent.Enumerate", "Msvm_SettingsDefineState.Enumerate",
         "Msvm_SystemComponent.Enumerate"]
VM_EVENTS = ["Vm.Remove", "Vm.Realize", "Vm.Hold", "Vm.Release", "Checkpoint.Take",
             "Checkpoint.Apply", "Vm.Export", "Guest.ShutDown"]
HOST_EVENTS = ["Provider.Stop", "Provider.Start", "Service.Stopped", "Service.Started"]
METHODS = ["GetKeyProtector", "SetKeyProtector", "SetSecurityPolicy",
           "RestoreLastKnownGoodKeyProtector", "ModifySecuritySettings"]
TIMES = [0, 1, 1000, 150000, 299999, 300000, 300001]


def call(name, target=None, job=None, **given):
    step = {"call": name}
    if target:
        step["target"] = target
    if given:
        step["args"] = given
    if job:
        step["job"] = job
    return step


def event(name, target=None, **given):
    step = {"event": name}
    if target:
        step["target"] = target
    if given:
        step["args"] = given
    return step


def setting(pick, named):
    return {"set": {name: pick([True, False]) for name in named},
            "text": pick(TEXTS), "identity": pick(IDENTITIES)}


def service_call(pick, method, target):
    named = [name for name in SETTINGS if method == "ModifySecuritySettings" and pick([0, 0, 1])]
    given = {"SecuritySettingData": setting(pick, named)}
    if method == "SetKeyProtector":
        given["KeyProtector"] = pick(PROTECTORS)
    if method == "SetSecurityPolicy":
        given["SecurityPolicy"] = pick(["S1", "S2", "P1", "empty"])
    if given["SecuritySettingData"]["text"] != "instance":
        given["SecuritySettingData"] = {"text": given["SecuritySettingData"]["text"]}
    return call(f"{SERVICE}.{method}", target, "$job1" if method != "GetKeyProtector" else None,
                **given)


def any_step(pick, target):
    """One of everything, each kind alike."""
    kind = pick(["service", "service", "power", "read", "vm", "host", "cause", "time", "caller",
                 "world", "protector", "control"])
    if kind == "service":
        return service_call(pick, pick(METHODS), target)
    if kind == "power":
        return call("Msvm_ComputerSystem.RequestStateChange", target, "$job1",
                    RequestedState=pick(STATES))
    if kind == "read":
        return call(pick(READS), target)
    if kind == "vm":
        return event(pick(VM_EVENTS), target)
    if kind == "host":
        return event(pick(HOST_EVENTS))
    if kind == "cause":
        return event(pick(["Cause.Appear", "Cause.End"]), cause=pick(CAUSES))
    if kind == "time":
        return event("Time.Pass", ms=pick(TIMES))
    if kind == "caller":
        return event("Caller.Become", role=pick(["administrator", "administrator",
                                                 "hyperv_administrator", "user"]))
    if kind == "world":
        return event("Host.Become", version=pick(["2016", "2019", "2022", "2025", "below"]),
                     no_tpm=pick([False, True]), guarded=pick([False, True]))
    if kind == "protector":
        return event(pick(["Protector.BecomeUnusable", "Protector.BecomeUsable"]), target,
                     protector=pick(["P1", "P2", "X"]))
    return call(f"{SERVICE}.{pick(['StartService', 'StopService', 'Get'])}")


def job_step(pick):
    return pick([call("Msvm_ConcreteJob.Get", "$job1"), call("Msvm_ConcreteJob.Get", "$job1"),
                 call("Msvm_ConcreteJob.GetError", "$job1"),
                 call("Msvm_ConcreteJob.RequestStateChange", "$job1",
                      RequestedState=pick([2, 3, 4, 5, 6, 7]))])


def uniform(calls, seed):
    source = random.Random(seed)
    for _ in range(calls // STEPS):
        script = [event("Vm.Create", "$vm0")]
        script += [any_step(source.choice, "$vm0") for _ in range(STEPS - TAIL - 1)]
        yield script + [job_step(source.choice) for _ in range(TAIL)]


def stateful(calls, seed):
    """Hypothesis: rules with preconditions, sequences of its own choice."""
    scripts = []

    class Machine(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.steps = [event("Vm.Create", "$vm0")]

        def pick(self, data):
            return lambda values: data.draw(strategies.sampled_from(values))

        @rule(data=strategies.data(), method=strategies.sampled_from(METHODS))
        def serve(self, data, method):
            self.steps.append(service_call(self.pick(data), method, "$vm0"))

        @rule(state=strategies.sampled_from(STATES))
        def power(self, state):
            self.steps.append(call("Msvm_ComputerSystem.RequestStateChange", "$vm0", "$job1",
                                   RequestedState=state))

        @rule(name=strategies.sampled_from(READS))
        def read(self, name):
            self.steps.append(call(name, "$vm0"))

        @rule(data=strategies.data())
        def anything(self, data):
            self.steps.append(any_step(self.pick(data), "$vm0"))

        @precondition(lambda self: len(self.steps) > STEPS - TAIL)
        @rule(data=strategies.data())
        def job(self, data):
            self.steps.append(job_step(self.pick(data)))

        def teardown(self):
            scripts.append(self.steps)

    Machine.TestCase.settings = settings()
    examples = max(1, calls // STEPS)
    run = settings(max_examples=examples, stateful_step_count=STEPS, derandomize=False,
                   database=None, deadline=None, phases=[Phase.generate],
                   suppress_health_check=list(HealthCheck))
    random.seed(seed)
    from hypothesis import seed as seeded  # pylint: disable=import-outside-toplevel
    run_state_machine_as_test(seeded(seed)(Machine), settings=run)
    left = calls
    for script in scripts:
        if left <= 0:
            return
        left -= len(script)
        yield script


FACTORS = {
    "generation": [2, 1], "planned": [False, True], "version": ["2016", "2019", "2025", "below"],
    "no_tpm": [False, True], "guarded": [False, True], "role": ["administrator", "user"],
    "first": [None, *METHODS], "power": [None, 2, 6, 9], "cause": [None, *CAUSES],
    "method": METHODS, "protector": PROTECTORS, "policy": ["S1", "S2", "empty"],
    "text": sorted(set(TEXTS)), "identity": sorted(set(IDENTITIES)), "tpm": [False, True],
    "shielding": [False, True], "last": [*READS, "GetKeyProtector"],
}


def covering_array(source):
    """Rows so that every pair of values of two factors stands in one, greedily."""
    names = list(FACTORS)
    left = {(a, x, b, y) for a, b in itertools.combinations(names, 2)
            for x in FACTORS[a] for y in FACTORS[b]}

    def gain(row):
        return sum((a, row[a], b, row[b]) in left for a, b in itertools.combinations(names, 2))

    while left:
        a, x, b, y = min(left, key=repr)
        rows = [{name: source.choice(FACTORS[name]) for name in names} | {a: x, b: y}
                for _ in range(12)]
        best = max(rows, key=gain)
        left -= {(c, best[c], d, best[d]) for c, d in itertools.combinations(names, 2)}
        yield best


def script_of_row(row, source):
    def method(name, text, identity):
        step = service_call(source.choice, name, "$vm0")
        data = {"text": text} if text != "instance" else {"text": text, "identity": identity,
                                                          "set": {"TpmEnabled": row["tpm"]}}
        step["args"]["SecuritySettingData"] = data
        if name == "SetKeyProtector":
            step["args"]["KeyProtector"] = row["protector"]
        if name == "SetSecurityPolicy":
            step["args"]["SecurityPolicy"] = row["policy"]
        return step

    steps = [event("Host.Become", version=row["version"], no_tpm=row["no_tpm"],
                   guarded=row["guarded"]),
             event("Vm.Create", "$vm0", generation=row["generation"], planned=row["planned"])]
    if row["first"]:
        steps.append(method(row["first"], "instance", "exact"))
    if row["power"]:
        steps += [call("Msvm_ComputerSystem.RequestStateChange", "$vm0", RequestedState=state)
                  for state in dict.fromkeys([2, row["power"]])]
    steps.append(event("Caller.Become", role=row["role"]))
    if row["cause"]:
        steps.append(event("Cause.Appear", cause=row["cause"]))
    steps += [method(row["method"], row["text"], row["identity"]),
              call(f"{SERVICE}.GetKeyProtector" if row["last"] == "GetKeyProtector"
                   else row["last"], "$vm0")]
    if row["method"] != "GetKeyProtector":
        steps.append(call("Msvm_ConcreteJob.Get", "$job1"))
    return steps


def pairwise(calls, seed):
    source = random.Random(seed)
    while calls > 0:
        for row in covering_array(source):
            script = script_of_row(row, source)
            calls -= len(script)
            yield script
            if calls <= 0:
                return


RIVALS = {"uniform random scripts": uniform, "Hypothesis, stateful": stateful,
          "pairwise covering arrays": pairwise}


def paths_of(vectors):
    """Every vector of the files and folders, in the order in which lastgood runs them."""
    paths = [path for given in map(pathlib.Path, vectors)
             for path in (given.rglob("*.json") if given.is_dir() else [given])]
    return sorted(paths, key=lambda path: (path.name, str(path)))


def documents(vectors):
    return [(path, json.loads(path.read_text(encoding="utf-8"))) for path in paths_of(vectors)]


def calls_of(vectors):
    return sum(len(document["steps"]) for _, document in documents(vectors))


def write_all(folder, calls, seed):
    """A folder of vectors for each rival."""
    folders = {}
    for name, make in RIVALS.items():
        place = folder / name.split(",")[0].split()[0].lower()
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for number, steps in enumerate(make(calls, seed)):
            document = {"format": "lastgood-vector/1", "title": f"{name}, {number}",
                        "clauses": ["get_current"], "needs": [], "steps": steps}
            (place / f"script-{number:05}.json").write_text(json.dumps(document), "utf-8")
        folders[name] = place
    return folders
