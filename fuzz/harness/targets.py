"""The fuzz targets, and where their programs, seeds and words are."""

import os
import pathlib
from collections import namedtuple

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "reports" / "out" / "fuzz"

# script: the input is calls and a tape (model/trace.h), else any bytes.
# seeds: a folder of the build, or the vectors, to begin with beside the target's corpus.
# runs: of one process, where a library keeps something of each; 0: any number.
Target = namedtuple("Target", "name script seeds words longest what runs", defaults=(0,))
SCRIPTS = "seeds"
VECTORS = "vectors"

TARGETS = {target.name: target for target in (
    Target("step", True, SCRIPTS, None, 2304, "the model's step"),
    Target("oracle", True, SCRIPTS, None, 1152, "the oracle against the model's own traces"),
    Target("trace", True, SCRIPTS, None, 1152, "traces as bytes and as JSON"),
    Target("differential", True, SCRIPTS, None, 1152, "the model against both mappings"),
    Target("canary", True, None, None, 576, "a planted fault that must be found"),
    Target("plugin", True, None, None, 576, "an implementation behind fuzz/plugin.h"),
    Target("embedded", False, "seeds-wire/embedded", "xml", 4096, "embedded instances"),
    Target("selectors", False, None, "wql", 1024, "object paths, selectors, associations"),
    Target("recording", False, "seeds-wire/recording", "json", 8192, "recordings"),
    Target("vector", False, VECTORS, "json", 8192, "vector files"),
    Target("host_file", False, None, "json", 4096, "host files"),
    Target("chunking", False, None, "xml", 2048, "HTTP in pieces"),
    Target("http_head", False, None, "xml", 4096, "heads of HTTP requests"),
    Target("sealing", False, None, "xml", 8192, "sealed multipart bodies"),
    Target("sign_in", False, None, None, 2048, "HTTP authentication headers and tokens", 50000),
    Target("soap", False, "seeds-wire/soap", "xml", 8192, "SOAP and XML"),
    Target("wql", False, None, "wql", 1024, "WQL"),
    Target("wsman", False, "seeds-wire/soap", "xml", 8192, "whole WS-Management messages"),
)}
ENGINES = {"libfuzzer": ("build-fuzz", "fuzz_"), "aflpp": ("build-fuzz-afl", "afl_")}

FAULTY = ("canary", "plugin")
EMPTY_SCRIPT = bytes(36)  # one call and its tape


class Missing(Exception):
    """Something that must be built first."""


def build_of(engine):
    """The build folder of an engine; LASTGOOD_FUZZ_BUILD names another one."""
    return pathlib.Path(os.environ.get("LASTGOOD_FUZZ_BUILD") or ROOT / ENGINES[engine][0])


def program(engine, prefix, name):
    path = build_of(engine) / "bin" / f"{prefix}{name}"
    if not path.exists():
        preset = "fuzz" if engine == "libfuzzer" else "fuzz-afl"
        raise Missing(f"{path} is not there: cmake --preset {preset} && "
                      f"cmake --build --preset {preset}")
    return path


def fuzzer(engine, target):
    return program(engine, ENGINES[engine][1], target)


def seed_folders(engine, target):
    """Folders of inputs to begin with. Where there is a bug to find, what finds it is none."""
    if target.name in FAULTY:
        return []
    folders = [ROOT / "fuzz" / "corpus" / target.name]
    if target.seeds:
        folders.append(ROOT / "conformance" / "vectors" if target.seeds == VECTORS
                       else build_of(engine) / target.seeds)
    return [folder for folder in folders if folder.is_dir() and any(folder.iterdir())]


def dictionary(engine, target):
    path = build_of(engine) / f"{target.words}.dict"
    return path if target.words and path.exists() else None
