"""All mutants as one shared library: a target and a step, chosen by lg_mutant."""

import hashlib
import json
import os
import pathlib
import re
import subprocess

import mutate
import schemata
import table_rows

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODEL = ROOT / "model"
BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD", ROOT / "build")).resolve()
OTHERS = ("model/assert model/blob model/cell model/ending model/host model/outcome "
          "model/registers model/tape model/trace_bytes model/trace_blobs model/trace_json "
          "conformance/adequacy/mutant_host").split()
COMPILER = os.environ.get("CC", "gcc")
FLAGS = ["-std=c11", "-O1", "-fPIC", "-w", "-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}", f"-I{MODEL}",
         f"-I{ROOT / 'conformance'}"]
# A variable that a mutant does not set has the same odd value each time.
MUTANT_FLAGS = ["-ftrivial-auto-var-init=pattern"]
# Whole functions, each on its own.
ASSEMBLY_FLAGS = ["-O2", "-fno-ipa-icf", "-fno-ipa-ra", "-fno-ipa-cp", "-fno-ipa-sra",
                  "-fno-partial-inlining", "-fno-tree-slp-vectorize",
                  "-fno-reorder-blocks-and-partition"]
# The tables of the library can be changed; its hosts are made new quickly, and draw by a seed.
TABLE_FLAGS = ["-Dconst="]
TARGET_FLAGS = ["-Dlg_tape_start=lg_mutant_tape_start", "-Dlg_host_init=lg_mutant_host_init"]
HOST_FLAGS = ["-Dlg_outcome_pick=lg_mutant_outcome_pick"]


def run_compiler(*words):
    return subprocess.run([COMPILER, *FLAGS, *map(str, words)], capture_output=True, text=True,
                          check=False)


def compile_file(source, output, *flags):
    done = run_compiler(*flags, "-c", source, "-o", output)
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])


def rows_of(file, macro, parameters, before=""):
    """The rows of a .def file after the preprocessor."""
    values = " @ ".join(parameters)
    source = (f"{before}#define {macro}({', '.join(parameters)}) @@ {values} @@\n"
              f"#include \"{file}\"\n")
    done = subprocess.run([COMPILER, "-E", "-P", f"-I{MODEL}", "-"], input=source, text=True,
                          capture_output=True, check=True)
    return [[value.strip() for value in found.split(" @ ")]
            for found in re.findall(r"@@ (.*?) @@", done.stdout)]


def mutants_of_tables():
    """[(mutant, C that makes it)] of the tables that tables.c holds."""
    returns = [(row[0], int(row[1]), int(row[2]), row[3]) for row in
               rows_of("return_codes.def", "LG_RETURN", list("abcde"))]
    causes = [(row[0], row[1], row[2], row[3:]) for row in
              rows_of("causes.def", "LG_CAUSE", list("abcdefgh"))]
    return [*table_rows.mutants_of_returns(returns), *table_rows.mutants_of_causes(causes)]


