"""A small security service, written from the pages and not from the model: VMs of generation 2 on
a host that everybody may use. Methods answer (return value, out parameters)."""

import base64
import random
import uuid
import xml.etree.ElementTree as xml

UNSET = b"\x00\x00\x00\x04"
OFF, RUNNING = "off", "running"
STARTED, INVALID, IN_USE, BAD_STATE = 4096, 32773, 32774, 32775
MODIFY_INVALID, MODIFY_BAD_STATE = 4, 5
RETENTION_MS = 300_000
OPT_OUT = "VirtualizationBasedSecurityOptOut"
SETTINGS = ["TpmEnabled", "KsdEnabled", "ShieldingRequested", "DataProtectionRequested",
            "EncryptStateAndVmMigrationTraffic", OPT_OUT]


class NotTaken(Exception):
    """A request that this service does not know: nothing was done."""


class NotFound(Exception):
    """The instance that a request is for is not there."""


class Vm:
    """One virtual machine."""

    def __init__(self, name):
        self.name = name
        self.power = OFF
        self.protector = self.last_known_good = self.policy = self.seal = None
        self.settings = dict.fromkeys(SETTINGS, False)
        self.unusable = set()  # protectors that do not open on this host


class Job:
    """Work that goes on after its method has answered; `work` returns an error code."""

    def __init__(self, vm, work, now, looks):
        self.name = str(uuid.uuid4()).upper()
        self.vm, self.work, self.looks = vm, work, looks
        self.submitted = self.changed = now
        self.ended = None
        self.state, self.error = 4, 0


