"""WMI objects over WS-Management with Basic: as much of a connection as os-win asks for.

    connection = Connection(Target(url, user, password, None))
    service, = connection.Msvm_SecurityService()
    job, code = service.ModifySecuritySettings(setting.GetText_(1))
"""

import base64
import functools
import re
from collections import namedtuple
from xml.sax.saxutils import escape, quoteattr

import wire_client
from wire_client import PARTS, body_of, find, local, text_of, tree_of, values_of

NIL = "{" + PARTS["xsi"] + "}nil"
NAMESPACE = r"root\virtualization\v2"
PATH = re.compile(r"[\\/]{2}[^:]*:(\w+)\.(.*)", re.S)
PATH_KEY = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"', re.S)
# Texts even where they look like numbers.
TEXTS = {"ElementName", "InstanceID", "Name", "SystemName"}
BYTES = {"KeyProtector"}
REFERENCES = {"AffectedSystem", "ReferenceConfiguration"}
# Input parameters in the order in which PyMI, the module below os-win, takes them.
METHODS = {
    "DefineSystem": ["ReferenceConfiguration", "ResourceSettings", "SystemSettings"],
    "DestroySystem": ["AffectedSystem"],
    "GetError": [], "GetErrorEx": [],
    "GetKeyProtector": ["SecuritySettingData"],
    "ModifySecuritySettings": ["SecuritySettingData"],
    "RequestStateChange": ["RequestedState", "TimeoutPeriod"],
    "RestoreLastKnownGoodKeyProtector": ["SecuritySettingData"],
    "SetKeyProtector": ["KeyProtector", "SecuritySettingData"],
    "SetSecurityPolicy": ["SecurityPolicy", "SecuritySettingData"],
}


class Fault(Exception):
    """What the service refused with; the status of HTTP where there is no SOAP."""

    def __init__(self, status, code=None, subcode=None, reason=None):
        super().__init__(f"{status} {code} {subcode} {reason}")
        self.status, self.code, self.subcode, self.reason = status, code, subcode, reason


def fault_of(reply):
    if not reply.bytes:
        return Fault(reply.status)
    root = tree_of(reply)
    codes = [int(element.get("Code")) for element in find(root, "Detail/WSManFault")]
    return Fault(reply.status, codes[0] if codes else None,
                 text_of(root, "Fault/Code/Subcode/Value"), text_of(root, "Fault/Reason/Text"))


class Reference(namedtuple("Reference", "class_name keys")):
    """Which instance is meant: its class and the values of its keys."""

    @classmethod
    def of_path(cls, path):
        class_name, keys = PATH.fullmatch(path).groups()
        return cls(class_name, {name: re.sub(r"\\(.)", r"\1", value)
                                for name, value in PATH_KEY.findall(keys)})

    @classmethod
    def of_element(cls, element):
        """Of an element that holds an endpoint reference."""
        selectors = find(element, "SelectorSet")[0]
        return cls(text_of(element, "ResourceURI").rpartition("/")[2],
                   {selector.get("Name"): selector.text or "" for selector in selectors})

    def path(self):
        keys = ",".join('{}="{}"'.format(name, re.sub(r'(["\\])', r"\\\1", value))
                        for name, value in self.keys.items())
        return rf"\\.\{NAMESPACE}:{self.class_name}.{keys}"

    def selector_set(self):
        selectors = "".join(f"<w:Selector Name={quoteattr(name)}>{escape(value)}</w:Selector>"
                            for name, value in self.keys.items())
        return f"<w:SelectorSet>{selectors}</w:SelectorSet>"

    def parameter(self):
        return ("<a:Address>{anonymous}</a:Address><a:ReferenceParameters><w:ResourceURI>{v2}"
                f"{self.class_name}</w:ResourceURI>{self.selector_set()}</a:ReferenceParameters>")


def of_path(path):
    """An object as WQL writes it."""
    reference = Reference.of_path(path)
    keys = ",".join(f"{name}='{value}'" for name, value in reference.keys.items())
    return f"{{{reference.class_name}.{keys}}}"


def scalar(element):
    text, name = element.text or "", local(element)
    if element.get(NIL) == "true":
        return None
    if find(element, "ReferenceParameters"):
        return Reference.of_element(element)
    if name in BYTES:
        return list(base64.b64decode(text))
    if text in ("true", "false"):
        return text == "true"
    if len(element):
        return element[0].text
    return int(text) if name not in TEXTS and re.fullmatch(r"-?\d+", text) else text


