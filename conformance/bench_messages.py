"""What the benchmarks of HTTP send, and how they look at a process."""

import pathlib

from stdio_client import setting

URI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_SecurityService"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header>'
    '<a:To>http://test/wsman</a:To><a:ReplyTo><a:Address>'
    'http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>'
    '<a:MessageID>uuid:11111111-2222-3333-4444-555555555555</a:MessageID>'
    '<a:Action>{uri}/{method}</a:Action><w:ResourceURI>{uri}</w:ResourceURI><w:SelectorSet>'
    '<w:Selector Name="CreationClassName">Msvm_SecurityService</w:Selector></w:SelectorSet>'
    '</s:Header><s:Body><p:{method}_INPUT xmlns:p="{uri}"><p:SecuritySettingData><![CDATA['
    '{setting}]]></p:SecuritySettingData>{more}</p:{method}_INPUT></s:Body></s:Envelope>')
PROTECTOR_BYTES = 5184


def envelope(method, vm, more=""):
    """A call of Msvm_SecurityService; `more` is XML behind the settings."""
    return ENVELOPE.format(uri=URI, method=method, setting=setting(vm), more=more)


def processor_s(pid):
    """What all threads of a process used, to the nanosecond where /proc/PID/stat counts ticks."""
    tasks = pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text(encoding="utf-8").split()[0]) for path in tasks) / 1e9
