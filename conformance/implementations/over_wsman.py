#!/usr/bin/python3
"""A host behind WS-Management, written apart from the simulator.

over_wsman.py DEFECT FILE PROGRAM... hands every call on to PROGRAM, an implementation behind the
line protocol, and writes its addresses to FILE as the simulator does. DEFECT, or `none`, is one of
the mapping itself."""

import base64
import http.server
import json
import os
import re
import secrets
import subprocess
import sys
import threading
import uuid
import xml.etree.ElementTree as xml
from xml.sax.saxutils import escape, quoteattr

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
ANONYMOUS = ADDRESSING + "/role/anonymous"
NOT_FOUND = ("a:DestinationUnreachable", 2150858752)
FAILED = ("w:InternalError", 2150859174)
HOST, PART = "OTHER-HOST", "Settings"
SERVICES = {"Msvm_SecurityService": "sec", "Msvm_VirtualSystemManagementService": "vmms"}
BYTES = {"KeyProtector", "SecurityPolicy"}
NUMBERS = {"RequestedState"}
TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d\.\d{6})\+000")
LIKE = re.compile(r"LIKE 'Microsoft:([^%']*)%'")
KEY = re.compile(r"\.(?:.*,)?(?:Name|InstanceID)='([^']*)'\}")


class Fault(Exception):
    """What a request is refused with: subcode and code."""


def local(element):
    return element.tag.rpartition("}")[2]


def first(root, name):
    return next((element for element in root.iter() if local(element) == name), None)


def text(root, name):
    found = first(root, name)
    return "" if found is None else (found.text or "").strip()


# ---- what the implementation is asked ----

class Implementation:
    """A program behind the line protocol; one request at a time."""

    def __init__(self, command):
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.lock = threading.Lock()
        self.count = 0
        self.vms = []

    def ask(self, request):
        with self.lock:
            self.count += 1
            print(json.dumps({**request, "id": self.count}), file=self.program.stdin, flush=True)
            said = json.loads(self.program.stdout.readline())
        if request["op"] == "reset":
            self.vms = []
        if request.get("event") == "Vm.Create" and said["ok"]:
            self.vms.append(said["out"]["vm"])
        if request.get("event") == "Vm.Remove" and request["target"] in self.vms:
            self.vms.remove(request["target"])
        return said

    def jobs(self, vm):
        return self.call("Msvm_AffectedJobElement.Enumerate", vm)["instances"]

    def call(self, method, target=None, args=None):
        request = {"op": "call", "method": method, "args": args or {}}
        said = self.ask({**request, "target": target} if target else request)
        if not said["ok"]:
            raise Fault(*FAILED)
        if "fault" in said:
            raise Fault(*NOT_FOUND)
        return said


# ---- values on the wire ----

def element(name, value):
    """A property or an out parameter; an element for each item of an array."""
    if value is None:
        return f'<p:{name} xsi:nil="true"/>'
    if isinstance(value, list):
        return "".join(element(name, item) for item in value)
    if isinstance(value, bool):
        return f"<p:{name}>{str(value).lower()}</p:{name}>"
    if isinstance(value, str) and TIME.fullmatch(value):
        moment = TIME.sub(r"\1-\2-\3T\4:\5:\6Z", value)
        return f"<p:{name}><cim:Datetime>{moment}</cim:Datetime></p:{name}>"
    return f"<p:{name}>{escape(str(value))}</p:{name}>"


def instance(class_name, properties):
    inner = "".join(element(*one) for one in properties.items())
    return f'<p:{class_name} xmlns:p="{WMI}{class_name}">{inner}</p:{class_name}>'


def reference(name, class_name, keys):
    selectors = "".join(f"<w:Selector Name={quoteattr(key)}>{escape(value)}</w:Selector>"
                        for key, value in keys.items())
    return (f"<p:{name}><a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{WMI}{class_name}</w:ResourceURI><w:SelectorSet>{selectors}"
            f"</w:SelectorSet></a:ReferenceParameters></p:{name}>")


