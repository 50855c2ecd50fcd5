"""os-win's own code against lastgood-sim: VMUtils10 and JobUtils over a connection of ours."""

import json
import types

import pytest
from os_win import _utils, constants, exceptions
from os_win.utils.compute import vmutils10

from sim_process import Simulator
from wire_client import Target
from wmi_over_wsman import Connection

PROTECTOR, POLICY = [0, 0, 0, 8, 1, 2, 3, 255], [9, 8, 7, 6]
UNNAMED = "New Virtual Machine"  # what a virtual machine is called that nobody gave a name
NOT_FOUND = 2150858752
WBEM_E_NOT_FOUND = 0x80041002


def exception_of(fault):
    """A fault as os-win knows errors of WMI."""
    code = WBEM_E_NOT_FOUND if fault.code == NOT_FOUND else fault.code or 0
    error = types.SimpleNamespace(excepinfo=[None] * 5 + [code])
    return exceptions.x_wmi(str(fault), error)


class Provisioning:
    """The namespace root\\msps, of which add_vtpm reads one file."""

    @property
    def Msps_ProvisioningFileProcessor(self):  # pylint: disable=invalid-name
        return self

    @staticmethod
    def PopulateFromFile(path):  # pylint: disable=invalid-name
        assert path == "the.pdk"
        return [types.SimpleNamespace(KeyProtector=PROTECTOR, PolicyData=POLICY)]


class Host:
    """A simulator and os-win's utilities that work on it."""

    def __init__(self, process):
        self.process, self.polls = process, []
        target = Target(process.env["LASTGOOD_URL"], "admin", "secret", None)
        self.connection = Connection(target, exception_of)
        self.utils = vmutils10.VMUtils10()
        self.jobs = self.utils._jobutils
        for one in (self.utils, self.jobs):
            one._conn_attr = one._compat_conn_attr = self.connection
            one._vs_man_svc_attr, = self.connection.Msvm_VirtualSystemManagementService()
        self.utils._conn_msps_attr = Provisioning()
        self.jobs._get_wmi_obj = self.poll
        self.service, = self.connection.Msvm_SecurityService()

    def poll(self, moniker):
        """What os-win asks for each time it looks at a job."""
        self.polls.append(moniker)
        return self.connection.get(moniker)

    def define(self, name):
        """Makes a virtual machine of generation 2 as os-win's create_vm begins to."""
        values = {"ElementName": name, "VirtualSystemSubType": "Microsoft:Hyper-V:SubType:2"}
        properties = "".join(f'<PROPERTY NAME="{key}" TYPE="string"><VALUE>{value}</VALUE>'
                             "</PROPERTY>" for key, value in values.items())
        job, _, code = self.utils._vs_man_svc.DefineSystem(
            ResourceSettings=[], ReferenceConfiguration=None, SystemSettings=
            f'<INSTANCE CLASSNAME="Msvm_VirtualSystemSettingData">{properties}</INSTANCE>')
        self.jobs.check_ret_val(code, job)
        return name

    def setting(self, name):
        vm = self.utils.get_vm_id(name)
        setting, = self.connection.query("SELECT * FROM Msvm_SecuritySettingData WHERE "
                                         f"InstanceID LIKE 'Microsoft:{vm}%'")
        return setting


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch):
    """Time of the simulator moves with each look at a job: nobody has to wait."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture(scope="module", params=["sync", "async"])
def host(request, simulator, tmp_path_factory):
    with Simulator(simulator, tmp_path_factory.mktemp("sim"), "--jobs-mode",
                   request.param) as process:
        yield Host(process)


@pytest.fixture
def vm(host, request):
    return host.define(f"vm of {request.node.name}")


@pytest.mark.parametrize("shielded", [False, True])
def test_add_vtpm(shielded, host, vm):
    assert not host.utils.is_secure_vm(vm)
    host.utils.add_vtpm(vm, "the.pdk", shielded)
    setting = host.setting(vm)
    assert setting.TpmEnabled is True and setting.ShieldingRequested is shielded
    assert host.utils.is_secure_vm(vm)
    assert host.service.GetKeyProtector(setting.GetText_(1)) == (PROTECTOR, 0)


def test_a_vm_lives_and_goes(host, vm):
    assert host.utils.vm_exists(vm) and host.utils.get_vm_generation(vm) == 2
    host.utils.set_vm_state(vm, constants.HYPERV_VM_STATE_ENABLED)
    system = host.utils._lookup_vm_check(vm, as_vssd=False)
    assert host.utils.get_vm_power_state(system.EnabledState) == constants.HYPERV_VM_STATE_ENABLED
    host.utils.set_vm_state(vm, constants.HYPERV_VM_STATE_DISABLED)
    host.utils.destroy_vm(vm)
    assert not host.utils.vm_exists(vm)
    with pytest.raises(exceptions.HyperVVMNotFoundException):
        host.utils.add_vtpm(vm, "the.pdk", False)


def test_failure_says_its_code(host, vm):
    host.process.ctl("cause", "appear", "in_use")
    with pytest.raises(exceptions.WMIJobFailed) as caught:
        host.utils.add_vtpm(vm, "the.pdk", False)
    host.process.ctl("cause", "end", "in_use")
    assert caught.value.error_code == 32774
    assert not host.utils.is_secure_vm(vm)


def test_what_is_gone_is_not_found(host, vm):
    path = host.utils._lookup_vm_check(vm, as_vssd=False).path_()
    host.utils.destroy_vm(vm)
    with pytest.raises(exceptions.NotFound):
        _utils.not_found_decorator()(host.connection.get)(path)


# ---- jobs ----

def start_job(host, vm):
    """Starts to set a protector; the job's path, or None where the host did it at once or not."""
    path, code = host.service.SetKeyProtector(PROTECTOR, host.setting(vm).GetText_(1))
    return path if code == constants.WMI_JOB_STATUS_STARTED else None


