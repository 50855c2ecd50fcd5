#!/usr/bin/python3
"""An implementation behind the line protocol: over_stdio.py NAME [SEED]."""

import base64
import datetime
import json
import struct
import sys

from defects import IMPLEMENTATIONS
from service import NotFound, NotTaken, decode

EPOCH = datetime.datetime(1601, 1, 1)
HELLO = {"program": "implementation", "version": "1", "protocol": 1,
         "capabilities": ["events", "inspect", "material", "clock"]}


def answer(code, out):
    out = {name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
           for name, value in out.items()}
    return {"return": code, "out": out}


def shown(properties):
    for name in {"TimeSubmitted", "TimeOfLastStateChange"} & properties.keys():
        time = EPOCH + datetime.timedelta(milliseconds=properties[name])
        properties[name] = time.strftime("%Y%m%d%H%M%S.%f+000")
    if "ElapsedTime" in properties:
        time = EPOCH + datetime.timedelta(milliseconds=properties["ElapsedTime"])
        properties["ElapsedTime"] = f"{(time - EPOCH).days:08}{time:%H%M%S.%f}:000"
    return {"properties": properties}


def digest(data):
    """What `inspect` shows of bytes: LENGTH:HASH, as lastgood makes it."""
    if data is None:
        return None
    value, whole = 0xCBF29CE484222325 ^ len(data), len(data) // 8 * 8
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        value = (value ^ word) * 0x9E3779B97F4A7C15 % 2 ** 64
        value ^= value >> 31
    for byte in data[whole:]:
        value = (value ^ byte) * 0x100000001B3 % 2 ** 64
    return f"{len(data)}:{value:016x}"


def usable(service, target, args, opens):
    service.make_usable(target, decode(args["protector"]), opens)
    return {"out": {}}


def removed(service, target):
    service.remove_vm(target)
    return {"out": {}}


def passed(service, ms):
    service.pass_time(ms)
    return {"out": {}}


EVENTS = {
    "Vm.Create": lambda s, t, a: {"out": {"vm": s.create_vm(**a).name}},
    "Vm.Remove": lambda s, t, a: removed(s, t),
    "Protector.BecomeUnusable": lambda s, t, a: usable(s, t, a, False),
    "Protector.BecomeUsable": lambda s, t, a: usable(s, t, a, True),
    "Time.Pass": lambda s, t, a: passed(s, a["ms"]),
}
SETTING = "SecuritySettingData"
CALLS = {
    "Msvm_SecurityService.SetKeyProtector":
        lambda s, t, a: answer(*s.set_key_protector(a[SETTING], decode(a.get("KeyProtector")))),
    "Msvm_SecurityService.GetKeyProtector":
        lambda s, t, a: answer(*s.get_key_protector(a[SETTING])),
    "Msvm_SecurityService.SetSecurityPolicy":
        lambda s, t, a: answer(*s.set_security_policy(a[SETTING],
                                                      decode(a.get("SecurityPolicy")))),
    "Msvm_SecurityService.RestoreLastKnownGoodKeyProtector":
        lambda s, t, a: answer(*s.restore_last_known_good(a[SETTING])),
    "Msvm_SecurityService.ModifySecuritySettings":
        lambda s, t, a: answer(*s.modify_security_settings(a[SETTING])),
    "Msvm_ComputerSystem.RequestStateChange":
        lambda s, t, a: answer(*s.request_state_change(t, a["RequestedState"])),
    "Msvm_SecuritySettingData.Get": lambda s, t, a: shown(s.read_setting(t)),
    "Msvm_ComputerSystem.Get": lambda s, t, a: shown(s.read_vm(t)),
    "Msvm_ConcreteJob.Get": lambda s, t, a: shown(s.read_job(t)),
    "Msvm_AffectedJobElement.Enumerate": lambda s, t, a: {"instances": s.list_jobs(t)},
}


def carry_out(service, request):
    kind, target, args = request["op"], request.get("target"), request.get("args", {})
    if kind == "hello":
        return HELLO
    if kind == "bye":
        return {}
    if kind == "reset":
        service.reset()
        return {}
    if kind == "inspect":
        return {"digests": {name: digest(value)
                            for name, value in service.digests(target).items()}}
    table, name = (EVENTS, request.get("event")) if kind == "event" else \
        (CALLS, request.get("method"))
    if name not in table:
        raise NotTaken(f"{name} is not known here")
    try:
        return table[name](service, target, args)
    except NotFound:
        return {"fault": "not_found"}


def main():
    service = IMPLEMENTATIONS[sys.argv[1]](int((sys.argv[2:] or ["1"])[0]))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            said = {"ok": True, **carry_out(service, request)}
        except (NotTaken, TypeError) as error:
            said = {"ok": False, "error": {"offset": 0, "reason": str(error)}}
        print(json.dumps({"id": request["id"], **said}), flush=True)
        if request["op"] == "bye":
            break


if __name__ == "__main__":
    main()