class Mutants:
    """Every mutant, numbered from 1, and the library of those that compile.

    only: part of an id; files without such a mutant are in the library as they are."""

    are_wrong = False  # whatever no difference was found in meets all seeds all the same

    def __init__(self, folder, only=""):
        self.folder, self.only = pathlib.Path(folder), only
        self.folder.mkdir(parents=True, exist_ok=True)
        self.all, self.files = [], []
        self.stillborn, self.same_code = set(), set()
        for name in mutate.FILES:
            text = (MODEL / name).read_text(encoding="utf-8")
            made = self.mutants_of(name, text)
            self.files.append(schemata.File(name, text, made, self._number(made)))
        self._add_power_edges()
        tables = self.rows_of_tables()
        self.tables = list(zip(self._number([mutant for mutant, _ in tables]),
                               [code for _, code in tables]))
        self.library = self.folder / "mutants.so"
        self.functions = [(file.name, block.name) for file in self.files
                          for block in file.blocks if block.is_function]

    def mutants_of(self, name, text):
        return mutate.mutants_of(name, text)

    def rows_of_tables(self):
        return mutants_of_tables()

    def _number(self, mutants):
        first = len(self.all) + 1
        self.all += mutants
        return range(first, len(self.all) + 1)

    def _add_power_edges(self):
        power = next(file for file in self.files if file.name == "power.c")
        block = power.block_named("edges")
        start, end = power.span(block)
        made = list(table_rows.mutants_of_edges((MODEL / "power.def").read_text(encoding="utf-8")))
        for number, (_, table) in zip(self._number([mutant for mutant, _ in made]), made):
            power.add_declaration(number, block, power.text[start:end].replace(
                '#include "power.def"', table))

    def functions_of(self, number):
        """The functions that a mutant changes, by index; none: those that read a table."""
        names = {(file.name, name) for file in self.files
                 for name, copies in file.copies.items()
                 if any(mutant == number for mutant, _ in copies)}
        return [at for at, function in enumerate(self.functions) if function in names]

    def digest(self):
        """What the library is made of."""
        found = hashlib.sha256(self.only.encode())
        tools = [HERE / f"{name}.py" for name in ("build", "mutate", "schemata", "table_rows")]
        sources = [MODEL / name for name in (*mutate.FILES, "tables.c")]
        sources += [ROOT / f"{name}.c" for name in OTHERS]
        headers = [path for path in MODEL.glob("*.h") if not path.name.startswith("oracle")]
        for path in sorted([*sources, *headers, *MODEL.glob("*.def"), *tools,
                            HERE / "mutant_host.c", HERE / "mutants.h",
                            ROOT / "conformance/target_model.c"]):
            found.update(path.read_bytes())
        return found.hexdigest()

    def _is_asked(self, file):
        return any(self.only in mutant.id for number, mutant in enumerate(self.all, 1)
                   if number in file.numbers())

    def build(self):
        """What is there already, made of the same, is taken as it is."""
        kept = self.folder / "library.json"
        known = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
        if known.get("digest") != self.digest():
            self._build_all()
            known = {"digest": self.digest(), "stillborn": sorted(self.stillborn),
                     "same_code": sorted(self.same_code)}
            kept.write_text(json.dumps(known), "utf-8")
        self.stillborn, self.same_code = set(known["stillborn"]), set(known["same_code"])

    def _build_all(self):
        objects, first = [], 0
        for file in self.files:
            parts, functions = file.parts(first)
            first += len(functions)
            if self._is_asked(file):
                objects.append(self._compile_parts(file.name, parts))
                continue
            objects.append((self.folder / file.name).with_suffix(".o"))
            compile_file(MODEL / file.name, objects[-1])
        objects.append(self._compile_tables())
        for name in OTHERS:
            objects.append(self.folder / (pathlib.Path(name).name + ".o"))
            flags = HOST_FLAGS if name == "model/host" else []
            compile_file(ROOT / f"{name}.c", objects[-1], *flags)
        objects.append(self.folder / "target_model.o")
        compile_file(ROOT / "conformance/target_model.c", objects[-1], *TARGET_FLAGS)
        subprocess.run([COMPILER, "-shared", "-Wl,-Bsymbolic", "-Wl,-z,defs", "-o", self.library,
                        *objects, "-ljansson"], check=True, capture_output=True)

    def _compile_parts(self, name, parts):
        """Mutants that do not compile are left out."""
        source = self.folder / name
        while True:
            text, lines = schemata.assemble(parts, self.stillborn)
            source.write_text(text, encoding="utf-8")
            done = run_compiler(*MUTANT_FLAGS, "-fsyntax-only", "-fmax-errors=0", source)
            if done.returncode == 0:
                break
            found = {self._owner(lines, int(line)) for line in
                     re.findall(rf"{re.escape(name)}:(\d+):\d+: error", done.stderr)}
            if not found - {0}:
                raise RuntimeError(done.stderr[:4000])
            self.stillborn |= found - {0}
        self._find_same_code(source)
        compile_file(source, source.with_suffix(".o"), *MUTANT_FLAGS)
        return source.with_suffix(".o")

    @staticmethod
    def _owner(lines, line):
        return [mutant for first, mutant in lines if first <= line][-1]

    def _find_same_code(self, source):
        """Mutants whose copies the compiler makes the same instructions of."""
        assembly = source.with_suffix(".s")
        done = run_compiler(*ASSEMBLY_FLAGS, *MUTANT_FLAGS, "-S", source, "-o", assembly)
        if done.returncode:
            raise RuntimeError(done.stderr[-4000:])
        copies = {}
        for name, body in re.findall(r"^(\w+):\n(.*?)^\t\.size\t\1,", assembly.read_text("utf-8"),
                                     re.MULTILINE | re.DOTALL):
            if "__m" in name:
                plain, number = name.rsplit("__m", 1)
                copies.setdefault(int(number.split(".")[0]), []).append((plain, normal(body)))
        originals = dict(copies.pop(0, []))
        self.same_code |= {number for number, made in copies.items()
                           if all(originals.get(plain) == body for plain, body in made)}

    def _compile_tables(self):
        source = self.folder / "tables.c"
        cases = "".join(f"    case {number}: {code} return;\n" for number, code in self.tables)
        source.write_text((MODEL / "tables.c").read_text("utf-8") + f"""
static void set_return(unsigned row, uint32_t low, uint32_t high)
{{
    lg_returns[row].low = low;
    lg_returns[row].high = high;
}}

static void set_meaning(unsigned row, int meaning)
{{
    uint8_t *old = &row_of_meaning[lg_returns[row].method][lg_returns[row].meaning];
    uint8_t *new = &row_of_meaning[lg_returns[row].method][meaning];
    lg_returns[row].meaning = meaning;
    *old = *old == row + 1 ? 0 : *old;
    *new = *new ? *new : row + 1;
}}

void lg_mutate_tables(int mutant)
{{
    switch (mutant) {{
{cases}    default: return;
    }}
}}
""", encoding="utf-8")
        compile_file(source, source.with_suffix(".o"), *TABLE_FLAGS)
        return source.with_suffix(".o")


LABEL = re.compile(r"\.L\d+")
NO_CODE = re.compile(r"\s*\.(loc|cfi|p2align|type|align|LF[BE])")


def normal(body):
    """Instructions with labels in order of appearance."""
    labels = {}
    lines = [line for line in body.split("\n") if not NO_CODE.match(line)]
    return LABEL.sub(lambda m: labels.setdefault(m.group(), f".L{len(labels)}"), "\n".join(lines))
