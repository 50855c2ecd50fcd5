"""Virtual machines: what a request for another state does, and a start to the vault."""

import choices
from cited import cite
from state import UNSEEN, share_owner

UNSET_FAILS = ("start_unset", "fails")
WISHED = {2: "running", 3: "off", 6: "saved"}


@cite("vm_request_state")
def fits(vm, wished):
    """Only what is on can be saved; anything can be started or turned off."""
    return not (wished == "saved" and vm.power == "off")


@cite("lkg_definition", "lkg_only_tpm")
def encrypt(vm, protector):
    """The TPM device encrypts its state: so a protector becomes the last known good one."""
    return vm._replace(power="running", current=protector, last_known_good=protector,
                       seal=protector)


@cite("start_unusable", "seal_overwrite")
def opened_by(vm, taken):
    """The protectors with which the TPM state opens; None: it does not, and the VM stays down."""
    if vm.current is None and UNSET_FAILS in taken:
        return [None]
    if vm.current is None:
        return choices.each("start_unset", {"fails": None, "made": UNSEEN})
    if vm.seal is not None and not share_owner(vm, vm.current, vm.seal):
        return [None]
    return [vm.current]


@cite("vm_request_done")
def start(vm, taken):
    if not vm.tpm:
        return [vm._replace(power="running", started_with=vm.current)]
    return [protector and encrypt(vm, protector)._replace(started_with=protector)
            for protector in opened_by(vm, taken)]


@cite("vm_request_done", "lkg_definition")
def resume(vm, taken):
    """Waking takes the protector too; whether it encrypts the TPM state anew is a reading."""
    if not vm.tpm:
        return [vm._replace(power="running")]
    outcomes = []
    for protector in opened_by(vm, taken):
        if protector is None:
            outcomes.append(None)
        else:
            ways = {"no": vm._replace(power="running", current=protector),
                    "yes": encrypt(vm, protector)}
            outcomes += choices.each("resume_is_start", ways)
    return outcomes


@cite("vm_request_done")
def brought_to(vm, wished, taken):
    """What a VM may be after a request that fits; None: it failed, and nothing changed."""
    if vm.power == wished:
        return [vm]
    if wished == "running":
        return (resume if vm.power == "saved" else start)(vm, taken)
    if wished == "off":
        return [vm._replace(power="off", started_with=None)]
    return [vm._replace(power="saved")]
