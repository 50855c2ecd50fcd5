"""Runs of a campaign: starts the engine's processes, watches them, keeps the time."""

import signal
import sys
import time

from . import engines, report

SAMPLE_SECONDS = 1.0
GRACE_SECONDS = 10  # for an engine to end by itself


def fresh_state(options):
    return {"target": options.target, "engine": options.engine, "jobs": options.jobs,
            "seed": options.seed, "bare": options.bare, "finds_wanted": options.finds,
            "seconds_wanted": 0, "seconds_done": 0.0, "finished": False}


class Run:
    """One stint of a campaign."""

    def __init__(self, target, store, state):
        self.store, self.state = store, state
        self.engine = engines.ENGINES[state["engine"]](target, store)
        self.processes = {}
        self.stopped = False
        self.finds_begin = {}

    def left(self):
        return self.state["seconds_wanted"] - self.state["seconds_done"]

    def enough(self):
        return len(self.store.find_files()) >= self.state["finds_wanted"]

    def start_job(self, job):
        self.processes[job] = self.engine.start(job, self.left(), self.state["seed"],
                                                self.state["bare"])

    def take_sample(self):
        """Adds up what the jobs say."""
        said = [self.engine.progress(job) for job in range(self.state["jobs"])]
        sample = {"t": round(self.state["seconds_done"], 1),
                  "execs": sum(s.get("execs", 0) for s in said),
                  "rate": sum(s.get("rate", 0) for s in said),
                  "finds": len(self.store.find_files())}
        for key in ("edges", "features", "corpus"):
            sample[key] = max((s.get(key, 0) for s in said), default=0)
        stability = [s["stability"] for s in said if s.get("stability")]
        if stability:
            sample["stability"] = min(stability, key=lambda text: float(text.rstrip("%")))
        self.store.add_sample(sample)
        return sample

    def tell(self, sample):
        end = "\r" if sys.stderr.isatty() else "\n"
        if sys.stderr.isatty() or int(sample["t"]) % 10 == 0:
            sys.stderr.write(
                f"{self.state['target']} {self.state['engine']}: {sample['t']:.0f} of "
                f"{self.state['seconds_wanted']:.0f} s, {sample['execs']} runs, "
                f"{sample['rate']}/s, {sample['edges']} edges, corpus {sample['corpus']}, "
                f"{sample['finds']} finds{end}")

    def restart_ended(self):
        """A libFuzzer process ends with each find, and when it has made the runs of one; afl-fuzz
        ends with the time. False: a process ended by itself otherwise, so that starting it again
        would do no better."""
        for job, process in list(self.processes.items()):
            if process.poll() is None:
                continue
            found = len(self.store.find_files())
            made_its_runs = self.engine.target.runs and process.returncode == 0
            if (found == self.finds_begin.get(job, 0) and self.left() > GRACE_SECONDS
                    and not made_its_runs):
                return process.returncode == 0
            self.finds_begin[job] = found
            if self.left() > 1 and not self.enough():
                self.start_job(job)
        return True

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + GRACE_SECONDS
        for process in self.processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except Exception:  # pylint: disable=broad-except
                process.kill()
                process.wait()

    def interrupt(self, *_):
        self.stopped = True

    def watch(self):
        last = time.monotonic()
        while not self.stopped and self.left() > 0 and not self.enough():
            time.sleep(min(SAMPLE_SECONDS, max(0.05, self.left())))
            now = time.monotonic()
            self.state["seconds_done"] += now - last
            last = now
            self.tell(self.take_sample())
            self.store.write_state(self.state)
            if not self.restart_ended():
                return False
        return True

    def run(self):
        """Returns an exit code: 0 nothing found, 1 finds, 3 the engine would not run."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.interrupt)
        for job in range(self.state["jobs"]):
            self.start_job(job)
        ran = self.watch()
        self.stop()
        self.take_sample()
        self.state["finished"] = self.left() <= 0 or self.enough()
        self.store.write_state(self.state)
        report.write(self.store, self.state)
        if not ran:
            log = self.store.folder / "job-0.log"
            sys.stderr.write(f"campaign: the engine ended by itself; see {log}\n")
            return 3
        return 1 if self.store.find_files() else 0
