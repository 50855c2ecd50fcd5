#!/usr/bin/python3
"""Writes reports/clauses.md and reports/contradictions.md: what belongs to what.

    conformance/clauses.py             prints how many clauses and sentences there are
    conformance/clauses.py --write     writes both reports
    conformance/clauses.py --check     exit code 1 if they are not what it would write
    conformance/clauses.py --dry-run   makes them and writes nothing
"""

import collections
import sys

import traceability as trace
from cells import REASONS

REPORTS = trace.ROOT / "reports"
KINDS = ("must", "may", "defines", "silent", "contradicted")
SHOWN = 3

# Clauses that no vector cites, and why.
UNTESTED = {}


NO_EVIDENCE = "nothing is needed: no reading can be told from another"


def some(ids, shown=SHOWN):
    more = f" and {len(ids) - shown} more" if len(ids) > shown else ""
    return ", ".join(ids[:shown]) + more


def of_clause(sentences, clause):
    """Where on its page; how many elsewhere."""
    own = [f"{one['section']} {one['ordinal']}" for one in sentences
           if clause.id in one["targets"] and one["page"] == clause.page]
    elsewhere = sum(clause.id in one["targets"] for one in sentences) - len(own)
    return some(own, 6) + (f"; {elsewhere} on other pages" if elsewhere else "")


def sites_of(clause, alternatives, causes):
    words = [f"{row.site}={row.name}" + (" (violates)" if row.tag == "VIOLATES" else "")
             for row in alternatives if row.clause == clause.id]
    words += [f"cause {name}" for name, of in causes if of == clause.id]
    return ", ".join(words)


def clause_tables(sentences):
    cited, code = trace.vectors_citing(), trace.places_in_code()
    alternatives, causes = trace.alternatives(), trace.causes()
    by_page = collections.defaultdict(list)
    for clause in trace.clauses():
        by_page[clause.page].append(clause)
    for page, clauses in by_page.items():
        yield f"\n### {page}\n"
        for clause in clauses:
            tested = some(cited[clause.id]) or UNTESTED.get(clause.id, "none")
            lines = [f"- **{clause.id}** ({clause.kind}; {clause.section}): {clause.text}",
                     f"  - sentences: {of_clause(sentences, clause)}", f"  - vectors: {tested}"]
            held = sites_of(clause, alternatives, causes)
            lines += [f"  - sites and causes: {held}"] if held else []
            lines += [f"  - code: {', '.join(code[clause.id])}"] if code[clause.id] else []
            yield "\n".join(lines)


def return_table(sentences):
    cited = trace.vectors_citing()
    reasons = {f"{method}={low}": reason for (method, low), reason in REASONS.items()}
    place = {one["targets"][0]: f"{one['section']} {one['ordinal']}" for one in sentences
             if "=" in "".join(one["targets"])}
    yield "| clause | sentence | vectors that cite it |\n|---|---|---|"
    for identifier in trace.returns():
        tested = some(cited[identifier]) or f"none: {reasons[identifier]}"
        yield f"| {identifier} | {place[identifier]} | {tested} |"


def page_table(sentences):
    yield f"| page | read | sentences | {' | '.join(KINDS)} | nothing to test |"
    yield "|---" * (len(KINDS) + 4) + "|"
    for page in trace.listed("pages"):
        own = [one for one in sentences if one["page"] == page["id"]]
        kinds = collections.Counter(one["kind"] for one in own)
        idle = sum(not one["targets"] for one in own)
        counts = " | ".join(str(kinds[kind]) for kind in KINDS)
        yield f"| {page['id']} | {page['text'].lower()} | {len(own)} | {counts} | {idle} |"


def summary(sentences):
    clauses = trace.clauses()
    targets = {target for one in sentences for target in one["targets"]}
    stray = sum(not one["targets"] and not one["reason"] for one in sentences)
    stray += sum(clause.id not in targets for clause in clauses)
    return (f"{len(sentences)} sentences and rows of {len(trace.listed('pages'))} pages, "
            f"{sum(bool(one['targets']) for one in sentences)} of them with something to test;\n"
            f"{len(clauses)} clauses and {len(trace.returns())} return codes; "
            f"unclassified: {stray}.")


def clauses_report(sentences):
    return "\n".join([
        "# Clauses", "",
        "Made by `conformance/clauses.py --write`; nothing here is written by hand. The sentences",
        "are in `model/sentences/`, the clauses in `model/clauses.def`; `lastgood explain ID`",
        "shows each with its sentences, `lastgood list sentences` all sentences. A test fails if a",
        "sentence belongs to nothing, if a clause comes from none, or if one that a target must",
        "keep has no vector.", "",
        summary(sentences), "", "## Pages", "",
        "Read in words: every sentence and row of the page is here, but for properties that the",
        "model does not have, which are one row each. By facts: what is known of it. The section",
        "\"Left open\" is ours: what the page does not say.", "",
        *page_table(sentences), "", "## From clauses to sentences, vectors, sites and code",
        *clause_tables(sentences), "", "## Rows of return tables", "",
        "Which vectors reach each of them is in conformance/README.md.", "",
        *return_table(sentences), ""])


def taken_by(site, pins):
    """What each profile pins; those that pin nothing together."""
    pinned = [f"{name}: {own[site]}" for name, own in pins.items() if site in own]
    free = [name for name, own in pins.items() if site not in own]
    return "; ".join(pinned + ([f"{', '.join(free)}: any that is not forbidden"] if free else []))


def contradiction_lines(row, alternatives, pins, evidence):
    yield f"### {row.id}: {row.what}\n"
    yield f"- page: {row.page}"
    yield f"- readings: {row.readings.strip(' |') or 'none'}"
    if row.site == "none":
        yield f"- taken by every profile: {row.taken}"
    else:
        own = [one for one in alternatives if one.site == row.site]
        yield f"- taken where nothing is pinned: {own[0].name}"
        yield f"- choice site {row.site}:"
        for one in own:
            clause = "" if one.clause == "none" else f", {one.clause}"
            yield f"  - {one.name} ({one.tag.lower()}{clause}): {one.what}"
        yield f"- taken by profiles: {taken_by(row.site, pins)}"
    of = row.id if row.site == "none" else row.site
    yield f"- would be settled by: {evidence.get(of, NO_EVIDENCE)}"


def contradictions_report():
    alternatives, pins, evidence = trace.alternatives(), trace.pins(), trace.evidence()
    rows = trace.contradictions()
    open_rows = [row for row in rows if row.site != "none"]
    lines = ["# Contradictions", "",
             "Made by `conformance/clauses.py --write` from `model/contradictions.def`,",
             "`choices.def`, `profiles.def` and `evidence.def`: where the pages contradict each",
             "other or slipped, how it can be read, with the tag of each reading, and which one",
             "each profile takes.", "",
             f"{len(rows)} rows; {len(open_rows)} of them are held by a choice site."]
    for row in rows:
        lines += ["", *contradiction_lines(row, alternatives, pins, evidence)]
    return "\n".join(lines) + "\n"


def main():
    sentences = trace.sentences()
    reports = {REPORTS / "clauses.md": clauses_report(sentences),
               REPORTS / "contradictions.md": contradictions_report()}
    stale = [path for path, text in reports.items()
             if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--write" in sys.argv:
        for path in stale:
            path.write_text(reports[path], encoding="utf-8")
    elif "--check" in sys.argv and stale:
        for path in stale:
            print(f"{path.relative_to(trace.ROOT)} is old; run conformance/clauses.py --write")
        return 1
    print(summary(sentences))
    return 0


if __name__ == "__main__":
    sys.exit(main())
