"""The table of planted faults: each is looked for from an empty corpus, with the mutator of scripts
by several seeds, and once without it. What was tried is kept, so that it goes on after a kill."""

import json
import math
import os
import resource
import signal
import statistics
import subprocess
import tempfile
import time

from . import store as stores
from . import targets

SEEDS = {"mutator": (1, 2, 3, 4, 5), "plain": (1,)}
NOTHING = "none"  # planted: then nothing may be blamed, or what was found is no planted fault
LIMITS = {"mutator": 60, "plain": 20}  # seconds of one core
PROGRAMS = {"mutator": "canary", "plain": "canary_plain"}
SAYS = (b"lastgood-find: violates", b"lastgood-find: inconsistent")
OPTIONS = {"ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0:malloc_context_size=1:"
                           "intercept_memcmp=0:quarantine_size_mb=8",
           "UBSAN_OPTIONS": "abort_on_error=1:symbolize=0"}


class Broken(Exception):
    """The fuzzer ended without a find and before its time."""


def all_faults():
    """(name, clause) of every planted fault."""
    program = targets.program("libfuzzer", "", "lastgood-sim-faulty")
    said = subprocess.run([str(program), "--list-faults"], capture_output=True, text=True,
                          check=True).stdout
    return [tuple(line.split("\t")[:2]) for line in said.splitlines()]


def run_limited(command, environment, log, seconds):
    """Seconds of a core that the program took, and whether it was ended for that."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))

    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                          env={**os.environ, **environment}, preexec_fn=limit) as child:
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    return used.ru_utime + used.ru_stime, child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def look_for(fault, way, seed):
    """Seconds of a core until the fault was blamed; None: not within the limit."""
    program = targets.program("libfuzzer", "fuzz_", PROGRAMS[way])
    with tempfile.TemporaryDirectory() as place, open(f"{place}/log", "w+b") as log:
        os.mkdir(f"{place}/corpus")
        command = [str(program), f"{place}/corpus", f"-seed={seed}", "-detect_leaks=0",
                   f"-artifact_prefix={place}/", f"-max_len={targets.TARGETS['canary'].longest}",
                   "-len_control=0"]  # as libFuzzer does by itself with a mutator of the target's
        took, over = run_limited(command, OPTIONS | {"LASTGOOD_FAULT": fault}, log, LIMITS[way])
        log.seek(0)
        said = log.read()
    if any(words in said for words in SAYS):
        return round(took, 2)
    if not over:
        raise Broken(f"{program.name} with {fault}, seed {seed}, ended by itself: "
                     f"{said[-300:].decode('utf-8', 'replace')}")
    return None


class Table:
    """What was tried so far, one line each in faults.jsonl."""

    def __init__(self, out, faults, whole):
        self.out, self.faults = out, faults
        self.nothing = (NOTHING,) if whole else ()
        self.file = out / "faults.jsonl"
        self.tried = {}
        for line in self.file.read_text("utf-8").splitlines() if self.file.exists() else []:
            try:
                one = json.loads(line)
            except ValueError:
                continue  # torn by a kill
            self.tried[one["fault"], one["way"], one["seed"]] = one["seconds"]

    def missing(self):
        """All faults by one seed, then by the next: an early end leaves no fault out."""
        wanted = [(fault, way, SEEDS[way][0]) for fault in self.nothing for way in SEEDS]
        wanted += [(fault, way, seed) for way, seeds in SEEDS.items() for seed in seeds
                   for fault, _ in self.faults]
        return [key for key in wanted if key not in self.tried]

    def add(self, key, seconds):
        if key[0] == NOTHING and seconds is not None:
            raise Broken(f"{PROGRAMS[key[1]]}: blamed with nothing planted, seed {key[2]}")
        self.tried[key] = seconds
        line = json.dumps(dict(zip(("fault", "way", "seed", "seconds"), (*key, seconds))))
        with open(self.file, "a", encoding="utf-8") as file:
            file.write("\n" + line)  # on its own line, whatever a kill left before it

    def times(self, fault, way):
        """Of the seeds tried; infinite: not found."""
        found = [self.tried.get((fault, way, seed), "-") for seed in SEEDS[way]]
        return [math.inf if seconds is None else seconds for seconds in found if seconds != "-"]

    def found(self):
        """Every fault, by the median of all seeds."""
        return all(len(self.times(fault, "mutator")) == len(SEEDS["mutator"]) and
                   statistics.median(self.times(fault, "mutator")) < math.inf
                   for fault, _ in self.faults)

    def write(self):
        stores.write_whole(self.out / "faults.md", self.text())

    def text(self):
        rows = ["| fault | clause | median, s | seeds | without the mutator, s |",
                "|---|---|---|---|---|"]
        for fault, clause in self.faults:
            times, plain = self.times(fault, "mutator"), self.times(fault, "plain")
            rows.append(f"| {fault} | {clause} | {told(times)} | "
                        f"{', '.join(told([one]) for one in times)} | {told(plain)} |")
        medians = [statistics.median(times) for fault, _ in self.faults
                   if (times := self.times(fault, "mutator"))]
        plain = [self.times(fault, "plain") for fault, _ in self.faults]
        head = (f"Planted faults, looked for from an empty corpus: seconds of one core, at most "
                f"{LIMITS['mutator']} with the mutator of scripts, {LIMITS['plain']} without.\n\n"
                f"{sum(median < math.inf for median in medians)} of {len(self.faults)} found by "
                f"the median of up to {len(SEEDS['mutator'])} seeds; without the mutator "
                f"{sum(times[0] < math.inf for times in plain if times)} of "
                f"{sum(bool(times) for times in plain)} tried. "
                f"{len(self.missing())} searches are left.\n\n")
        return head + "\n".join(rows) + "\n"


def told(times):
    if not times:
        return "-"
    median = statistics.median(times)
    return "not found" if median == math.inf else f"{median:.2f}"


def search(out, seconds, only):
    """Goes on with the table until it is whole or the time is over."""
    faults = [row for row in all_faults() if not only or row[0] in only]
    out.mkdir(parents=True, exist_ok=True)
    held = stores.take(out / "faults.lock")
    table = Table(out, faults, not only)
    end = time.monotonic() + seconds
    for key in table.missing():
        if time.monotonic() >= end:
            break
        seconds_taken = look_for(*key)
        table.add(key, seconds_taken)
        table.write()
        print("%-34s %-8s seed %d: %s" %
              (*key, told([math.inf if seconds_taken is None else seconds_taken])), flush=True)
    table.write()
    held.close()
    return table
