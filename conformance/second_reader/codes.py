"""Why a call is refused, and which numbers may say so.

The pages list labels without saying which input yields which, so each cause has the labels that
fit it and the catch-all (site failure_meaning). A number must be in the table of the method's page.
"""

import functools

import choices
from cited import cite

LABELS = {
    "VM_UNKNOWN": ("invalid_parameter", "unavailable", "failed"),
    "VM_GONE": ("unavailable", "failed"),
    "HELD": ("in_use", "invalid_state", "failed"),
    "POWER": ("invalid_state", "in_use", "failed"),
    "NO_PROTECTOR": ("invalid_state", "failed", "invalid_parameter"),
    "NO_LAST_KNOWN_GOOD": ("invalid_state", "failed", "invalid_parameter", "not_supported"),
    "OVER_SEALED": ("invalid_state", "failed"),
    "START_FAILS": ("failed", "invalid_state", "not_supported", "invalid_parameter"),
}
PARAMETER_ERRORS = ("VM_UNKNOWN",)

# The tables of SetKeyProtector and its siblings, and of RequestStateChange of a VM.
NUMBERS = {"failed": 32768, "access_denied": 32769, "not_supported": 32770,
           "status_unknown": 32771, "timeout": 32772, "invalid_parameter": 32773, "in_use": 32774,
           "invalid_state": 32775, "incorrect_type": 32776, "unavailable": 32777,
           "out_of_memory": 32778}

# The table of ModifySecuritySettings. It has no number for the other labels.
NUMBERS_OF_MODIFY = {"not_supported": 1, "failed": 2, "timeout": 3, "invalid_parameter": 4,
                     "invalid_state": 5, "incompatible": 6}
VENDOR = (32768, 65535)  # of a range, the two ends stand for all

# RequestStateChange of a job.
COMPLETED, NOT_SUPPORTED, FAILED, INVALID_PARAMETER = 0, 1, 4, 5
STARTED, INVALID_TRANSITION, BUSY = 4096, 4097, 4099


@cite("mod_codes", "mod_vendor_codes")
def numbers_of_modify(label):
    found = set()
    if choices.may("dmtf_numbering", "table"):
        found.add(NUMBERS_OF_MODIFY.get(label, NUMBERS.get(label)))
    if choices.may("dmtf_numbering", "siblings"):
        found.add(NUMBERS.get(label, NUMBERS_OF_MODIFY.get(label)))
    if choices.may("dmtf_numbering", "vendor"):
        found.update(VENDOR)
    return found


@functools.lru_cache(maxsize=None)
def codes(kind, cause):
    """The numbers that may answer a cause."""
    found = set()
    for label in LABELS[cause]:
        found |= numbers_of_modify(label) if kind == "modify" else {NUMBERS[label]}
    return tuple(sorted(found))
