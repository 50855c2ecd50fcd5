#!/usr/bin/python3
"""The rules of the source tree, each a command and each a CTest.

Exit codes: 0 with one line that says what was looked at; 1 with a line "file:line: what is wrong"
for each breach; 77 (skipped) when the tool or the checkout that the rule needs is not there.
"""

import argparse
import fnmatch
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import namedtuple

sys.dont_write_bytecode = True
import structure_text as text  # after the line that keeps the tree clean

# --- The rules, as data ---------------------------------------------------------------------------

CORE_HEADERS = ("stdint.h", "stddef.h", "stdbool.h", "string.h")
C_HEADERS = CORE_HEADERS + (
    "assert.h", "ctype.h", "errno.h", "inttypes.h", "limits.h", "stdalign.h", "stdarg.h",
    "stdio.h", "stdlib.h", "stdnoreturn.h", "time.h",
)
ANY = ("*",)

Layer = namedtuple("Layer", "name paths may_include system_headers")

MODEL = ("tables", "core", "trace", "trace_json")
WIRE = MODEL + ("wsman", "auth")

# The first row with a pattern that matches a path is its layer. A layer may include itself, the
# layers it names, and the system headers it names.
LAYERS = (
    Layer("tables", ("model/*.def", "model/limits.h"), (), CORE_HEADERS),
    Layer("model tests", ("model/tests/*",), MODEL, ANY),
    Layer("benches", ("model/bench/*",), MODEL, ANY),
    Layer("trace_json", ("model/trace_json*", "model/trace_blobs.c", "model/trace_outcome.c",
                         "model/trace_properties.c", "model/trace_time.c", "model/recording.*",
                         "model/suggest.*"),
          ("tables", "core", "trace"), C_HEADERS + ("jansson.h",)),
    Layer("trace", ("model/trace*",), ("tables", "core"), CORE_HEADERS),
    Layer("core", ("model/*",), ("tables",), CORE_HEADERS),
    Layer("wsman tests", ("sim/wsman/tests/*",), MODEL + ("wsman",), ANY),
    Layer("wsman", ("sim/wsman/*",), MODEL, C_HEADERS + ("expat.h",)),
    Layer("auth tests", ("auth/tests/*",), ("wsman", "auth"), ANY),
    Layer("auth", ("auth/*",), ("wsman",), C_HEADERS + ("gssapi/*", "gnutls/*")),
    Layer("sim tests", ("sim/tests/*",), WIRE + ("sim",), ANY),
    Layer("sim", ("sim/*",), WIRE, ANY),
    Layer("conformance tests", ("conformance/tests/*",), WIRE + ("conformance",), ANY),
    Layer("adequacy", ("conformance/adequacy/*",), WIRE + ("conformance", "explore"), ANY),
    Layer("conformance main", ("conformance/main.*",), WIRE + ("conformance", "explore"), ANY),
    Layer("conformance", ("conformance/*",), WIRE + ("plugin",), ANY),
    Layer("explore tests", ("explore/tests/*",),
          WIRE + ("conformance", "explore", "model tests", "conformance tests"), ANY),
    Layer("explore", ("explore/*",), WIRE + ("conformance",), ANY),
    Layer("plugin", ("fuzz/plugin.h",), (), C_HEADERS),
    Layer("fuzz", ("fuzz/*",), WIRE + ("explore", "sim", "conformance", "plugin"), ANY),
)

# Where the build looks for a header that is not beside the file that includes it.
INCLUDE_FOLDERS = (".", "model", "auth", "sim", "sim/wsman", "conformance", "explore", "fuzz")

CORE_BUILD_FLAGS = (
    "-std=c11", "-O2", "-g", "-fno-pic", "-fno-stack-protector", "-U_FORTIFY_SOURCE",
)
LIBC_THE_CORE_NEEDS = {"memcpy", "memset", "memcmp"}
WRITABLE_KINDS = "bBdDC"

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 600
COLUMNS_MAX = 100
MEDIAN_LINES_MAX = 15
MEDIAN_NEEDS_FUNCTIONS = 50

CLANG_FORMAT = "clang-format-14"

