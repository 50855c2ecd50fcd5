"""What the methods of the service bring about."""

import choices
from cited import cite


@cite("set_stores", "set_only_protector")
def store(vm, protector):
    return [vm._replace(current=protector)]


@cite("restore_current", "restore_only_protector", "lkg_only_tpm")
def restore(vm, nothing):
    """Without a last known good protector nothing changes, where that is no error."""
    del nothing
    if vm.last_known_good is None:
        return [vm]
    return [vm._replace(current=vm.last_known_good)]


@cite("mod_changes", "mod_success", "mod_only_settings")
def turn_tpm(vm, on):
    if on or not vm.tpm:
        return [vm._replace(tpm=on)]
    seals = choices.each("tpm_off_seal", {"cleared": None, "kept": vm.seal})
    return [vm._replace(tpm=False, seal=seal) for seal in seals]


WORK = {"set": store, "restore": restore, "modify": turn_tpm}
