"""Finds told apart, made small and explained."""

import hashlib
import json
import os
import re
import subprocess
import tempfile

from . import store as stores
from . import targets

STEP = 18  # bytes of a call: LG_STEP_BYTES of model/trace.h
SECONDS_OF_ONE = 25
TRIALS_MAX = 1500
OPTIONS = {"ASAN_OPTIONS": "abort_on_error=1:symbolize=1:detect_leaks=1",
           "UBSAN_OPTIONS": "abort_on_error=1:symbolize=1:print_stacktrace=1"}


def replay(program, data, folder):
    """What the target says to an input: (exit code, text)."""
    path = os.path.join(folder, "input")
    with open(path, "wb") as file:
        file.write(data)
    try:
        done = subprocess.run([str(program), path], capture_output=True, check=False,
                              timeout=SECONDS_OF_ONE, env={**os.environ, **OPTIONS})
    except subprocess.TimeoutExpired:
        return -1, "takes too long"
    return done.returncode, (done.stderr + done.stdout).decode("utf-8", "replace")


def signature(code, text):
    """What a find is known by; None if it is none. Numbers that differ from run to run are not part
    of it."""
    if code == 0:
        return None
    if code == -1:
        return "takes too long"
    for pattern in (r"lastgood-find: (.*)", r"(\S+:\d+:\d+: runtime error: .*)",
                    r"ERROR: (\w+Sanitizer: [\w-]+)"):
        found = re.search(pattern, text)
        if found:
            frame = re.search(r"#\d+ \S+ in (\w+) \S*/(?:model|sim|conformance|fuzz)/", text)
            where = f" in {frame.group(1)}" if frame and "Sanitizer" in found.group(1) else ""
            said = re.sub(r"0x[0-9a-f]+", "0x*", found.group(1))
            return re.sub(r"\S*/(?=(?:model|sim|conformance|fuzz)/)", "", said) + where
    return f"ended with {code}"


# --- shrinking ------------------------------------------------------------------------------------

def parts_of(data, script):
    """A script is calls and a tape; other bytes are single ones, without a tape."""
    if not script:
        return [data[i:i + 1] for i in range(len(data))], b""
    count = len(data) // 2 // STEP
    return [data[i * STEP:(i + 1) * STEP] for i in range(count)], data[count * STEP:]


def whole_of(parts, tape, script, from_end=False):
    """The tape becomes as long as the calls, and loses its end, or its beginning: targets read
    choices from the one and settings of their own from the other."""
    calls = b"".join(parts)
    if not script:
        return calls
    size = len(calls)
    if from_end:
        return calls + tape[max(0, len(tape) - size):].rjust(size, b"\0")
    return calls + tape[:size].ljust(size, b"\0")


def without(parts, keeps):
    """Removes ever smaller runs, down to single parts, until none can go: one-minimal."""
    size = max(1, len(parts) // 2)
    while True:
        at, shrunk = 0, False
        while at < len(parts):
            rest = parts[:at] + parts[at + size:]
            if keeps(rest):
                parts, shrunk = rest, True
            else:
                at += size
        if size > 1:
            size //= 2
        elif not shrunk:
            return parts


def plainer_tape(tape, keeps):
    """Choices as plain as they can be: zeros, all at once or in ever smaller runs."""
    size = max(1, len(tape))
    while size:
        for at in range(0, len(tape), size):
            plain = tape[:at] + bytes(len(tape[at:at + size])) + tape[at + size:]
            if plain != tape and keeps(plain):
                tape = plain
        size //= 2
    return tape


def plainer_calls(parts, keeps):
    """Arguments that do not matter become zero."""
    for index, call in enumerate(parts):
        for at in range(1, len(call)):
            plain = call[:at] + b"\0" + call[at + 1:]
            if plain != parts[index] and call[at] and keeps(parts[:index] + [plain] +
                                                            parts[index + 1:]):
                parts = parts[:index] + [plain] + parts[index + 1:]
                call = plain
    return parts


def shrink_one_way(data, script, same, from_end):
    trials = [0]

    def tried(parts, tape):
        trials[0] += 1
        return trials[0] < TRIALS_MAX and same(whole_of(parts, tape, script, from_end))

    parts, tape = parts_of(data, script)
    parts = without(parts, lambda rest: tried(rest, tape))
    if script:
        tape = whole_of(parts, tape, True, from_end)[len(parts) * STEP:]
        tape = plainer_tape(tape, lambda plain: tried(parts, plain))
        parts = plainer_calls(parts, lambda rest: tried(rest, tape))
        parts = without(parts, lambda rest: tried(rest, tape))
    return whole_of(parts, tape, script, from_end)


def shrink(data, script, same):
    """The smallest input found that is the same find; no call of it can go."""
    ways = [shrink_one_way(data, script, same, from_end)
            for from_end in ((False, True) if script else (False,))]
    return min([data, *(small for small in ways if same(small))], key=len)


# --- telling --------------------------------------------------------------------------------------

def slug(text):
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    return f"{words}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def write_vector(engine, folder):
    """A vector candidate: the calls, for somebody to write what is allowed."""
    try:
        lastgood = targets.program(engine, "", "lastgood")
    except targets.Missing:
        return False
    done = subprocess.run([str(lastgood), "convert", str(folder / "input.bin"),
                           str(folder / "vector.json")], capture_output=True, check=False)
    return done.returncode == 0


def explain(target, engine, store, name, group, program):
    """Shrinks one find and writes its folder."""
    folder = store.triage / slug(name)
    folder.mkdir(exist_ok=True)
    smallest = min(group, key=lambda path: (path.stat().st_size, path.name))
    with tempfile.TemporaryDirectory() as place:
        small = shrink(smallest.read_bytes(), target.script,
                       lambda data: signature(*replay(program, data, place)) == name)
        _, text = replay(program, small, place)
    (folder / "input.bin").write_bytes(small)
    stores.write_whole(folder / "trace.txt", text)
    vector = target.script and write_vector(engine, folder)
    head = text.split("\n    #", 1)[0]
    find = {"signature": name, "files": len(group), "bytes": len(small),
            "calls": len(small) // 2 // STEP if target.script else 0,
            "folder": folder.name, "trace": head[:8000], "vector": bool(vector)}
    stores.write_whole(folder / "find.json", json.dumps(find, indent=1) + "\n")
    return find


def triage(target, store, engine):
    """All finds of a campaign, told apart. Those that do not come back are listed as such."""
    program = targets.program(engine, "replay_", target.name)
    groups, gone = {}, []
    with tempfile.TemporaryDirectory() as place:
        for path in store.find_files():
            name = signature(*replay(program, path.read_bytes(), place))
            if name is None:
                gone.append(path)
            else:
                groups.setdefault(name, []).append(path)
    found = [explain(target, engine, store, name, group, program)
             for name, group in sorted(groups.items())]
    return found, gone