# Made from pieces, so that this file does not break its own rule.
STRANGERS = tuple(
    (what, re.compile(pattern))
    for what, pattern in (
        ("a path of one machine", r"(?<![\w.])/" + r"work/"),
        ("a path of one machine", r"(?<![\w.])/" + r"root/(?!virtualization|cimv2|msps|standard)"),
        ("a path of one machine", r"/tmp/" + r"bash_jobs"),
        ("a folder of the workplace", r"(?<!\w)\." + r"library\b"),
        ("a folder of the workplace", r"\.\./" + r"shared\b"),
        ("a package mirror", r"\b(?:deb|ftp|security|snapshot)\." + r"debian\.org\b"),
    )
)

SKIP = 77


# --- layers ---------------------------------------------------------------------------------------

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b[ \t]*(?:([\"<])([^\">\n]+)[\">])?", re.M)


def layer_of(path):
    for layer in LAYERS:
        if any(fnmatch.fnmatchcase(path, pattern) for pattern in layer.paths):
            return layer
    return None


def resolve(root, includer, name):
    """The file of the tree that an include names, relative to root, or None."""
    for folder in (os.path.dirname(includer), *INCLUDE_FOLDERS):
        path = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(os.path.join(root, path)):
            return path
    return None


def include_breach(root, path, quote, name):
    """What is wrong with one include, or None."""
    layer = layer_of(path)
    if not name:
        return "an include that names no file cannot be checked"
    of_the_system = quote == "<" and name in C_HEADERS
    target = None if of_the_system else resolve(root, path, name)
    if target and layer_of(target):
        below = layer_of(target).name
        if below == layer.name or below in layer.may_include:
            return None
        return f"{layer.name} may not include {below} ({target})"
    if quote == "<" and any(fnmatch.fnmatchcase(name, allowed) for allowed in layer.system_headers):
        return None
    if quote == '"' and layer.system_headers == ANY:
        return None  # made by the build
    return f"{layer.name} may not include {name}"


def check_layers(arguments):
    files = [p for p in text.source_files(arguments.root, (".c", ".h", ".def")) if layer_of(p)]
    breaches, count = [], 0
    for path in files:
        code = text.without_comments(text.read(arguments.root, path))
        for match in INCLUDE.finditer(code):
            count += 1
            wrong = include_breach(arguments.root, path, match.group(1), match.group(2))
            if wrong:
                breaches.append(f"{path}:{text.line_at(code, match.start())}: {wrong}")
    return breaches, f"{count} includes in {len(files)} files point down"


# --- symbols and globals --------------------------------------------------------------------------

Symbol = namedtuple("Symbol", "name kind place")


def compile_core(arguments, folder):
    """Object files of the core as it is without instrumentation or hardening."""
    objects = []
    for number, source in enumerate(arguments.sources):
        objects.append(os.path.join(folder, f"{number}.o"))
        includes = [f"-I{path}" for path in arguments.include]
        command = [arguments.cc, *CORE_BUILD_FLAGS, *includes, "-c", source, "-o", objects[-1]]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{source}:1: does not compile\n{done.stderr}")
    return objects


def symbols_in(binary):
    """Every symbol of an object or archive; the place is where the debug information puts it."""
    command = ["nm", "--line-numbers", "--format=posix", binary]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for line in lines:
        fields, _, place = line.partition("\t")
        fields = fields.split()
        if len(fields) >= 2 and len(fields[1]) == 1:
            found.append(Symbol(fields[0], fields[1], place or f"{binary}:0"))
    return found


def core_symbols(arguments):
    if arguments.archive:
        return symbols_in(arguments.archive)
    with tempfile.TemporaryDirectory() as folder:
        objects = compile_core(arguments, folder)
        return [symbol for path in objects for symbol in symbols_in(path)]


def check_symbols(arguments):
    symbols = core_symbols(arguments)
    defined = {symbol.name for symbol in symbols if symbol.kind != "U"}
    strange = [s for s in symbols if s.kind == "U" and s.name not in defined | LIBC_THE_CORE_NEEDS]
    breaches = [f"{s.place}: the core may not need {s.name}" for s in strange]
    if not defined:
        breaches = [f"{arguments.archive}:0: defines nothing"]
    names = " ".join(sorted(LIBC_THE_CORE_NEEDS))
    return breaches, f"{len(defined)} symbols need nothing but {names}"


def check_globals(arguments):
    symbols = core_symbols(arguments)
    breaches = [f"{s.place}: {s.name} is writable" for s in symbols if s.kind in WRITABLE_KINDS]
    return breaches, f"{len(symbols)} symbols, no writable global"


# --- lengths --------------------------------------------------------------------------------------


def is_test(path):
    return "/tests/" in path or os.path.basename(path).startswith("test_")


def functions_of(path, content):
    return (text.python_functions if path.endswith(".py") else text.c_functions)(content)


def file_breaches(path, content):
    lines = content.splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield f"{path}:{FILE_LINES_MAX + 1}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        columns = len(line.expandtabs())
        if columns > COLUMNS_MAX:
            yield f"{path}:{number}: {columns} columns, at most {COLUMNS_MAX}"


def function_breaches(path, functions):
    for name, first, last in functions:
        length = last - first + 1
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{first}: {name} has {length} lines, at most {FUNCTION_LINES_MAX}"


def check_lengths(arguments):
    breaches, product = [], []
    files = text.source_files(arguments.root, (".c", ".h", ".py"))
    for path in files:
        content = text.read(arguments.root, path)
        breaches += file_breaches(path, content)
        try:
            functions = functions_of(path, content)
        except (ValueError, SyntaxError) as error:
            breaches.append(f"{path}:{getattr(error, 'lineno', None) or 1}: {error}")
            continue
        breaches += function_breaches(path, functions)
        if path.endswith((".c", ".h")) and not is_test(path):
            product += [last - first + 1 for _, first, last in functions]
    median = statistics.median(product) if product else 0
    if len(product) >= MEDIAN_NEEDS_FUNCTIONS and median > MEDIAN_LINES_MAX:
        breaches.append(f"model:0: median function has {median} lines, at most {MEDIAN_LINES_MAX}")
    return breaches, f"{len(files)} files; {len(product)} C functions, median {median:g} lines"


# --- format ---------------------------------------------------------------------------------------


def check_format(arguments):
    if not shutil.which(CLANG_FORMAT):
        print(f"skipped: {CLANG_FORMAT} is not installed")
        sys.exit(SKIP)
    files = text.source_files(arguments.root, (".c", ".h"))
    if not files:
        return [], "no C files"
    command = [CLANG_FORMAT, "--dry-run", "-Werror", *files]
    done = subprocess.run(command, cwd=arguments.root, capture_output=True, text=True)
    places = re.findall(r"^(\S+:\d+):\d+: error:", done.stderr, re.M)
    breaches = [f"{place}: not as {CLANG_FORMAT} -i writes it" for place in dict.fromkeys(places)]
    if done.returncode != 0 and not breaches:
        breaches = [f".clang-format:1: {done.stderr.strip()}"]
    return breaches, f"{len(files)} files are formatted"


# --- strangers ------------------------------------------------------------------------------------


def strangers_in(path, content):
    for number, line in enumerate(content.splitlines(), 1):
        for what, pattern in STRANGERS:
            match = pattern.search(line)
            if match:
                yield f"{path}:{number}: names {what}: {match.group()}"


def check_strangers(arguments):
    files = text.tracked_files(arguments.root)
    if files is None:
        print("skipped: not a git checkout")
        sys.exit(SKIP)
    breaches = []
    for path in files:
        breaches += strangers_in(path, path)
        breaches += strangers_in(path, text.read(arguments.root, path))
    return breaches, f"{len(files)} files name no stranger"


# --- the command line -----------------------------------------------------------------------------


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="RULE")
    for name, check, about in (
        ("layers", check_layers, "includes point down only"),
        ("lengths", check_lengths, "functions, files and lines are short"),
        ("format", check_format, f"{CLANG_FORMAT} has nothing to change"),
        ("strangers", check_strangers, "no tracked file names the place where it was written"),
    ):
        command = commands.add_parser(name, help=about)
        command.add_argument("root")
        command.set_defaults(check=check)
    for name, check, about in (
        ("symbols", check_symbols, "the core needs nothing but memcpy, memset and memcmp"),
        ("globals", check_globals, "the core has no writable global"),
    ):
        command = commands.add_parser(name, help=about)
        command.add_argument("--archive", help="look at this archive instead of building sources")
        command.add_argument("--cc", default="cc", help="compiler (default: cc)")
        command.add_argument("-I", dest="include", action="append", default=[], metavar="FOLDER")
        command.add_argument("sources", nargs="*")
        command.set_defaults(check=check)
    arguments = parser.parse_args(words)
    if arguments.check in (check_symbols, check_globals):
        if bool(arguments.archive) == bool(arguments.sources):
            parser.error("give either --archive or the core's sources")
    return arguments


def main(words):
    arguments = parse(words)
    breaches, summary = arguments.check(arguments)
    print("\n".join(breaches) if breaches else summary)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
