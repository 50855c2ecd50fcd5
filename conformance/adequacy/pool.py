"""A program that reads lines and answers each with a line of JSON; resumable."""

import json
import pathlib
import subprocess
import sys
import time


def read_answers(folder):
    """{mutant: answer}, and what was said beside that; a line cut off does not count."""
    answers, heads = {}, []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                answer = json.loads(line)
            except json.JSONDecodeError:
                continue
            if "mutant" in answer:
                answers[answer["mutant"]] = answer
            else:
                heads.append(answer)
    return answers, heads


def names_of(vectors, kills):
    """The vectors whose bit is set; bits_of: the other way."""
    return {vector for i, vector in enumerate(vectors) if int(kills[i // 4], 16) >> i % 4 & 1}


def bits_of(vectors, killers):
    return "".join(f"{sum((name in killers) << k for k, name in enumerate(vectors[i:i + 4])):x}"
                   for i in range(0, len(vectors), 4))


def start(command, lines, folder):
    given, taken = folder / "given", sum(1 for _ in folder.glob("*.jsonl"))
    given.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    with open(given, encoding="utf-8") as source, \
            open(folder / f"answers-{taken:03}.jsonl", "w", encoding="utf-8") as sink, \
            open(folder / "errors", "w", encoding="utf-8") as errors:
        return subprocess.Popen([*map(str, command)], stdin=source, stdout=sink, stderr=errors)


def show(text=""):
    """One line of a terminal, written over and over; without a text it is taken away."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def tell(what, folder, total):
    show(f"adequacy: {what}: {len(read_answers(folder)[0])} of {total}")


def run(what, command, lines, folder):
    """lines: {mutant: line}. Returns ({mutant: answer}, heads). What stands in the folder is not
    done again."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    answers, heads = read_answers(folder)
    left = [line for mutant, line in lines.items() if mutant not in answers]
    if left or not heads:
        process = start(command, left, folder)
        said = time.monotonic()
        while process.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - said > 5:
                said = time.monotonic()
                tell(what, folder, len(lines))
        show()
        if process.returncode:
            raise RuntimeError(f"{what}: {(folder / 'errors').read_text('utf-8')[-2000:]}")
    answers, heads = read_answers(folder)
    return {mutant: answers[mutant] for mutant in lines}, heads
