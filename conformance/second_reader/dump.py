"""What `lastgood explore --grouped --dump` writes: states, and what may come of each call."""

import json
import subprocess


def make(lastgood, path, every):
    """Has the program write the dump; its last line says how large the world is."""
    command = [lastgood, "explore", "--world", "A", "--quiet", "--grouped", "--dump", path,
               "--every", str(every)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Dump:
    """Everything but the groups, which are read one by one."""

    def __init__(self, path):
        self.path = path
        self.calls, self.outcomes, self.namings, self.patterns = {}, {}, {}, {}
        self.lines, self.cells = [], {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith('{"state"'):
                    self.lines.append(line)
                elif not line.startswith('{"from"'):
                    self.take(json.loads(line))

    def take(self, line):
        for kind, table in (("naming", self.namings), ("pattern", self.patterns),
                            ("outcome", self.outcomes)):
            if kind in line:
                table[line["number"]] = line if kind == "outcome" else line[kind]
                return
        self.calls[line["number"]] = line

    def cell(self, number):
        found = self.cells.get(number)
        if found is None:
            found = self.cells[number] = json.loads(self.lines[number])["cell"]
        return found

    def name(self, call):
        """How a call is told: its name and arguments."""
        line = self.calls[call]
        args = json.dumps(line["args"]) if "args" in line else ""
        return (line.get("call") or line.get("event")) + " " + args

    def groups(self, every):
        """(state, call, [outcome, next state, naming ...], [pattern ...]) of every N-th state."""
        with open(self.path, encoding="utf-8") as file:
            for line in file:
                if not line.startswith('{"from"'):
                    continue
                if every > 1 and int(line[8:line.index(",")]) % every:
                    continue
                group = json.loads(line)
                yield group["from"], group["call"], group["may"], group.get("shows", ())
