"""The report on adequacy: Markdown for people, JSON with the kill matrix."""

import functools
import json
import re
from collections import Counter

import build
import pool
import rivals

STATUSES = ("killed", "equivalent", "legal", "apart", "open")
GROUPS = {"Open": "open", "Legal": "legal", "Equivalent": "equivalent", "Apart": "apart"}

INTRODUCTION = """# Adequacy

Mutants of the service's files of model/, judged by the oracle of the model as it is. Score: killed
/ (all - legal - equivalent - apart). Nothing here is written by hand; made by

    /usr/bin/python3 {command}

{summary}.

- {vectors} vectors.
- Tier smoke alone, {smoke} vectors, kills {smoke_kills}: {smoke_share}.
- Legal: {legal} of all. Under profile literal
{under_literal}
  Were all of them open but those that die there, the score would be {strict}.
- {stillborn} changes more give no program and are not counted.
- Compared with the model under every choice at {of_world} spots, each a state of world A ({states}
  states) with a call (of those where a mutant matters, {spots} at most), and at {sampled} spots of
  random scripts with any call.
- [adequacy/README.md](../conformance/adequacy/README.md) says what the words mean.

## By file
"""


UNDER_LITERAL = {"dies": "die: a vector kills them",
                 "equal": "are what the model is",
                 "hidden": "are what the model is in all that a target shows",
                 "crowded": "are what the model is but with more jobs than the oracle judges",
                 "included": "take fewer of the model's choices",
                 "readings": "do what the model does, by other readings",
                 "rereads": "do only what the model may do, by other readings",
                 "untold": "go another way, and no two calls that follow tell it"}


@functools.cache
def functions_of(name):
    """[(first line, last line, sites)] of a file."""
    lines = (build.MODEL / name).read_text(encoding="utf-8").split("\n")
    found, first = [], 1
    for at, line in enumerate(lines, 1):
        if line.startswith("}"):
            sites = re.findall(r"LG_SITE_(\w+)", "\n".join(lines[first - 1:at]))
            found.append((first, at, list(dict.fromkeys(sites))))
            first = at + 1
    return found


def sites_of(mutant):
    """What is chosen in the function that the mutant changes; of a row, what its cause means."""
    if mutant.file.endswith(".def"):
        return ["failure_meaning"]
    return next((sites for first, last, sites in functions_of(mutant.file)
                 if first <= mutant.line <= last), [])


def change_of(mutant):
    return f"{mutant.before} -> {mutant.after}" if mutant.after else f"{mutant.before} -> nothing"


def score_of(counts):
    counted = counts["killed"] + counts["open"]
    return counts["killed"] / counted if counted else 1.0


def percent(share):
    return f"{100 * share:.1f} %"


def cell(text):
    return text.replace("|", "\\|")


