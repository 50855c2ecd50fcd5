"""leash.py PARENT COMMAND...: runs a command that ends when PARENT does, however that ends, with
everything that it started, also what left its session (the fork server of AFL++ does)."""

import ctypes
import os
import pathlib
import signal
import subprocess
import sys

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def parent_of(stat):
    """From /proc/PID/stat; the name before it may hold anything."""
    return int(stat.rpartition(")")[2].split()[1])


def own_children():
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if parent_of(path.read_text(errors="replace")) == os.getpid():
                found.append(int(path.parent.name))
        except OSError:
            continue  # it has ended
    return found


def end_all(*_):
    """Orphans become children of this process, so that none is left in the end."""
    while children := own_children():
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def end_at_once(*_):
    end_all()
    os._exit(1)


def main():
    parent, command = int(sys.argv[1]), sys.argv[2:]
    prctl = ctypes.CDLL(None).prctl
    signal.signal(signal.SIGTERM, end_at_once)
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        return 1
    with subprocess.Popen(command) as child:
        signal.signal(signal.SIGINT, lambda *_: child.send_signal(signal.SIGINT))
        code = child.wait()
    end_all()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
