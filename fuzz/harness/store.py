"""The folder of one campaign. Whatever is written there is whole, or not there: files take their
place by rename, samples are lines of which a torn last one is passed over."""

import fcntl
import json
import os
import shutil


class Busy(Exception):
    """Somebody else works in the folder."""


def write_whole(path, text):
    """Writes a file that is there in full or as it was, whenever the program is killed."""
    beside = path.with_name(path.name + ".new")
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def take(path):
    """A lock that is held until the file returned is closed, or the program ends."""
    # pylint: disable-next=consider-using-with  # held for as long as the program runs
    file = open(path, "w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Busy(f"{path.parent} is in use by another campaign") from error
    return file


class Store:
    """One campaign: a target under an engine."""

    def __init__(self, out, target, engine):
        self.folder = out / f"{target}-{engine}"
        self.corpus = self.folder / "corpus"
        self.finds = self.folder / "finds"
        self.triage = self.folder / "triage"
        self.afl = self.folder / "afl"
        self.state_file = self.folder / "state.json"
        self.samples_file = self.folder / "samples.jsonl"
        self.lock = None

    def exists(self):
        return self.state_file.exists()

    def open(self):
        """Makes the folder, takes it, and mends what a kill left half done."""
        for folder in (self.folder, self.finds, self.triage):
            folder.mkdir(parents=True, exist_ok=True)
        self.lock = take(self.folder / "lock")
        self.mend()
        self.corpus.mkdir(exist_ok=True)
        return self

    def mend(self):
        old = self.folder / "corpus.old"
        if old.exists() and not self.corpus.exists():
            old.rename(self.corpus)
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self.folder / "corpus.new", ignore_errors=True)

    def replace_corpus(self, new):
        """Puts `new` in the corpus's place; mend() finishes what is broken off."""
        old = self.folder / "corpus.old"
        self.corpus.rename(old)
        new.rename(self.corpus)
        shutil.rmtree(old)

    def read_state(self):
        return json.loads(self.state_file.read_text(encoding="utf-8"))

    def write_state(self, state):
        write_whole(self.state_file, json.dumps(state, indent=1) + "\n")

    def add_sample(self, sample):
        with open(self.samples_file, "a", encoding="utf-8") as file:
            file.write(json.dumps(sample) + "\n")

    def samples(self):
        found = []
        if self.samples_file.exists():
            for line in self.samples_file.read_text(encoding="utf-8").splitlines():
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue  # torn by a kill
        return found

    def find_files(self):
        """What the engines kept as finds."""
        own = [path for path in self.finds.glob("*") if path.is_file()]
        afl = [path for kind in ("crashes", "hangs")
               for path in self.afl.glob(f"*/{kind}/id*") if path.is_file()]
        return sorted(own + afl)