class Report:
    """What a run found."""

    def __init__(self, run, bugs=()):
        self.bugs = bugs
        self.run, self.rival_kills = run, run.rival_kills
        self.vectors = run.heads["vectors"]["vectors"]
        self.tiers = {path.stem: document.get("tier", "hand")
                      for path, document in rivals.documents(run.options.vectors)}
        self.rows = {number: (run.mutants.all[number - 1], *run.status(number))
                     for number in run.numbers}
        self.counts = Counter(status for _, status, _ in self.rows.values())
        self.killed = [n for n, (_, status, _) in self.rows.items() if status == "killed"]

    def score(self):
        return score_of(self.counts)

    def summary(self):
        told = ", ".join(f"{self.counts[status]} {status}" for status in STATUSES)
        return f"{len(self.rows)} mutants: {told}; score {percent(self.score())}"

    def killers_of(self, number):
        """The vectors that kill a mutant."""
        run = self.run
        for what, answers in (("vectors", run.judged), ("more seeds", run.more)):
            answer = answers.get(number)
            if answer and answer["kills"].strip("0"):
                killers = pool.names_of(run.heads[what]["vectors"], answer["kills"])
                return [vector for vector in self.vectors if vector in killers]
        return []

    def kills_by_vector(self):
        kills = {vector: [] for vector in self.vectors}
        for number in self.killed:
            for vector in self.killers_of(number):
                kills[vector].append(number)
        return kills

    def killed_by_tier(self, tier):
        return sum(any(self.tiers[vector] == tier for vector in self.killers_of(number))
                   for number in self.killed)

    def table(self, title, key):
        lines = [f"| {title} | mutants | killed | equivalent | legal | apart | open | "
                 "score |",
                 "|---|--:|--:|--:|--:|--:|--:|--:|"]
        for name in dict.fromkeys(key(row[0]) for row in self.rows.values()):
            counts = Counter(row[1] for row in self.rows.values() if key(row[0]) == name)
            cells = " | ".join(str(counts[status]) for status in STATUSES)
            lines.append(f"| {name} | {sum(counts.values())} | {cells} | "
                         f"{percent(score_of(counts))} |")
        return lines

    def rivals(self):
        if not self.rival_kills:
            return []
        met = [n for n in self.run.met_rivals if self.rows[n][1] in ("killed", "open")]
        ours = self.killed_at_first(met)
        lines = ["", "## Rivals", "",
                 f"The same {len(met)} mutants, the same oracle, the same modes and as many calls. "
                 f"{sum(self.run.left_out.values())} of their", "scripts, which the model itself "
                 "does not pass, were left out.", "", "| tests | killed | score |",
                 "|---|--:|--:|",
                 f"| the vectors | {ours} | {percent(ours / max(len(met), 1))} |"]
        for name, killed in self.rival_kills.items():
            share = len(killed & set(met)) / max(len(met), 1)
            lines.append(f"| {name} | {len(killed & set(met))} | {percent(share)} |")
        return lines

    def bugs_by_hand(self):
        if not self.bugs:
            return []
        told = Counter(outcome for _, outcome, _ in self.bugs)
        lines = ["", "## Bugs planted by hand", "",
                 "In [adequacy/bugs](../conformance/adequacy/bugs), none of which an operator "
                 "makes: " + ", ".join(f"{count} {word}" for word, count in told.items()) + ".",
                 "", "| bug | what is wrong | clause | outcome | reason |", "|---|---|---|---|---|"]
        lines += [f"| {bug.name} | {cell(bug.what)} | {bug.clause} | {outcome} | {cell(reason)} |"
                  for bug, outcome, reason in self.bugs]
        return lines

    def under_literal(self):
        """What becomes of the legal ones there, and the score where only those that die are."""
        told = Counter(reason.split(", ")[-1].removesuffix(" under literal")
                       for _, status, reason in self.rows.values() if status == "legal")
        lines = [f"  - {told[word]} {text}" for word, text in UNDER_LITERAL.items() if told[word]]
        counted = self.counts["killed"] + self.counts["open"] + self.counts["legal"] - told["dies"]
        return "\n".join(lines), self.counts["killed"] / max(counted, 1)

    def killed_at_first(self, numbers):
        """In the modes that the rivals have, too."""
        return sum(self.run.judged[n]["kills"].strip("0") != "" for n in numbers)

    def survivors(self, title, status):
        rows = [row for row in self.rows.values() if row[1] == status]
        legal = status == "legal"
        lines = ["", f"## {title}: {len(rows)}", ""]
        if legal and rows:
            lines += ["Sites (`lastgood explain SITE`): those that the changed function asks.",
                      ""]
        if rows:
            lines += ["| mutant | line | change |" + " sites |" * legal + " reason |",
                      "|---|--:|---|---|" + "---|" * legal]
        for mutant, _, reason in rows:
            sites = f" {', '.join(sites_of(mutant))} |" * legal
            lines.append(f"| {mutant.id} | {mutant.line} | `{cell(change_of(mutant))}` |{sites} "
                         f"{cell(reason)} |")
        return lines

    def command(self):
        options = self.run.options
        words = ["conformance/adequacy/adequacy.py"]
        if options.sample:
            words += ["--sample", str(options.sample), "--seed", str(options.seed)]
        if options.only:
            words += ["--only", options.only]
        words += ["--spots", str(options.spots), "--seeds", str(options.seeds)]
        words += ["--rivals"] * options.rivals
        if options.rivals and options.rivals_sample:
            words += ["--rivals-sample", str(options.rivals_sample)]
        return " ".join(words)

    def markdown(self):
        smoke = self.killed_by_tier("smoke")
        counted = self.counts["killed"] + self.counts["open"]
        spots = self.run.heads["documented"]
        under_literal, strict = self.under_literal()
        lines = INTRODUCTION.format(
            command=self.command(), summary=self.summary(), vectors=len(self.vectors),
            smoke=sum(tier == "smoke" for tier in self.tiers.values()), smoke_kills=smoke,
            smoke_share=percent(smoke / max(counted, 1)),
            legal=percent(self.counts["legal"] / max(len(self.rows), 1)),
            under_literal=under_literal, strict=percent(strict),
            stillborn=len(self.run.mutants.stillborn), of_world=spots.get("of_world", 0),
            states=spots.get("states", 0), spots=self.run.options.spots or "all",
            sampled=spots.get("sampled", 0)).split("\n")
        lines += self.table("file", lambda mutant: mutant.file)
        lines += ["", "## By operator", ""]
        lines += self.table("operator", lambda mutant: mutant.operator)
        lines += self.bugs_by_hand()
        lines += self.rivals()
        for title, status in GROUPS.items():
            lines += self.survivors(title, status)
        return "\n".join(lines) + "\n"

    def data(self):
        return {
            "format": "lastgood-adequacy/2", "vectors": self.vectors,
            "note": "kills: which vectors kill, bit i % 4 of the hexadecimal digit i / 4; a mutant "
                    "that very many kill was not run with all",
            "mutants": [{"id": mutant.id, "line": mutant.line, "change": change_of(mutant),
                         "status": status, "reason": reason,
                         "kills": self.run.judged.get(number, {}).get("kills", "").rstrip("0"),
                         "rivals": [name for name, killed in self.rival_kills.items()
                                    if number in killed]}
                        for number, (mutant, status, reason) in self.rows.items()]}

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "adequacy.md").write_text(self.markdown(), encoding="utf-8")
        with open(folder / "adequacy.json", "w", encoding="utf-8") as file:
            json.dump(self.data(), file, indent=0)
            file.write("\n")
