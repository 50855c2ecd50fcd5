#!/usr/bin/python3
"""Plants a breach of each rule of structure.py in a scratch tree and sees it reported."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
import structure

SHORT = "int f(void)\n{\n    return 1;\n}\n"


# A comment and two tables that are no functions and end none.
TABLES = "/* { */\nstatic const int t[] = {1, 2};\nstatic const struct s s = (struct s){1};\n"


def function_of(lines):
    return "int f(void)\n{\n" + "    g();\n" * (lines - 3) + "}\n"


class Tree(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = scratch.name

    def write(self, path, content=""):
        place = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w", encoding="utf-8") as file:
            file.write(content)
        return place

    def breaches(self, rule, *words):
        arguments = structure.parse([rule, *(words or (self.root,))])
        return arguments.check(arguments)[0]


class Layers(Tree):
    def setUp(self):
        super().setUp()
        for path in ("model/limits.h", "model/lastgood.h", "model/trace.h", "model/trace_json.h",
                     "model/methods.def", "sim/http.h", "sim/wsman/soap.h",
                     "conformance/runner.h", "conformance/main.h"):
            self.write(path)

    def reported(self, path, include):
        self.write(path, f"// first line\n#include {include}\n")
        found = self.breaches("layers")
        os.remove(os.path.join(self.root, path))
        return [line for line in found if line.startswith(f"{path}:2: ")]

    def test_includes_that_point_down_are_fine(self):
        for path, include in (
            ("model/step.c", '"lastgood.h"'), ("model/step.c", '"methods.def"'),
            ("model/step.c", "<stdint.h>"), ("model/trace_bytes.c", '"lastgood.h"'),
            ("model/trace_json.c", "<jansson.h>"), ("model/tests/test_step.c", "<cmocka.h>"),
            ("sim/wsman/xml.c", "<expat.h>"), ("sim/wsman/xml.c", "<limits.h>"),
            ("sim/main.c", '"wsman/soap.h"'), ("sim/main.c", '"version.h"'),
            ("conformance/target_wsman.c", '"sim/wsman/soap.h"'),
            ("fuzz/target_step.c", '"sim/http.h"'), ("fuzz/target_step.c", '"runner.h"'),
        ):  # fmt: skip
            with self.subTest(path=path, include=include):
                self.assertEqual(self.reported(path, include), [])

    def test_includes_that_do_not_are_reported(self):
        for path, include in (
            ("model/step.c", "<stdio.h>"), ("model/step.c", "<limits.h>"),
            ("model/step.c", '"trace.h"'), ("model/step.c", '"../sim/http.h"'),
            ("model/step.c", '"missing.h"'), ("model/step.c", "HEADER"),
            ("model/limits.h", '"lastgood.h"'), ("model/trace.c", "<jansson.h>"),
            ("model/trace.c", '"trace_json.h"'), ("model/trace_json.c", "<unistd.h>"),
            ("model/tests/test_step.c", '"sim/http.h"'), ("sim/main.c", '"runner.h"'),
            ("sim/wsman/xml.c", '"sim/http.h"'), ("sim/wsman/xml.c", "<sys/socket.h>"),
            ("conformance/main.c", '"sim/http.h"'), ("fuzz/replay_main.c", '"conformance/main.h"'),
        ):
            with self.subTest(path=path, include=include):
                self.assertEqual(len(self.reported(path, include)), 1)
                self.write("model/limits.h")

    def test_an_include_in_a_comment_is_none(self):
        self.write("model/step.c", "/*\n#include <stdio.h>\n*/\n")
        self.assertEqual(self.breaches("layers"), [])


class Core(Tree):
    def test_memcpy_and_each_other_are_fine(self):
        one = self.write("one.c", "#include <string.h>\nvoid one(void *a, const void *b, long n)\n"
                                  "{\n    memcpy(a, b, (size_t)n);\n}\n")
        two = self.write("two.c", "extern void one(void *, const void *, long);\n"
                                  "static const char *const names[] = {\"a\", \"b\"};\n"
                                  "const char *two(void *a, long n)\n"
                                  "{\n    one(a, names, n);\n    return names[n];\n}\n")
        self.assertEqual(self.breaches("symbols", one, two), [])
        self.assertEqual(self.breaches("globals", one, two), [])

    def test_a_call_into_libc_is_reported_where_it_stands(self):
        source = self.write("one.c", "extern int puts(const char *);\n\n"
                                     "int f(void)\n{\n    return puts(\"a\");\n}\n")
        self.assertEqual(self.breaches("symbols", source),
                         [f"{source}:5: the core may not need puts"])

    def test_each_kind_of_writable_global_is_reported(self):
        for declaration in ("int g;", "int g = 1;", "static int g;", "_Thread_local int g = 1;"):
            with self.subTest(declaration):
                source = self.write("one.c", declaration + "\nint *f(void) { return &g; }\n")
                found = self.breaches("globals", source)
                self.assertEqual(len(found), 1)
                self.assertIn("g is writable", found[0])

    def test_an_archive_is_read_member_by_member(self):
        source = self.write("one.c", "extern int puts(const char *);\nint g;\n"
                                     "int f(void)\n{\n    return puts(\"a\") + g;\n}\n")
        member, archive = (os.path.join(self.root, name) for name in ("one.o", "libone.a"))
        subprocess.run(["cc", "-c", source, "-o", member], check=True)
        subprocess.run(["ar", "rc", archive, member], check=True)
        self.assertIn("puts", self.breaches("symbols", "--archive", archive)[0])
        self.assertIn("g is writable", self.breaches("globals", "--archive", archive)[0])


class Lengths(Tree):
    def reported(self, path, content):
        self.write(path, content)
        return self.breaches("lengths")

    def test_up_to_the_limit_is_fine(self):
        self.assertEqual(self.reported("model/a.c", TABLES + function_of(70)), [])
        self.assertEqual(self.reported("model/a.c", "//\n" * 600), [])
        self.assertEqual(self.reported("sim/a.h", "/*" + "x" * 96 + "*/\n"), [])
        self.assertEqual(self.reported("model/a.def", "x" * 200), [])

    def test_over_the_limit_is_reported(self):
        self.assertEqual(self.reported("model/a.c", TABLES + function_of(71)),
                         ["model/a.c:4: f has 71 lines, at most 70"])
        self.assertEqual(self.reported("model/a.c", "//\n" * 601),
                         ["model/a.c:601: 601 lines, at most 600"])
        self.assertEqual(self.reported("model/a.c", "\n//" + "é" * 99 + "\n"),
                         ["model/a.c:2: 101 columns, at most 100"])
        self.assertEqual(self.reported("model/a.c", "int f(void)\n{\n"),
                         ["model/a.c:1: braces do not balance"])

    def test_python_is_measured_too(self):
        self.assertEqual(self.reported("conformance/a.py", "def f():\n" + "    g()\n" * 70),
                         ["conformance/a.py:1: f has 71 lines, at most 70"])

    def test_the_median_counts_once_there_are_enough_functions(self):
        self.assertEqual(self.reported("model/a.c", function_of(16)), [])
        many = function_of(16) * 30
        self.write("model/tests/t.c", SHORT * 60)
        self.write("model/b.c", many)
        self.assertEqual(self.reported("model/c.c", many),
                         ["model:0: median function has 16 lines, at most 15"])


class Format(Tree):
    @unittest.skipUnless(shutil.which(structure.CLANG_FORMAT), "not installed")
    def test_a_line_that_would_change_is_reported(self):
        here = os.path.dirname(os.path.abspath(__file__))
        shutil.copy(os.path.join(here, "..", "..", ".clang-format"), self.root)
        self.write("model/a.c", SHORT)
        self.assertEqual(self.breaches("format"), [])
        self.write("model/a.c", SHORT.replace("return 1", "return  1"))
        self.assertEqual(len(self.breaches("format")), 1)


class Strangers(Tree):
    def test_each_pattern_is_reported(self):
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.write("fine.txt", "//a/root/virtualization/v2 wmi/root/cimv2 a.library x/work/y\n")
        self.assertEqual(self.breaches("strangers"), [])
        for name in ("/" + "work/x", "cd /" + "root/x", "/tmp/" + "bash_jobs", "." + "library/",
                     "../" + "shared/x", "http://deb." + "debian.org/"):
            with self.subTest(name):
                self.write("guest.txt", f"\n{name}\n")
                found = self.breaches("strangers")
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0].startswith("guest.txt:2: names "))


if __name__ == "__main__":
    unittest.main()