def read_bytes(items):
    """Bytes that were sent: a decimal number an element, or base64."""
    texts = [(item.text or "").strip() for item in items]
    if items[0].get(f"{{{INSTANCE}}}nil") == "true":
        return None
    if all(one.isdecimal() and int(one) < 256 for one in texts) and len(texts[0]) < 4:
        return base64.b64encode(bytes(map(int, texts))).decode()
    return texts[0]


def read_arguments(body):
    args = {}
    for name in dict.fromkeys(local(child) for child in body):
        items = [child for child in body if local(child) == name]
        if name in BYTES:
            args[name] = read_bytes(items)
        elif name in NUMBERS:
            args[name] = int(items[0].text)
        else:
            args[name] = items[0].text
    return args


# ---- requests ----

class Mapping:
    """What each message asks of the implementation, without a defect."""

    def __init__(self, implementation):
        self.behind = implementation

    def job_name(self, job):
        return job

    def out(self, name, value):
        """An out parameter."""
        if name == "Job" and value is not None:
            return reference("Job", "Msvm_ConcreteJob", {"InstanceID": self.job_name(value)})
        if name in BYTES and value is not None:
            return element(name, self.sent_bytes(base64.b64decode(value)))
        return element(name, value)

    def sent_bytes(self, data):
        return list(data)

    def invoke(self, class_name, method, target, body):
        said = self.behind.call(f"{class_name}.{method}", target, read_arguments(body))
        out = "".join(self.out(*one) for one in said["out"].items())
        return (f'<p:{method}_OUTPUT xmlns:p="{WMI}{class_name}">{out}'
                f'{element("ReturnValue", said["return"])}</p:{method}_OUTPUT>')

    def get(self, class_name, target):
        if target == HOST:
            return instance(class_name, {"Name": HOST, "EnabledState": 2, "RequestedState": 12})
        shown = self.behind.call(f"{class_name}.Get", target)["properties"]
        return instance(class_name, {**shown, "Name": target})

    def services(self, class_name):
        return [instance(class_name, {"SystemName": HOST, "Name": SERVICES[class_name]})]

    def system(self, vm):
        shown = self.behind.call("Msvm_ComputerSystem.Get", vm)["properties"]
        return instance("Msvm_ComputerSystem", {**shown, "Name": vm, "ElementName": "a VM"})

    def setting(self, vm):
        shown = self.behind.call("Msvm_SecuritySettingData.Get", vm)["properties"]
        return instance("Msvm_SecuritySettingData",
                        {**shown, "InstanceID": f"Microsoft:{vm}\\{PART}"})

    def associated(self, wql):
        """Jobs of a VM, or the VMs of a job."""
        if "Msvm_AffectedJobElement" not in wql:
            raise Fault(*FAILED)
        name = KEY.search(wql)[1]
        if "Msvm_ConcreteJob." not in wql:
            return [instance("Msvm_ConcreteJob", {"InstanceID": self.job_name(job)})
                    for job in self.behind.jobs(name)]
        return [self.system(vm) for vm in self.behind.vms if name in self.behind.jobs(vm)]

    def query(self, wql):
        class_name = re.search(r"FROM (\w+)", wql)
        if wql.startswith("ASSOCIATORS OF"):
            return self.associated(wql)
        if class_name[1] in SERVICES:
            return self.services(class_name[1])
        if class_name[1] == "Msvm_SecuritySettingData":
            like = LIKE.search(wql)[1].lower()
            return [self.setting(vm) for vm in self.behind.vms if vm.lower() == like]
        if class_name[1] == "Msvm_ComputerSystem":
            host = instance(class_name[1], {"Name": HOST, "ElementName": HOST})
            return [host, *(self.system(vm) for vm in self.behind.vms)]
        raise Fault(*FAILED)

    def carry_out(self, root):
        """The body that answers a message."""
        action, wql = text(root, "Action"), text(root, "Filter")
        body = next(iter(first(root, "Body")), first(root, "Body"))
        class_name = text(root, "ResourceURI").rpartition("/")[2]
        keys = {one.get("Name"): one.text for one in root.iter() if local(one) == "Selector"}
        target = keys.get("InstanceID", keys.get("Name"))
        if local(body) == "Identify":
            return (f'<i:IdentifyResponse xmlns:i="{IDENTITY}"><i:ProductVendor>another'
                    '</i:ProductVendor><i:ProductVersion>OS: 10.0.20348 SP: 0.0 Stack: 3.0'
                    '</i:ProductVersion></i:IdentifyResponse>')
        if wql:
            return ("<n:EnumerateResponse><n:EnumerationContext/><w:Items>"
                    f"{''.join(self.query(wql))}</w:Items><w:EndOfSequence/>"
                    "</n:EnumerateResponse>")
        if action.endswith("/transfer/Get"):
            return self.get(class_name, target)
        service = class_name in SERVICES
        return self.invoke(class_name, action.rpartition("/")[2], None if service else target, body)