def test_polling(simulator, tmp_path):
    """os-win looks at a job until it has ended; how many looks that takes is drawn."""
    looks = []
    with Simulator(simulator, tmp_path, "--jobs-mode", "random") as process:
        host = Host(process)
        for number in range(20):
            vm = host.define(f"vm {number}")
            path = start_job(host, vm)
            host.polls.clear()
            if path:
                job = host.jobs._wait_for_job(path)
                assert job.JobState in host.jobs._successful_job_states and job.ErrorCode == 0
                assert set(host.polls) == {path.replace("\\", "/")}
                looks.append(len(host.polls))
            digests = process.ctl("inspect", host.utils.get_vm_id(vm)).stdout
            assert json.loads(digests)["digests"]["current"].startswith(f"{len(PROTECTOR)}:")
    assert max(looks) > 1, looks


def test_a_job_that_fails(simulator, tmp_path):
    with Simulator(simulator, tmp_path, "--jobs-mode", "async") as process:
        process.ctl("event", "Vm.Create", "generation=2")
        host = Host(process)
        setting, = host.connection.Msvm_SecuritySettingData()
        job_path, code = host.service.RestoreLastKnownGoodKeyProtector(setting.GetText_(1))
        with pytest.raises(exceptions.WMIJobFailed) as caught:
            host.jobs.check_ret_val(code, job_path)
        assert caught.value.error_code in range(32768, 32779)


def stop(host, path):
    """Has os-win stop the jobs of the virtual machine; what it asked for, and the job's state."""
    asked = []
    invoke = host.connection.invoke
    host.connection.invoke = lambda *call: asked.append(call[1:]) or invoke(*call)
    host.utils.stop_vm_jobs(UNNAMED, timeout=20)
    system = host.utils._lookup_vm_check(UNNAMED, as_vssd=False)
    assert not host.jobs._get_pending_jobs_affecting_element(system)
    return asked, host.connection.get(path).JobState


def test_stop_jobs(simulator, tmp_path):
    """Seeds are tried until a job can be suspended and cancelled: os-win kills it."""
    for seed in range(300):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with Simulator(simulator, folder, "--jobs-mode", "async", "--seed", str(seed)) as process:
            process.ctl("event", "Vm.Create", "generation=2")
            host = Host(process)
            path = start_job(host, UNNAMED)
            job = path and host.connection.get(path)
            if not job or job.RequestStateChange(3) == (4097,):
                continue
            job = host.connection.get(path)
            if (job.JobState, job.Cancellable) == (5, True):
                asked, state = stop(host, path)
                assert ("RequestStateChange", 5) in asked
                assert state == constants.JOB_STATE_KILLED
                return
    pytest.fail("no job was suspended")


def test_nothing_to_stop(host, vm):
    start_job(host, vm)
    host.utils.stop_vm_jobs(vm, timeout=20)
    assert host.utils.vm_exists(vm)
