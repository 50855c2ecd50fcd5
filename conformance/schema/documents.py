"""The five schemas."""
from calls import BASE64, BASE64_OBJECT, FLAG, JOB, STRING, VM, record, whole_number

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NEEDS = ["events", "inspect", "snapshot", "material", "clock"]
CAPABILITIES = [*NEEDS, "choices"]
TIERS = ["smoke", "hand", "full", "wire"]
UINT32 = whole_number(4294967295)
COUNT = {"type": "integer", "minimum": 0}
STRINGS = {"type": "array", "items": STRING}
CHOICES = {"type": "array", "items": whole_number(255), "maxItems": 256}
NULLABLE_STRING = {"type": ["string", "null"]}


def document(name, title, schema):
    head = {"$schema": DIALECT, "$id": f"urn:lastgood:schema:{name}:1", "title": title}
    return {**head, **schema}


def exactly_one(names):
    return {"oneOf": [{"required": [name]} for name in names]}


# ---- messages ----

def plain_request(op, members=None, required=()):
    return record({"id": {"type": "integer"}, "op": {"const": op}, **(members or {})},
                  ("id", "op", *required))


def call_request(calls, event):
    key = "event" if event else "method"
    methods = calls.tables.events if event else calls.tables.methods
    members = {key: {"enum": calls.names(event)}, "target": STRING, "args": {"type": "object"},
               "choices": CHOICES}
    schema = plain_request("event" if event else "call", members, (key,))
    schema["allOf"] = [calls.rule(key, method, calls.raw) for method in methods]
    return schema


def requests(calls):
    plain = [plain_request(op) for op in ("hello", "reset", "snapshot", "bye")]
    return plain + [
        plain_request("restore", {"snapshot": whole_number(15), "drop": FLAG}, ("snapshot",)),
        plain_request("inspect", {"target": STRING, "choices": CHOICES}, ("target",)),
        call_request(calls, False), call_request(calls, True)]


def answered(members=None, required=()):
    return record({"id": {"type": "integer"}, "ok": {"const": True}, **(members or {})},
                  ("id", "ok", *required))


def hello_answer(tables):
    return answered({"program": STRING, "version": STRING, "protocol": {"const": 1},
                     "profile": {"enum": tables.profiles},
                     "capabilities": {"type": "array", "items": {"enum": CAPABILITIES},
                                      "uniqueItems": True},
                     "limits": {"type": "object", "additionalProperties": COUNT}},
                    ("program", "version", "protocol", "capabilities"))


def outcome_members(tables, name, job, protector):
    """The members that tell an outcome; each of four shapes is one of them, "out" beside."""
    out = record({"KeyProtector": {"anyOf": [*protector, {"type": "null"}]},
                  "Job": {"anyOf": [job, {"type": "null"}]},
                  "ResultingSystem": {"anyOf": [name, {"type": "null"}]},
                  "Error": NULLABLE_STRING,
                  "Errors": {"type": ["array", "null"], "items": STRING},
                  "vm": name, "checkpoint": STRING})
    return {"return": UINT32, "out": out, "properties": {"type": "object"},
            "instances": {"type": "array", "items": {"anyOf": [name, job]}},
            "fault": {"enum": tables.faults}}


def digests():
    digest = {"type": ["string", "null"], "pattern": "^[0-9]+:[0-9a-f]{16}$"}
    return record({name: digest for name in ("current", "last_known_good", "policy", "seal")},
                  ("current", "last_known_good", "policy", "seal"))


def answers(tables):
    said = outcome_members(tables, STRING, STRING, [BASE64, BASE64_OBJECT])
    refusal = record({"offset": COUNT, "reason": {"type": "string", "minLength": 1}}, ("reason",))
    return [
        hello_answer(tables),
        answered({"return": said["return"], "out": said["out"]}, ("return",)),
        answered({"out": said["out"]}, ("out",)),
        *(answered({key: said[key]}, (key,)) for key in ("properties", "instances", "fault")),
        answered({"digests": digests()}, ("digests",)),
        answered({"snapshot": whole_number(15)}, ("snapshot",)),
        answered(),
        record({"id": {"type": ["integer", "null"]}, "ok": {"const": False}, "error": refusal},
               ("id", "ok", "error"))]


def message(tables, calls):
    return document("message", "One line of the stdio protocol: a request or an answer", {
        "oneOf": [{"$ref": "#/$defs/request"}, {"$ref": "#/$defs/answer"}],
        "$defs": {"request": {"oneOf": requests(calls)}, "answer": {"oneOf": answers(tables)}}})


# ---- vectors ----

def edge(tables, calls):
    kinds = {"return": UINT32,
             "result": {"enum": tables.results},
             "fault": {"enum": tables.faults},
             "bytes": {"anyOf": [{"const": "none"}, *calls.script.bytes["anyOf"]]},
             "instances": UINT32,
             "error": {"enum": ["text", "null"]}}
    of_instance = {"properties": {"type": "object", "minProperties": 1},
                   "shown": {"type": "array", "minItems": 1, "uniqueItems": True,
                             "items": STRING}}
    either = {"anyOf": [{"required": [name]} for name in of_instance]}
    return {**record({**kinds, **of_instance, "then": STRING}),
            "oneOf": [*exactly_one(kinds)["oneOf"], either]}


