"""The two engines: how each is started, what it says of its progress, how a corpus is minimised."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

from . import targets

LEASH = str(pathlib.Path(__file__).resolve().parent / "leash.py")
SECONDS_OF_ONE = 30  # an input that takes longer, by the clock of the wall, is a find
AFL_SEEDS_MAX = 200  # afl-fuzz runs each several times before it begins
SANITIZERS = {
    "ASAN_OPTIONS": "malloc_context_size=2:abort_on_error=1:symbolize=0:detect_leaks=0:"
                    "intercept_memcmp=0",  # cells are compared all the time; replay checks it
    "UBSAN_OPTIONS": "abort_on_error=1:symbolize=0:print_stacktrace=1",
}
AFL_ENVIRONMENT = {
    "AFL_NO_UI": "1", "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1",
    "AFL_TRY_AFFINITY": "1", "AFL_AUTORESUME": "1", "AFL_SKIP_CRASHES": "1",
    "AFL_HANG_TMOUT": str(SECONDS_OF_ONE * 1000),  # its own second is over soon on a busy machine
}


def start(command, log, environment):
    """A child that dies when this program does, however that ends, with its own children."""
    with open(log, "ab") as file:
        return subprocess.Popen(  # pylint: disable=consider-using-with
            [sys.executable, LEASH, str(os.getpid()), *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            env={**os.environ, **environment})


class LibFuzzer:
    """One process a job; all share a corpus folder."""

    line = re.compile(rb"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/.*?exec/s: (\d+)", re.M)
    begins = b"INFO: Seed: "
    last_bytes = 65536

    def __init__(self, target, store):
        self.target, self.store = target, store
        self.runs_before = {}  # of a job, by its processes that have ended

    def start(self, job, seconds, seed, bare):
        fuzzer = targets.fuzzer("libfuzzer", self.target.name)
        self.runs_before[job] = self.count_runs(job)
        words = targets.dictionary("libfuzzer", self.target)
        seeds = [] if bare else targets.seed_folders("libfuzzer", self.target)
        command = [fuzzer, self.store.corpus, *seeds, f"-artifact_prefix={self.store.finds}/",
                   f"-max_len={self.target.longest}", f"-max_total_time={max(1, int(seconds))}",
                   f"-timeout={SECONDS_OF_ONE}", f"-report_slow_units={SECONDS_OF_ONE}",
                   "-reload=1", "-print_final_stats=1",
                   f"-detect_leaks={int(not self.target.script and not self.target.runs)}",
                   *([f"-runs={self.target.runs}"] if self.target.runs else []),
                   *([f"-dict={words}"] if words else []),
                   *([f"-seed={seed + job}"] if seed else [])]
        return start(command, self.log(job), SANITIZERS | {
            "ASAN_OPTIONS": SANITIZERS["ASAN_OPTIONS"].replace("detect_leaks=0:", "")})

    def log(self, job):
        return self.store.folder / f"job-{job}.log"

    def progress(self, job):
        """What one job said last."""
        path = self.log(job)
        if not path.exists():
            return {}
        with open(path, "rb") as file:
            file.seek(max(0, path.stat().st_size - self.last_bytes))
            found = self.line.findall(file.read().rpartition(self.begins)[2])
        before = self.runs_before.get(job, 0)
        if not found:
            return {"execs": before}
        execs, edges, features, corpus, rate = map(int, found[-1])
        return {"execs": before + execs, "edges": edges, "features": features, "corpus": corpus,
                "rate": rate}

    def count_runs(self, job):
        """What the processes of a job so far have said last, each."""
        path = self.log(job)
        logs = path.read_bytes().split(self.begins) if path.exists() else []
        return sum(int(found[-1][0]) for found in map(self.line.findall, logs) if found)

    def minimise(self):
        new = self.store.folder / "corpus.new"
        new.mkdir()
        command = [targets.fuzzer("libfuzzer", self.target.name), "-merge=1",
                   f"-max_len={self.target.longest}", new, self.store.corpus,
                   *targets.seed_folders("libfuzzer", self.target)]
        done = subprocess.run(list(map(str, command)), capture_output=True, check=False,
                              env={**os.environ, **SANITIZERS})
        return new if done.returncode == 0 and any(new.iterdir()) else None


class AflPlusPlus:
    """One main and any number of secondaries, as AFL++ documents it."""

    def __init__(self, target, store):
        self.target, self.store = target, store

    def seeds(self, bare):
        folder = self.store.folder / "in"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        own = [] if bare else targets.seed_folders("aflpp", self.target)
        files = [path for place in own for path in place.iterdir() if path.is_file()]
        first = sorted(files, key=lambda path: ("-drawn-" not in path.name, path.stat().st_size,
                                                path.name))  # those reach something of their own
        for path in [path for path in first if path.stat().st_size][:AFL_SEEDS_MAX]:
            shutil.copy(path, folder / path.name)
        if not any(folder.iterdir()):
            (folder / "nothing").write_bytes(targets.EMPTY_SCRIPT)
        return folder

    def environment(self):
        mutator = targets.build_of("aflpp") / "lib" / "libscript_mutator.so"
        own = dict(AFL_ENVIRONMENT)
        if self.target.script and mutator.exists():
            own["AFL_CUSTOM_MUTATOR_LIBRARY"] = str(mutator)
        if self.target.runs:
            own["AFL_FUZZER_LOOPCOUNT"] = str(self.target.runs)
        return own | SANITIZERS

    def start(self, job, seconds, seed, bare):
        fuzzer = targets.fuzzer("aflpp", self.target.name)
        words = targets.dictionary("aflpp", self.target)
        folder = self.store.folder / "in"
        if job == 0 or not folder.exists():
            folder = self.seeds(bare)
        name = ["-M", "main"] if job == 0 else ["-S", f"second{job}"]
        command = ["afl-fuzz", "-i", folder, "-o", self.store.afl, *name, "-m", "none",
                   "-t", f"{SECONDS_OF_ONE * 1000}+", "-V", max(1, int(seconds)),
                   "-G", self.target.longest, *(["-x", words] if words else []),
                   *(["-s", seed + job] if seed else []), "--", fuzzer]
        return start(command, self.store.folder / f"job-{job}.log", self.environment())

    def progress(self, job):
        name = "main" if job == 0 else f"second{job}"
        path = self.store.afl / name / "fuzzer_stats"
        if not path.exists():
            return {}
        pairs = (line.split(":", 1) for line in path.read_text(errors="replace").splitlines()
                 if ":" in line)
        stats = {key.strip(): value.strip() for key, value in pairs}

        def number(key):
            try:  # "inf" at first; and the file is seen while it is written
                return int(float(stats.get(key) or 0))
            except (ValueError, OverflowError):
                return 0

        return {"execs": number("execs_done"), "edges": number("edges_found"),
                "features": number("edges_found"), "corpus": number("corpus_count"),
                "rate": number("execs_per_sec"), "stability": stats.get("stability", "")}

    def minimise(self):
        new = self.store.folder / "corpus.new"
        queue = self.store.folder / "queue"
        shutil.rmtree(queue, ignore_errors=True)
        queue.mkdir()
        for path in self.store.afl.glob("*/queue/id*"):
            shutil.copy(path, queue / path.name.replace(":", "_"))
        done = subprocess.run(
            ["afl-cmin", "-i", str(queue), "-o", str(new), "-m", "none", "--",
             str(targets.fuzzer("aflpp", self.target.name))],
            capture_output=True, check=False, env={**os.environ, **self.environment()})
        shutil.rmtree(queue)
        return new if done.returncode == 0 and new.exists() else None


ENGINES = {"libfuzzer": LibFuzzer, "aflpp": AflPlusPlus}
