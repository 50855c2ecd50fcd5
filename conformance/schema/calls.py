"""What calls and events take: once for the schemas and for the tables of sim/README.md."""

STRING = {"type": "string"}
FLAG = {"type": "boolean"}
BASE64 = {"type": "string", "pattern": "^([A-Za-z0-9+/]{4})*"
                                       "([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"}
BASE64_OBJECT = {"type": "object", "properties": {"base64": BASE64}, "required": ["base64"],
                 "additionalProperties": False}
VM = {"type": "string", "pattern": r"^\$vm[0-9]{1,3}$"}
JOB = {"type": "string", "pattern": r"^\$job[0-9]{1,5}$"}


def whole_number(most, least=0):
    return {"type": "integer", "minimum": least, "maximum": most}


def record(members, required=()):
    schema = {"type": "object", "properties": members, "additionalProperties": False}
    if required:
        schema["required"] = list(required)
    return schema


class Form:
    """How names, bytes and embedded instances are written."""

    def __init__(self, tables, script):
        names = [row[0] for row in tables.materials]
        self.script = script
        self.vm = VM if script else STRING
        self.bytes = {"anyOf": [{"enum": names}, BASE64_OBJECT] if script else
                      [BASE64, BASE64_OBJECT]}
        # Numbers, booleans and lists are arguments of a wrong type: a documented code answers them.
        wrong = {"type": ["null", "integer", "boolean", "array"]}
        self.argument_bytes = {"anyOf": self.bytes["anyOf"] + [wrong]}
        self.event_bytes = {"anyOf": list(self.bytes["anyOf"])}
        self.setting = self.instance(self.security_setting(tables))
        self.system = self.instance(record({"text": self.text(tables),
                                            "generation": whole_number(2, 1)}))

    def instance(self, as_object):
        return {"anyOf": [as_object, {"type": "null"}] + ([] if self.script else [STRING])}

    @staticmethod
    def text(tables):
        return {"enum": [row[0] for row in tables.texts]}

    def security_setting(self, tables):
        return record({"text": self.text(tables),
                       "identity": {"enum": tables.identities},
                       "set": record({name: FLAG for name in tables.settings}),
                       "flags": whole_number(31)})


class Calls:
    def __init__(self, tables):
        self.tables = tables
        self.script = Form(tables, True)
        self.raw = Form(tables, False)

    def arguments(self, method, form):
        """Members of "args" by name, and which of them are required."""
        find = self.event_arguments if method["kind"] == "EVENT" else self.method_arguments
        return find(method["full"], form)

    def method_arguments(self, name, form):
        setting = {"SecuritySettingData": form.setting}
        requested = {"RequestedState": whole_number(65535)}
        timeout = {"TimeoutPeriod": {"type": ["string", "null"]}}
        service = "Msvm_SecurityService."
        known = {
            service + "GetKeyProtector": (setting, ()),
            service + "RestoreLastKnownGoodKeyProtector": (setting, ()),
            service + "ModifySecuritySettings": (setting, ()),
            service + "SetKeyProtector": ({**setting, "KeyProtector": form.argument_bytes}, ()),
            service + "SetSecurityPolicy": ({**setting, "SecurityPolicy": form.argument_bytes}, ()),
            service + "RequestStateChange": ({**requested, **timeout}, ("RequestedState",)),
            "Msvm_ConcreteJob.RequestStateChange": ({**requested, **timeout}, ("RequestedState",)),
            "Msvm_ComputerSystem.RequestStateChange": (requested, ("RequestedState",)),
            "Msvm_VirtualSystemManagementService.DefineSystem":
                ({"SystemSettings": form.system}, ()),
        }
        return known.get(name, ({}, ()))

    def event_arguments(self, name, form):
        tables = self.tables
        cause = {"cause": {"enum": tables.causes}}
        protector = {"protector": form.event_bytes}
        known = {
            "Time.Pass": ({"ms": whole_number(tables.time_max)}, ("ms",)),
            "Caller.Become": ({"role": {"enum": tables.roles}}, ("role",)),
            "Host.Become": ({"version": {"enum": tables.versions}, "no_tpm": FLAG,
                             "guarded": FLAG}, ("version",)),
            "Cause.Appear": (cause, ("cause",)),
            "Cause.End": (cause, ("cause",)),
            "Vm.Create": ({"generation": whole_number(2, 1), "planned": FLAG,
                           "old_version": FLAG}, ()),
            "Vm.Import": ({"from": form.vm}, ("from",)),
            "Protector.BecomeUnusable": (protector, ("protector",)),
            "Protector.BecomeUsable": (protector, ("protector",)),
            "Protector.ShareOwner": ({**protector, "with": form.event_bytes},
                                     ("protector", "with")),
        }
        return known.get(name, ({}, ()))

    def names(self, events):
        return [method["full"] for method in (self.tables.events if events else
                                              self.tables.methods)]

    def makes_vm(self, method):
        return method["full"] in ("Vm.Create", "Vm.Import",
                                  "Msvm_VirtualSystemManagementService.DefineSystem")

    def needs_target(self, method, form):
        if method["target"] == "HOST":
            return False
        return form.script or not (method["target"] == "SERVICE" or self.makes_vm(method))

    def target(self, method):
        return {"SERVICE": VM, "VM": VM, "JOB": JOB}.get(method["target"], STRING)

    def rule(self, key, method, form):
        """What holds for one method: JSON Schema's if and then."""
        members, required = self.arguments(method, form)
        then = {"properties": {"args": record(members, required)}, "required": []}
        if form.script:
            then["properties"]["target"] = self.target(method)
        if self.needs_target(method, form):
            then["required"].append("target")
        if required:
            then["required"].append("args")
        return {"if": {"properties": {key: {"const": method["full"]}}, "required": [key]},
                "then": then}

    def rules(self, form, event_key, method_key):
        return ([self.rule(method_key, method, form) for method in self.tables.methods] +
                [self.rule(event_key, event, form) for event in self.tables.events])
