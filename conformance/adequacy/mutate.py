"""Mutants of the service's files: small changes of their text, each by one operator."""

import re
from dataclasses import dataclass

FILES = ("step.c", "op_event.c", "op_job.c", "op_power.c", "op_read.c", "op_service.c",
         "op_settings.c", "op_vault.c", "job.c", "power.c", "vault.c", "check.c",
         "objection.c", "answer.c")

OPERATORS = ("return code swapped", "comparison", "boundary", "constant", "condition negated",
             "statement dropped", "state update dropped", "wrong member", "wrong name",
             "job transition", "table row")

TOKEN = re.compile(r"""
    (?P<skip>/\*.*?\*/ | //[^\n]* | ^\#(?:[^\n]*\\\n)*[^\n]*)
  | (?P<string>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
  | (?P<number>(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<mark><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
""", re.VERBOSE | re.DOTALL | re.MULTILINE)

MEANINGS = ("COMPLETED NOT_SUPPORTED FAILED TIMEOUT INVALID_PARAMETER INVALID_STATE INCOMPATIBLE "
            "IN_USE STATUS_UNKNOWN ACCESS_DENIED INCORRECT_TYPE UNAVAILABLE OUT_OF_MEMORY BUSY "
            "JOB_STARTED").split()
FAULTS = "NOT_FOUND ACCESS_DENIED INVALID_CLASS UNAVAILABLE".split()
CAUSES = ("CLASS_ABSENT PROVIDER_DOWN CALLER_WITHOUT_RIGHTS SERVICE_STOPPED TYPE_MISMATCH "
          "SETTING_MISSING SETTING_MALFORMED SETTING_TOO_LONG SETTING_DUPLICATE "
          "SETTING_OTHER_CLASS SETTING_WRONG_TYPE SETTING_UNIDENTIFIED VM_UNKNOWN VM_GONE "
          "NOT_A_VM UNKNOWN_PROPERTY BYTES_REFUSED REQUEST_REFUSED UNSUPPORTED HELD POWER "
          "COMBINATION TPM_NEEDED NO_PROTECTOR NO_LAST_KNOWN_GOOD OVER_SEALED START_FAILS "
          "ENVIRONMENT").split()
JOB_STATES = ("FREE NEW STARTING RUNNING SUSPENDED SERVICE SHUTTING_DOWN COMPLETED TERMINATED "
              "KILLED EXCEPTION").split()
JOB_FLAGS = ("TOOK_EFFECT WILL_FAIL WILL_TERMINATE MOVED ERROR_OPEN WILL_BE_KILLED "
             "END_SEEN").split()

