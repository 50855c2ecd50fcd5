"""pywinrm's protocol class as a client of lastgood-sim, by Basic."""

import base64
import xml.etree.ElementTree as ElementTree

import pytest
import xmltodict
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMTransportError
from winrm.protocol import Protocol

from sim_process import Simulator
from wire_client import PARTS, find, local, text_of

TRANSFER, ENUMERATION, V2 = PARTS["x"], PARTS["n"], PARTS["v2"]
SERVICE = {"CreationClassName": "Msvm_SecurityService"}
PROTECTOR = [0, 0, 0, 7, 1, 2, 255]


@pytest.fixture(scope="module")
def sim(simulator, tmp_path_factory):
    with Simulator(simulator, tmp_path_factory.mktemp("sim")) as process:
        process.ctl("event", "Vm.Create", "generation=2")
        yield process


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def protocol(sim, password="secret", transport="basic"):
    return Protocol(sim.env["LASTGOOD_URL"], transport=transport, username="admin",
                    password=password)


@pytest.fixture(scope="module")
def client(sim):
    """Sends a message with the headers of pywinrm; the first element of the reply's body."""
    speaker = protocol(sim)

    def ask(action, class_name, body=None, selectors=None):
        envelope = speaker._get_soap_header(action=action, resource_uri=V2 + class_name)
        if selectors:
            envelope["env:Header"]["w:SelectorSet"] = {"w:Selector": [
                {"@Name": name, "#text": value} for name, value in selectors.items()]}
        envelope["env:Body"] = body or {}
        reply = speaker.send_message(xmltodict.unparse({"env:Envelope": envelope}))
        return find(ElementTree.fromstring(reply), "Body")[0]
    return ask


def pulled(client, class_name, **enumerate_with):
    """All items of an enumeration, one a Pull."""
    found = client(ENUMERATION + "/Enumerate", class_name, {"n:Enumerate": enumerate_with})
    items = []
    while not find(found, "EndOfSequence"):
        context = text_of(found, "EnumerationContext")
        found = client(ENUMERATION + "/Pull", class_name,
                       {"n:Pull": {"n:EnumerationContext": context}})
        items += find(found, "Items/*")
    return items


def invoke(client, method, **parameters):
    values = {"@xmlns:m": V2 + "Msvm_SecurityService",
              **{f"m:{name}": value for name, value in parameters.items()}}
    output, = client(f"{V2}Msvm_SecurityService/{method}", "Msvm_SecurityService",
                     {f"m:{method}_INPUT": values}, SERVICE)
    assert local(output) == method + "_OUTPUT"
    return output


def setting_of(client):
    setting, = pulled(client, "Msvm_SecuritySettingData")
    name = text_of(setting, "InstanceID")
    return ('<INSTANCE CLASSNAME="Msvm_SecuritySettingData"><PROPERTY NAME="InstanceID" '
            f'TYPE="string"><VALUE>{name}</VALUE></PROPERTY></INSTANCE>')


def test_get(client):
    service, = client(TRANSFER + "/Get", "Msvm_SecurityService", selectors=SERVICE)
    assert local(service) == "Msvm_SecurityService"
    assert text_of(service, "Name") == "vmsecuritywmi"


def test_enumerate(client):
    systems = pulled(client, "Msvm_ComputerSystem")
    assert [text_of(system, "Caption") for system in systems] == \
        ["Hosting Computer System", "Virtual Machine"]


def test_query(client):
    dialect = {"@Dialect": PARTS["wql"], "#text":
               "SELECT * FROM Msvm_ComputerSystem WHERE Caption = 'Virtual Machine'"}
    system, = pulled(client, "*", **{"w:Filter": dialect})
    assert text_of(system, "CreationClassName") == "Msvm_ComputerSystem"


def test_set_and_get(client):
    setting = setting_of(client)
    done = invoke(client, "SetKeyProtector", SecuritySettingData=setting, KeyProtector=PROTECTOR)
    assert text_of(done, "ReturnValue") == "0"
    found = invoke(client, "GetKeyProtector", SecuritySettingData=setting)
    assert list(base64.b64decode(text_of(found, "KeyProtector"))) == PROTECTOR


def test_faults(client):
    """Code, subcode and reason are found where the client looks for them."""
    with pytest.raises(WinRMError) as caught:
        client(TRANSFER + "/Get", "Msvm_Nothing", selectors={"Name": "x"})
    said = str(caught.value)
    assert "'wsmanfault_code': '2150858752'" in said and "'fault_code': 's:Sender'" in said
    assert "'fault_subcode': 'a:DestinationUnreachable'" in said and "no error message" not in said
    with pytest.raises(WinRMError, match="a:ActionNotSupported"):
        client("urn:nothing", "Msvm_SecurityService", selectors=SERVICE)


def test_wrong_password(sim):
    with pytest.raises(InvalidCredentialsError):
        protocol(sim, password="Secret").open_shell()


def test_there_are_no_shells(sim):
    with pytest.raises(WinRMError, match="a:DestinationUnreachable"):
        protocol(sim).open_shell()


def test_an_undecodable_message(sim):
    with pytest.raises(WinRMTransportError, match="Code 400"):
        protocol(sim).send_message(b"\xff\xff\xff\xff")