def members(element):
    """The children by name; one that stands there more than once is a list."""
    found = {}
    for child in element:
        found.setdefault(local(child), []).append(scalar(child))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def property_text(name, value):
    """A property as CIM-XML; the setting data of this service has texts and booleans only."""
    kind = "boolean" if isinstance(value, bool) else "string"
    said = str(value).lower() if isinstance(value, bool) else escape(str(value))
    value_text = "" if value is None else f"<VALUE>{said}</VALUE>"
    return f'<PROPERTY NAME="{name}" TYPE="{kind}">{value_text}</PROPERTY>'


class Instance:
    """Properties and methods as attributes, as PyMI shows them."""

    def __init__(self, connection, element, reference):
        self.__dict__.update(_connection=connection, _class=local(element), _reference=reference,
                             _properties=members(element))

    def __getattr__(self, name):
        if name in METHODS:
            return functools.partial(self._connection.invoke, self._reference, name)
        if name not in self._properties:
            raise AttributeError(name)
        value = self._properties[name]
        return self._connection.get(value) if isinstance(value, Reference) else value

    def __setattr__(self, name, value):
        if name not in self._properties:
            raise AttributeError(name)
        self._properties[name] = value

    def path_(self):
        return self._reference.path()

    def GetText_(self, form):  # pylint: disable=invalid-name
        assert form == 1, "CIM-XML only"
        inner = "".join(property_text(*one) for one in self._properties.items())
        return f'<INSTANCE CLASSNAME="{self._class}">{inner}</INSTANCE>'


class Connection:
    """One connection; `fault` makes the exception out of a Fault."""

    def __init__(self, target, fault=lambda found: found):
        self.target, self.fault = target, fault
        self.wire = wire_client.Connection(target)

    def __getattr__(self, name):
        if not name.startswith(("Msvm_", "CIM_")):
            raise AttributeError(name)
        return functools.partial(self.instances, name)

    def ask(self, send, parts):
        request = {"send": send, "with": parts}
        body = body_of(request, values_of(request, self.target, {}))
        reply = self.wire.send(request, body)
        if reply.status != 200:
            raise self.fault(fault_of(reply))
        return find(tree_of(reply), "Body")[0]

    def query(self, wql):
        mode = "<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>"
        body = self.ask("query", {"query": escape(wql), "enumerate": mode + "{wql_filter}"})
        items = []
        while not find(body, "EndOfSequence"):
            context = text_of(body, "EnumerationContext")
            body = self.ask("pull", {"class": "*", "context": context, "pull": "{all_pulled}"})
            items += find(body, "Items/Item")
        return [Instance(self, item[0], Reference.of_element(item[1])) for item in items]

    def instances(self, class_name, **wanted):
        """The instances of a class whose properties are as said; or, where a path is said, the
        associations that it takes part in."""
        if len(wanted) == 1 and PATH.fullmatch(*wanted.values()):
            return self.query(f"REFERENCES OF {of_path(*wanted.values())} "
                              f"WHERE ResultClass = {class_name}")
        terms = " AND ".join(f"{name} = '{value}'" for name, value in wanted.items())
        return self.query(f"SELECT * FROM {class_name}" + (f" WHERE {terms}" if terms else ""))

    def associators(self, path, result_class):
        return self.query(f"ASSOCIATORS OF {of_path(path)} WHERE ResultClass = {result_class}")

    def get(self, place):
        """The instance at a path or a Reference."""
        reference = place if isinstance(place, Reference) else Reference.of_path(place)
        body = self.ask("get", {"class": reference.class_name,
                                "selector_set": reference.selector_set()})
        return Instance(self, body[0], reference)

    def parameter(self, name, value):
        """A parameter of a method: nothing for None, an element for each item of an array."""
        if value is None:
            return ""
        values = value if isinstance(value, (list, tuple, bytes)) else [value]
        texts = [Reference.of_path(one).parameter() if name in REFERENCES else escape(str(one))
                 for one in values]
        return "".join(f"<i:{name}>{text}</i:{name}>" for text in texts)

    def invoke(self, reference, method, *values, **named):
        """The out parameters, paths where they are references, and last the return value."""
        given = {**dict(zip(METHODS[method], values)), **named}
        parameters = "".join(self.parameter(*one) for one in given.items())
        output = self.ask("invoke", {"class": reference.class_name, "method": method,
                                     "selector_set": reference.selector_set(),
                                     "parameters": parameters})[0]
        return tuple(value.path() if isinstance(value, Reference) else value
                     for value in members(output).values())
