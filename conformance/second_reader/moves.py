"""The calls and events of world A, as the dump names them, and the rules that answer them."""

import job as jobs
import reads
import service

SERVICE = "Msvm_SecurityService."
CONSTANT = {
    "Vm.Create": reads.vm_made,
    "Vm.Remove": reads.vm_removed,
    "Time.Pass": reads.retention_passes,
    SERVICE + "GetKeyProtector": service.get_protector,
    SERVICE + "RestoreLastKnownGoodKeyProtector": service.restore,
    "Msvm_ComputerSystem.Get": reads.virtual_machine,
    "Msvm_SecuritySettingData.Get": reads.security_setting,
    "Msvm_SecurityElement.Get": reads.security_element,
    "Msvm_TPMSettingData.Get": reads.tpm_setting,
    "Msvm_AffectedJobElement.Enumerate": reads.jobs_of_vm,
    "Vm.Inspect": reads.inspect,
    "Msvm_ConcreteJob.Get": jobs.read,
    "Msvm_ConcreteJob.GetError": jobs.get_error,
    "Msvm_ConcreteJob.KillJob": jobs.kill,
}


def rule_of(call):
    """A function of a state: the list of (outcome, state after it)."""
    name = call.get("call") or call.get("event")
    args = call.get("args", {})
    setting = args.get("SecuritySettingData", {})
    if name == SERVICE + "SetKeyProtector":
        known = setting.get("identity") != "unknown"
        return lambda state: service.set_protector(state, args["KeyProtector"], known)
    if name == SERVICE + "ModifySecuritySettings":
        return lambda state: service.modify(state, setting["set"]["TpmEnabled"])
    if name == "Msvm_ComputerSystem.RequestStateChange":
        return lambda state: service.request_power(state, args["RequestedState"])
    if name == "Msvm_ConcreteJob.RequestStateChange":
        return lambda state: jobs.request(state, args["RequestedState"])
    if name == "Protector.ShareOwner":
        return lambda state: reads.owners_shared(state, args["protector"], args["with"])
    return CONSTANT[name]


def forgets(call):
    """With its next call of the service a client of world A forgets a job that has ended."""
    name = call.get("call", "")
    return name.startswith(SERVICE) or name == "Msvm_ComputerSystem.RequestStateChange"