# A name becomes the next one of its ring.
RINGS = {
    "return code swapped": [[f"LG_MEANING_{m}" for m in MEANINGS],
                            [f"LG_FAULT_{f}" for f in FAULTS],
                            [f"LG_CAUSE_{c}" for c in CAUSES], CAUSES],
    "job transition": [[f"LG_JOB_{s}" for s in JOB_STATES], [f"LG_JOB_{f}" for f in JOB_FLAGS]],
    "wrong name": [
        [f"LG_POWER_{p}" for p in ("OFF", "RUNNING", "PAUSED", "SAVED")],
        [f"LG_VM_{f}" for f in ("HELD", "HAS_CHECKPOINT", "HAS_EXPORT", "SHIELDED", "ENCRYPTED",
                                "OLD_VERSION")],
        [f"LG_VM_{k}" for k in ("NONE", "REALIZED", "PLANNED")],
        [f"LG_HOST_{f}" for f in ("NO_TPM", "GUARDED", "UNCONTROLLED", "PROVIDER_DOWN",
                                  "SERVICE_STOPPED")],
        [f"LG_HOST_{v}" for v in ("2016", "2019", "2022", "2025", "BELOW")],
        [f"LG_ROLE_{r}" for r in ("ADMINISTRATOR", "HYPERV_ADMINISTRATOR", "USER")],
        [f"LG_BLOB_{b}" for b in ("PLAIN", "OPAQUE", "EMPTY", "SHORT", "UNSET", "TOO_LONG", "NULL",
                                  "WRONG_TYPE")],
        [f"LG_TEXT_{t}" for t in ("WELL_FORMED", "MISSING", "MALFORMED", "OTHER_CLASS")],
        [f"LG_TEXT_{t}" for t in ("TOO_LONG", "DUPLICATE", "WRONG_TYPE", "UNKNOWN_PROPERTY",
                                  "HUGE")],
        [f"LG_ID_{i}" for i in ("EXACT", "OTHER_CASE", "WITHOUT_LAST_PART", "MISSING", "UNKNOWN",
                                "CHECKPOINT", "DEFINITION")],
        [f"LG_TIMEOUT_{t}" for t in ("NONE", "GIVEN", "MALFORMED")],
        [f"LG_SETTING_{s}" for s in ("TPM_ENABLED", "KSD_ENABLED", "SHIELDING_REQUESTED",
                                     "DATA_PROTECTION_REQUESTED", "ENCRYPT_STATE",
                                     "BIND_TO_HOST_TPM")],
        ["TPM_ENABLED", "KSD_ENABLED", "SHIELDING_REQUESTED", "DATA_PROTECTION_REQUESTED",
         "ENCRYPT_STATE", "BIND_TO_HOST_TPM"],
        [f"LG_ANSWERS_{a}" for a in ("NOTHING", "BYTES", "JOB", "INSTANCE", "LIST", "ERROR",
                                     "VM")],
        [f"LG_BYTES_{f}" for f in ("GIVEN", "NULL", "NONE", "UNSET")],
        [f"LG_KIND_{k}" for k in ("METHOD", "READ", "LIST", "EVENT")],
        [f"LG_TARGET_{t}" for t in ("SERVICE", "VM", "JOB", "HOST")],
        ["BOOT_NO", "BOOT_START", "BOOT_RESET", "BOOT_RESUME"],
        ["true", "false"],
    ],
    "wrong member": [
        ["current", "last_known_good", "policy", "seal"], ["present", "values"],
        ["now_from", "now_to"], ["ended_from", "ended_to"], ["error", "error_to"],
        ["return_value", "return_to"], ["checkpoint", "image"], ["symbol", "other"],
        ["kind", "power", "generation"], ["setting", "identity", "blob"], ["from", "to"],
        ["job", "new_job"], ["masks", "shown"],
    ],
}
NAMED_NUMBERS = ("LG_RETENTION_MS",)
COMPARISON = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
LOGIC = {"&&": "||", "||": "&&"}
TYPES = {"struct", "enum", "static", "const", "unsigned", "int", "bool", "char", "size_t", "void",
         "uint8_t", "uint16_t", "uint32_t", "uint64_t", "return", "case", "default", "if", "else",
         "for", "while", "switch", "do", "typedef", "extern"}
ASSIGNS = {"=", "+=", "-=", "|=", "&=", "^=", "<<=", ">>=", "++", "--"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    at: int


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int
    function: str
    operator: str
    number: int  # among those of its function and operator
    start: int
    end: int
    before: str
    after: str

    @property
    def id(self):
        return f"{self.file}:{self.function}:{self.operator.replace(' ', '-')}:{self.number}"

    def apply(self, text):
        return text[:self.start] + self.after + text[self.end:]


def tokens_of(text):
    found = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup
        if kind != "skip" and not match.group().isspace():
            found.append(Token(kind, match.group(), match.start()))
    return found


@dataclass(frozen=True)
class Block:
    """A function or a declaration with a body at file scope: tokens first to last, "{" at open."""
    name: str
    first: int
    open: int
    last: int
    is_function: bool


def declared(head):
    """The name in the head of a declaration; "" of one without."""
    brackets = [i for i, token in enumerate(head) if token.text == "["]
    names = [t.text for t in head[:brackets[0] if brackets else len(head)] if t.kind == "name"]
    return names[-1] if names[-1] not in TYPES else ""


def blocks_of(tokens):
    """Every function, table and enumeration at file scope, in order."""
    depth, first, opened = 0, 0, None
    for i, token in enumerate(tokens):
        if token.text == "{":
            if depth == 0:
                opened = i
            depth += 1
        elif token.text == "}":
            depth -= 1
            if depth == 0 and tokens[opened - 1].text == ")":
                name = next(t.text for t, after in zip(tokens[first:], tokens[first + 1:])
                            if after.text == "(")
                yield Block(name, first, opened, i, True)
                first, opened = i + 1, None
        elif token.text == ";" and depth == 0:
            if opened is not None:
                yield Block(declared(tokens[first:opened]), first, opened, i, False)
            first, opened = i + 1, None


def closing(tokens, opening):
    depth = 0
    for i in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[i].text, 0)
        if depth == 0:
            return i
    raise ValueError("no closing parenthesis")


