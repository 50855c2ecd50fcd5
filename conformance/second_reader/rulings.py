#!/usr/bin/python3
"""Writes rulings.md from rulings.json; with --check, says whether it is as it would be written."""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
HEAD = """# Rulings

Where the second reader and the model did not agree, and what settles it. Written by `rulings.py`
from `rulings.json`. `lastgood explain ID` shows what the ids say. An open ruling says that the
model is wrong; until it is mended, the reader follows it there (`choices.py`), or stands its ground
with `--stand RULING`. Where the model was mended, it now says what the reader says.
"""

WRONG = {"reader": "the reader", "model": "the model", "neither": "neither; they are written "
         "differently"}


def text_of(ruling):
    lines = [f"### {ruling['id']}", "", ruling["question"], "",
             f"- the reader said: {ruling['reader']}",
             f"- the model said: {ruling['model']}",
             f"- settled by {', '.join(f'`{one}`' for one in ruling['settled_by'])}: "
             f"{ruling['because']}",
             f"- wrong: {WRONG[ruling['wrong']]}"]
    if "state" in ruling:
        lines.append(f"- where: {ruling['state']}")
    return "\n".join(lines) + "\n"


def written():
    rulings = json.loads((HERE / "rulings.json").read_text(encoding="utf-8"))["rulings"]
    parts = [HEAD]
    for status, title in (("open", "Open"), ("mended", "The model was mended"),
                          ("settled", "Settled otherwise")):
        those = [ruling for ruling in rulings if ruling["status"] == status]
        parts.append(f"## {title}: {len(those)}\n")
        parts += map(text_of, those)
    return "\n".join(parts)


def main():
    path = HERE / "rulings.md"
    if "--check" in sys.argv[1:]:
        return 0 if path.read_text(encoding="utf-8") == written() else 1
    path.write_text(written(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