def property_rule(tables, read, names):
    method = next(method for method in tables.methods if method["id"] == read)
    edges = {"items": {"properties": {"properties": {"propertyNames": {"enum": names}},
                                      "shown": {"items": {"enum": names}}}}}
    return {"if": {"properties": {"call": {"const": method["full"]}}, "required": ["call"]},
            "then": {"properties": {"allow": edges}}}


def clause_list():
    return {"type": "array", "maxItems": 8, "uniqueItems": True,
            "items": {"type": "string", "pattern": r"^[A-Za-z0-9_.=-]+$"}}


def node(tables, calls):
    members = {"id": {"type": "string", "minLength": 1, "maxLength": 31,
                      "not": {"const": "end"}},
               "call": {"enum": calls.names(False)}, "event": {"enum": calls.names(True)},
               "target": STRING, "vm": VM, "args": {"type": "object"}, "job": JOB,
               "lose_reply": FLAG, "barrier": FLAG, "clauses": clause_list(), "comment": STRING,
               "allow": {"type": "array", "maxItems": 16, "items": {"$ref": "#/$defs/edge"}}}
    rules = calls.rules(calls.script, "event", "call")
    rules += [property_rule(tables, read, names) for read, names in tables.properties.items()]
    return {**record(members), **exactly_one(["call", "event"]), "allOf": rules}


def vector(tables, calls):
    members = {"format": {"const": "lastgood-vector/1"},
               "title": {"type": "string", "minLength": 1, "maxLength": 199},
               "clauses": {**clause_list(), "minItems": 1},
               "tier": {"enum": TIERS, "default": "hand"},
               "needs": {"type": "array", "items": {"enum": NEEDS}, "uniqueItems": True},
               "comment": STRING,
               "steps": {"type": "array", "minItems": 1, "maxItems": 64,
                         "items": {"$ref": "#/$defs/node"}}}
    schema = record(members, ("format", "title", "clauses", "steps"))
    schema["$defs"] = {"node": node(tables, calls), "edge": edge(tables, calls)}
    return document("vector", "A conformance vector: a graph of calls and allowed outcomes", schema)


# ---- recordings ----

def recorded_step(tables, calls):
    digest = record({"digest": {"type": "string", "pattern": "^[0-9]+:[0-9a-f]{16}$"}},
                    ("digest",))
    said = outcome_members(tables, VM, JOB, [*calls.script.bytes["anyOf"], digest])
    outcome = {"type": ["object", "null"], "properties": said, "additionalProperties": False}
    times = {"type": "array", "minItems": 2, "maxItems": 2, "items": COUNT}
    members = {"step": {"type": "integer", "minimum": 1}, "call": {"enum": calls.names(False)},
               "event": {"enum": calls.names(True)}, "target": STRING, "vm": VM,
               "args": {"type": "object"}, "outcome": outcome, "client": whole_number(65535, 1),
               "times": times}
    return {**record(members), **exactly_one(["call", "event"]),
            "allOf": calls.rules(calls.script, "event", "call")}


def recording(tables, calls):
    formats = [f"lastgood-recording/{version}" for version in (1, 2)]
    header = record({"format": {"enum": formats}, "target": STRING,
                     "profile": {"enum": tables.profiles}}, ("format",))
    return document("recording", "One line of a recording: the first, a reset, or a step", {
        "oneOf": [{"$ref": "#/$defs/header"}, {"$ref": "#/$defs/reset"},
                  {"$ref": "#/$defs/step"}],
        "$defs": {"header": header, "reset": record({"reset": {"const": True}}, ("reset",)),
                  "step": recorded_step(tables, calls)}})


# ---- host files ----

def host(tables, calls):
    symbol = {"anyOf": [*calls.script.bytes["anyOf"], {"type": "null"}]}
    machine = record({"generation": whole_number(2, 1), "planned": FLAG, "old_version": FLAG,
                      "power": {"enum": tables.powers},
                      "settings": record({name: FLAG for name in tables.settings}),
                      "key_protector": symbol, "last_known_good": symbol, "policy": symbol,
                      "seal": symbol})
    return document("host", "The host that a simulator begins with", record({
        "format": {"const": "lastgood-host/1"}, "version": {"enum": tables.versions},
        "no_tpm": FLAG, "guarded": FLAG, "role": {"enum": tables.roles},
        "vms": {"type": "array", "maxItems": tables.vms_max, "items": machine}}, ("format",)))


# ---- reports ----

def report(tables, _):
    seconds = {"type": "number", "minimum": 0}
    summary = {name: COUNT for name in ["vectors", *tables.verdicts]}
    row = {"id": STRING, "title": STRING, "verdict": {"enum": tables.verdicts},
           "seconds": seconds, "step": COUNT, "clauses": STRINGS, "lines": STRINGS}
    members = {"format": {"const": "lastgood-report/1"}, "target": STRING,
               "profile": {"enum": tables.profiles}, "seconds": seconds,
               "summary": record(summary, summary),
               "vectors": {"type": "array", "items": record(row, row)}}
    return document("report", "What a run found", record(members, members))


def all_schemas(tables, calls):
    makers = {"message": message, "vector": vector, "recording": recording, "host": host,
              "report": report}
    return {name: make(tables, calls) for name, make in makers.items()}