def swapped_number(text):
    digits = text.rstrip("uUlL")
    value, suffix = int(digits, 0), text[len(digits):]
    values = [value + 1, 0] if value > 1 else [value + 1] if value == 0 else [0, 2]
    if value > 2:
        values.append(value - 1)
    return [f"{v}{suffix}" for v in values]


def ring_changes(token, previous):
    for operator, rings in RINGS.items():
        if operator == "wrong member" and previous not in (".", "->"):
            continue
        for ring in rings:
            if token.text not in ring:
                continue
            bare = not token.text.startswith("LG_") and operator != "wrong member"
            if bare and token.text not in ("true", "false") and not token.text.startswith("BOOT_") \
                    and previous != "(":
                continue
            at = ring.index(token.text)
            yield operator, ring[(at + 1) % len(ring)]
            if operator == "job transition" and len(ring) > 2:
                yield operator, ring[(at - 1) % len(ring)]


def token_changes(tokens, i):
    token, previous = tokens[i], tokens[i - 1].text if i else ""
    if token.kind == "number":
        yield from (("constant", value) for value in swapped_number(token.text))
    elif token.text in NAMED_NUMBERS:
        yield "constant", f"({token.text} + 1)"
        yield "constant", f"({token.text} - 1)"
    elif token.kind == "name":
        yield from ring_changes(token, previous)
    elif token.text in COMPARISON:
        yield "comparison", COMPARISON[token.text]
        if token.text in BOUNDARY:
            yield "boundary", BOUNDARY[token.text]
    elif token.text in LOGIC:
        yield "condition negated", LOGIC[token.text]


def conditions(tokens, start, end):
    for i in range(start, end):
        if tokens[i].text in ("if", "while") and tokens[i + 1].text == "(":
            yield tokens[i + 1].at + 1, tokens[closing(tokens, i + 1)].at


def statements(tokens, start, end):
    """(operator, first token, the ";") of every statement that can be left out."""
    depth, first, heads = 0, None, set()
    for i in range(start, end):
        if tokens[i].text in ("if", "for", "while", "switch") and tokens[i + 1].text == "(":
            heads.add(closing(tokens, i + 1))
        if tokens[i].text in ("case", "default"):
            heads.add(next(j for j in range(i, end) if tokens[j].text == ":"))
        begins = tokens[i - 1].text in ("{", "}", ";", "else") or i - 1 in heads
        if depth == 0 and begins:
            first = i
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(tokens[i].text, 0)
        if tokens[i].text in ("{", "}"):
            first = None
        if tokens[i].text != ";" or depth or first is None:
            continue
        words = [t.text for t in tokens[first:i]]
        bare_return = words == ["return"]
        if words and (words[0] not in TYPES or bare_return):
            update = any(w in ASSIGNS for w in words)
            yield "state update dropped" if update else "statement dropped", first, i
        first = None


def returns_of(tokens, start, end):
    """The expressions that a function returns."""
    for i in range(start, end):
        if tokens[i].text == "return" and tokens[i + 1].text != ";":
            last = next(j for j in range(i, end) if tokens[j].text == ";")
            yield tokens[i + 1].at, tokens[last].at


def changes_of_block(text, tokens, block):
    start, end = block.open + 1, block.last
    for i in range(start, end):
        token = tokens[i]
        for operator, after in token_changes(tokens, i):
            yield operator, token.at, token.at + len(token.text), after
    if not block.is_function:
        return
    for at, to in conditions(tokens, start, end):
        yield "condition negated", at, to, f"!({text[at:to]})"
    if any(token.text == "bool" for token in tokens[block.first:block.open - 1]
           if token.at < text.index(block.name + "(", tokens[block.first].at)):
        for at, to in returns_of(tokens, start, end):
            if text[at:to] not in ("true", "false"):
                yield "condition negated", at, to, f"!({text[at:to]})"
    for operator, first, last in statements(tokens, start, end):
        yield operator, tokens[first].at, tokens[last].at, ""


def mutants_of(file, text):
    """Every mutant that the operators make of one file, in a fixed order."""
    made, numbers = [], {}
    tokens = tokens_of(text)
    for block in blocks_of(tokens):
        for operator, start, end, after in changes_of_block(text, tokens, block):
            key = block.name, operator
            number = numbers[key] = numbers.get(key, 0) + 1
            line = text.count("\n", 0, start) + 1
            made.append(Mutant(file, line, block.name or "enum", operator, number, start, end,
                               " ".join(text[start:end].split()), after))
    return made