class Service:
    """Does everything before it answers; `asynchronous`: everything that may be a job is one."""

    asynchronous = False

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.reset()

    def reset(self):
        self.vms, self.jobs, self.now = {}, {}, 0

    # ---- the environment ----

    def create_vm(self, generation=2, **others):
        if generation != 2 or others:
            raise NotTaken("there are only plain VMs of generation 2")
        vm = Vm(str(uuid.uuid4()).upper())
        self.vms[vm.name] = vm
        return vm

    def remove_vm(self, name):
        self.find(name)
        for job in self.live(self.vms.pop(name)):
            self.finish(job)

    def pass_time(self, ms):
        self.now += ms
        for job in list(self.jobs.values()):
            self.advance(job)
            if job.ended is not None and self.now - job.ended > self.retention():
                del self.jobs[job.name]

    def retention(self):
        return RETENTION_MS

    def make_usable(self, name, protector, usable):
        unusable = self.find(name).unusable
        (unusable.discard if usable else unusable.add)(protector)

    def find(self, name):
        if name not in self.vms:
            raise NotFound
        return self.vms[name]

    # ---- jobs ----

    def live(self, vm):
        return [job for job in self.jobs.values() if job.vm is vm and job.ended is None]

    def advance(self, job):
        """A look at a job lets it go on."""
        if job.ended is not None:
            return
        job.looks -= 1
        if job.looks < 0:
            self.finish(job)

    def finish(self, job):
        job.error = job.work()
        job.state = 10 if job.error else 7
        job.ended = job.changed = self.now

    def carry_out(self, vm, work):
        if not self.asynchronous:
            return work(), {}
        job = Job(vm, work, self.now, self.random.randrange(4))
        self.jobs[job.name] = job
        return STARTED, {"Job": job.name}

    def busy(self, vm):
        return bool(self.live(vm))

    # ---- what the methods change ----

    def store_protector(self, vm, protector):
        vm.protector = protector
        return 0

    def store_policy(self, vm, policy):
        vm.policy = policy
        return 0

    def restore(self, vm):
        vm.protector = vm.last_known_good
        return 0

    def store_settings(self, vm, changes):
        vm.settings.update(changes)
        return 0

    def start(self, vm):
        if vm.settings["TpmEnabled"]:
            wrong = vm.protector in vm.unusable or vm.seal not in (None, vm.protector)
            if vm.protector is None or wrong:
                return 32768
            vm.last_known_good = vm.seal = vm.protector
        vm.power = RUNNING
        return 0

    def turn_off(self, vm):
        vm.power = OFF
        return 0

    # ---- methods ----

    def read_text(self, text):
        """The VM and the settings that a text of CIM-XML names; None for what is no such text."""
        try:
            root = xml.fromstring(text or "")
        except xml.ParseError:
            return None
        instance = next(root.iter("INSTANCE"), None)
        if instance is None or len(list(root.iter("INSTANCE"))) > 1 or \
                instance.get("CLASSNAME") != "Msvm_SecuritySettingData":
            return None
        values = {}
        for item in instance.iter("PROPERTY"):
            if item.get("NAME") in values:
                return None
            if item.get("NAME") not in [*SETTINGS, "InstanceID"]:
                continue
            if item.get("TYPE") != ("boolean" if item.get("NAME") in SETTINGS else "string"):
                return None
            values[item.get("NAME")] = (item.findtext("VALUE") or "").strip()
        name = values.pop("InstanceID", "").removeprefix("Microsoft:").split("\\")
        changes = {key: value.lower() == "true" for key, value in values.items()}
        if len(name) != 2 or name[0] not in self.vms:
            return None
        return self.vms[name[0]], changes

    def refused(self, found, codes=(INVALID, IN_USE, BAD_STATE)):
        """Why a change of a VM is not made, 0 if it is."""
        if found is None:
            return codes[0]
        if self.busy(found[0]):
            return codes[1]
        return 0 if found[0].power == OFF else codes[2]

    def set_key_protector(self, text, protector):
        found = self.read_text(text)
        code = self.refused(found) if is_protector(protector) else INVALID
        if code:
            return code, {}
        return self.carry_out(found[0], lambda: self.store_protector(found[0], protector))

    def get_key_protector(self, text):
        found = self.read_text(text)
        if found is None:
            return INVALID, {}
        return 0, {"KeyProtector": found[0].protector or UNSET}

    def set_security_policy(self, text, policy):
        found = self.read_text(text)
        code = INVALID if not policy else self.refused(found)
        if code:
            return code, {}
        return self.carry_out(found[0], lambda: self.store_policy(found[0], policy))

    def restore_last_known_good(self, text):
        found = self.read_text(text)
        code = self.refused(found)
        if not code and found[0].last_known_good is None:
            code = BAD_STATE
        if code:
            return code, {}
        return self.carry_out(found[0], lambda: self.restore(found[0]))

    def modify_security_settings(self, text):
        found = self.read_text(text)
        code = self.refused(found, (MODIFY_INVALID, MODIFY_BAD_STATE, MODIFY_BAD_STATE))
        needs = {name for name in found[1] if found[1][name]} if found else set()
        if not code and found[0].protector is None and needs - {OPT_OUT}:
            code = MODIFY_BAD_STATE
        if code:
            return code, {}
        return self.carry_out(found[0], lambda: self.store_settings(found[0], found[1]))

    def request_state_change(self, name, state):
        vm = self.find(name)
        works = {2: (OFF, self.start), 3: (RUNNING, self.turn_off)}
        if state not in works:
            raise NotTaken("VMs are only started and turned off")
        power, work = works[state]
        if self.busy(vm) or vm.power != power:
            return BAD_STATE, {}
        return self.carry_out(vm, lambda: work(vm))

    # ---- reads ----

    def read_setting(self, name):
        vm = self.find(name)
        return {"ElementName": "Security Settings", **vm.settings}

    def read_vm(self, name):
        return {"EnabledState": 2 if self.find(name).power == RUNNING else 3, "RequestedState": 12}

    def read_job(self, name):
        if name not in self.jobs:
            raise NotFound
        job = self.jobs[name]
        self.advance(job)
        percent = 100 if job.state == 7 else 0
        return {"JobState": job.state, "ErrorCode": job.error, "PercentComplete": percent,
                "OperationalStatus": [2], "ErrorDescription": None, "Cancellable": False,
                "JobType": 2,  # "Modify Virtual Machine"
                "TimeSubmitted": job.submitted, "TimeOfLastStateChange": job.changed,
                "ElapsedTime": (self.now if job.ended is None else job.ended) - job.submitted}

    def digests(self, name):
        vm = self.find(name)
        return {"current": vm.protector, "last_known_good": vm.last_known_good,
                "policy": vm.policy}

    def list_jobs(self, name):
        vm = self.find(name)
        return [job.name for job in self.jobs.values() if job.vm is vm]


def is_protector(data):
    """Whether the first four bytes tell the length, and something is behind them."""
    return data is not None and len(data) > 4 and int.from_bytes(data[:4], "big") == len(data)


def decode(value):
    """Bytes of an argument; None for what is no base64."""
    try:
        return base64.b64decode(value, validate=True)
    except (TypeError, ValueError):
        return None
