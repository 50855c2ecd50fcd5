"""Reading a source tree: which files there are, C text without comments, where functions are."""

import ast
import os
import re
import subprocess

# The folders that hold what the project wrote; elsewhere there is only what tools made.
FOLDERS = ("model", "sim", "conformance", "explore", "auth", "fuzz", "reports")
SKIPPED = ("__pycache__", "out")

COMMENT = r"//[^\n]*|/\*.*?\*/"
LITERAL = r"""(?P<literal>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
COMMENT_OR_LITERAL = re.compile(COMMENT + "|" + LITERAL, re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n(?:[^\n\\]|\\.)*)*", re.M)
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)", re.S)


def source_files(root, suffixes):
    """Paths below root, relative to it and sorted, of the source files with these suffixes."""
    found = []
    for folder in FOLDERS:
        for where, below, names in os.walk(os.path.join(root, folder)):
            below[:] = [name for name in below if name not in SKIPPED]
            found += [os.path.join(where, name) for name in names if name.endswith(suffixes)]
    return sorted(os.path.relpath(path, root) for path in found)


def tracked_files(root):
    """What git tracks or would add; None where there is no git checkout."""
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    names = {os.fsdecode(name) for name in answer.split(b"\0") if name}
    return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def _blank(match):
    """Spaces where the match was; its lines stay."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    """C text of the same shape with its comments blanked; literals stay."""
    return COMMENT_OR_LITERAL.sub(lambda match: match["literal"] or _blank(match), text)


def code_only(text):
    """C text of the same shape with comments, literals and preprocessor lines blanked."""
    return DIRECTIVE.sub(_blank, COMMENT_OR_LITERAL.sub(_blank, text))


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def _opening(code):
    """Offset of the "(" that matches the ")" at the end of the code."""
    depth = 0
    for offset in range(len(code) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(code[offset], 0)
        if depth == 0:
            return offset
    return 0


def _function_head(code, start, end):
    """(name, line of the name) if what stands before a brace is the head of a function."""
    head = code[start:end].rstrip()
    if not head.endswith(")") or "=" in head:
        return None
    before = head[: _opening(head)].rstrip()
    return re.search(r"\w*$", before).group(), line_at(code, start + len(before))


def c_functions(text):
    """(name, first line, last line) of each function definition; ValueError if braces mismatch."""
    code = ATTRIBUTE.sub(_blank, code_only(text))
    functions, depth, head_from, current = [], 0, 0, None
    for match in re.finditer(r"[{};]", code):
        mark = match.group()
        if mark == "{":
            if depth == 0:
                current = _function_head(code, head_from, match.start())
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0 and current:
                functions.append((*current, line_at(code, match.start())))
        if depth == 0:
            head_from = match.end()
    if depth != 0:
        raise ValueError("braces do not balance")
    return functions


def python_functions(text):
    """(name, first line, last line) of each function definition, nested ones too."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    return [(node.name, node.lineno, node.end_lineno) for node in nodes]
