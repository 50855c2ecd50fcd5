"""Reads the tables of model/, so that schemas and documents repeat nothing by hand."""
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,()\s]+)')


def source(name):
    return (ROOT / name).read_text(encoding="utf-8")


def rows(name, macro):
    """The rows of a .def file: lists of words, quotes taken off."""
    text = re.sub(r"/\*.*?\*/", "", source(f"model/{name}"), flags=re.S)
    found = []
    for match in re.finditer(rf"^{macro}\(", text, flags=re.M):
        end = end_of_call(text, match.end())
        words = ARGUMENT.findall(text[match.end():end])
        found.append([quoted if quoted else plain for quoted, plain in words])
    assert found, f"{name} has no rows {macro}"
    return found


def end_of_call(text, at):
    quoted = False
    while quoted or text[at] != ")":
        if text[at] == "\\":
            at += 1
        elif text[at] == '"':
            quoted = not quoted
        at += 1
    return at


def word_list(name, array):
    """The strings of an array of words in a C file."""
    body = re.search(rf"\b{array}\[[^]]*\]\s*=\s*\{{(.*?)\}};", source(name), flags=re.S)
    assert body, f"{name} has no {array}"
    return re.findall(r'"([^"]*)"', body.group(1))


def number(name, macro):
    found = re.search(rf"\b{macro}\s+(\d+)", source(name))
    assert found, f"{name} has no {macro}"
    return int(found.group(1))


class Tables:
    def __init__(self):
        methods = [dict(zip(("id", "class", "name", "kind", "target"), row))
                   for row in rows("methods.def", "LG_METHOD")]
        for method in methods:
            method["full"] = f'{method["class"]}.{method["name"]}'
        self.events = [method for method in methods if method["kind"] == "EVENT"]
        self.methods = [method for method in methods if method["kind"] != "EVENT"]
        self.materials = rows("materials.def", "LG_MATERIAL")
        self.texts = rows("texts.def", "LG_TEXT")
        self.meanings = [row[1] for row in rows("meanings.def", "LG_MEANING")]
        self.profiles = [row[1] for row in rows("profiles.def", "LG_PROFILE")]
        self.properties = {}
        self.settings = []
        for read, name, _, source_of, argument in (
                row[:5] for row in rows("classes.def", "LG_PROPERTY")):
            self.properties.setdefault(read, []).append(name)
            if read == "READ_SECURITY_SETTING" and source_of == "FIELD":
                self.settings.append(name)
        self.identities = word_list("model/trace_json.c", "lg_identity_words")
        self.roles = word_list("model/trace_json.c", "lg_role_words")
        self.versions = word_list("model/trace_json.c", "lg_version_words")
        self.faults = word_list("model/tables.c", "lg_faults")[1:]
        self.powers = word_list("sim/host_file.c", "powers")
        self.results = self.meanings + word_list("conformance/vector.c", "result_words")
        self.verdicts = word_list("conformance/results.c", "lg_verdict_words")
        self.time_max = number("model/limits.h", "LG_TIME_MAX_MS")
        self.vms_max = number("model/limits.h", "LG_VMS_MAX")

    @property
    def causes(self):
        """Failures that an event can give a cause for: all meanings but the two that are none."""
        return self.meanings[2:]
