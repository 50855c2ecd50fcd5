"""The generated tables of sim/README.md, between <!-- NAME --> and <!-- end --> lines."""
import re


def table(head, lines):
    rule = "|".join("---" for _ in head)
    return "\n".join([f'| {" | ".join(head)} |', f"|{rule}|",
                      *(f'| {" | ".join(cells)} |' for cells in lines)])


def words(values):
    return ", ".join(f"`{value}`" for value in values)


def kind(schema):
    """A schema of an argument, in words."""
    if "enum" in schema:
        return " \\| ".join(f'`"{value}"`' for value in schema["enum"])
    if schema.get("type") == "integer":
        return f'{schema["minimum"]} to {schema["maximum"]}'
    if schema.get("type") == "boolean":
        return "true \\| false"
    return "text"


def argument(name, schema, required, form):
    described = {id(form.setting): "a setting", id(form.system): "a setting",
                 id(form.argument_bytes): "bytes or null", id(form.event_bytes): "bytes",
                 id(form.vm): "a VM"}.get(id(schema)) or kind(schema)
    if name == "TimeoutPeriod":
        described = "a CIM interval or null"
    if name == "cause":
        described = "a cause"
    return f'`{name}`: {described}{"" if name in required else ", optional"}'


def target(method, calls):
    return {"HOST": "", "JOB": "a job"}.get(
        method["target"], "a VM" if calls.needs_target(method, calls.raw) else "")


def method_lines(methods, calls):
    for method in methods:
        members, required = calls.arguments(method, calls.raw)
        told = "<br>".join(argument(name, schema, required, calls.raw)
                           for name, schema in members.items())
        yield f'`{method["full"]}`', target(method, calls), told


def material_lines(tables):
    forms = {"PREFIXED": "its length in the first four bytes", "ZEROS": "zero bytes",
             "HIGH": "bytes above 0x7F", "PATTERN": "no length in front", "UNSET": "00 00 00 04",
             "LAST": "as the one before, but for the last byte"}
    for name, length, form, usable in tables.materials:
        yield f"`{name}`", length, forms[form], "yes" if usable == "1" else "vectors say no"


def sections(tables, calls):
    return {
        "methods": table(["method", "target", "args"], method_lines(tables.methods, calls)),
        "events": table(["event", "target", "args"], method_lines(tables.events, calls)),
        "causes": words(tables.causes),
        "identities": words(tables.identities),
        "faults": words(tables.faults),
        "settings": words(tables.settings),
        "texts": words(row[0] for row in tables.texts),
        "materials": table(["name", "bytes", "what", "usable"], material_lines(tables)),
    }


def fill(text, tables, calls):
    for name, content in sections(tables, calls).items():
        pattern = rf"(<!-- {name} -->\n).*?(<!-- end -->)"
        text, count = re.subn(pattern, lambda match: match[1] + content + "\n" + match[2], text,
                              flags=re.S)
        assert count == 1, f"sim/README.md has {count} places for {name}"
    return text