class NoJob(Mapping):
    """4096 without a Job."""

    def out(self, name, value):
        return "" if name == "Job" else super().out(name, value)


class WrongJob(Mapping):
    """A Job reference is for another InstanceID than the one that Get takes."""

    def job_name(self, job):
        return job[:-1] + ("0" if job[-1] != "0" else "1")


class LastByte(Mapping):
    """The last byte of an array is not sent."""

    def sent_bytes(self, data):
        return super().sent_bytes(data)[:-1]


DEFECTS = {"none": Mapping, "no-job": NoJob, "wrong-job": WrongJob, "last-byte": LastByte}


# ---- the server ----

def envelope(root, body, action):
    relates = escape(text(root, "MessageID"))
    return (f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" '
            f'xmlns:n="{ENUMERATION}" xmlns:cim="{CIM}" xmlns:xsi="{INSTANCE}"><s:Header>'
            f"<a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
            f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>{relates}</a:RelatesTo></s:Header>"
            f"<s:Body>{body}</s:Body></s:Envelope>").encode()


def fault(subcode, code):
    return ("<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>"
            f"{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">not "
            f'done</s:Text></s:Reason><s:Detail><f:WSManFault xmlns:f="{FAULT}" Code="{code}">'
            "<f:Message>not done</f:Message></f:WSManFault></s:Detail></s:Fault>")


class Handler(http.server.BaseHTTPRequestHandler):
    """/wsman for clients, /control for who makes the events."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one segment
    mapping, token = None, None

    def answer(self, status, kind, data):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def control(self, data):
        if self.headers["Authorization"] != f"Bearer {self.token}":
            self.answer(401, "text/plain", b"")
            return
        request = json.loads(data)
        self.answer(200, "application/json", json.dumps(
            {**self.mapping.behind.ask(request), "id": request["id"]}).encode())

    def do_POST(self):  # pylint: disable=invalid-name
        data = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/control":
            self.control(data)
            return
        root = xml.fromstring(data)
        try:
            status, body = 200, self.mapping.carry_out(root)
            action = text(root, "Action") + "Response"
        except Fault as why:
            status, body, action = 500, fault(*why.args), WSMAN + "/fault"
        self.answer(status, "application/soap+xml;charset=UTF-8", envelope(root, body, action))

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


def main():
    defect, file, *command = sys.argv[1:]
    Handler.mapping = DEFECTS[defect](Implementation(command))
    Handler.token = secrets.token_hex(16)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        place = f"http://127.0.0.1:{server.server_port}"
        with open(file + ".new", "w", encoding="utf-8") as env:
            env.write(f"LASTGOOD_URL={place}/wsman\nLASTGOOD_CONTROL_URL={place}/control\n"
                      f"LASTGOOD_CONTROL_TOKEN={Handler.token}\n")
        os.rename(file + ".new", file)
        server.serve_forever()


if __name__ == "__main__":
    main()
