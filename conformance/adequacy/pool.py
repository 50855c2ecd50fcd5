"""Work spread over processes that read lines and answer with a line of JSON each; resumable."""

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


def start(command, lines, folder, number):
    given = folder / f"given-{number}"
    given.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    taken = sum(1 for _ in folder.glob("*.jsonl"))
    with open(given, encoding="utf-8") as source, \
            open(folder / f"answers-{taken:03}.jsonl", "w", encoding="utf-8") as sink, \
            open(folder / f"errors-{number}", "w", encoding="utf-8") as errors:
        return subprocess.Popen([*map(str, command)], stdin=source, stdout=sink, stderr=errors)


def tell(what, folder, total):
    done = len(read_answers(folder)[0])
    print(f"adequacy: {what}: {done} of {total}", file=sys.stderr, flush=True)


def run(what, command, lines, folder, jobs):
    """lines: {mutant: line}. Returns ({mutant: answer}, heads). What stands in the folder is not
    done again."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    answers, heads = read_answers(folder)
    left = [line for mutant, line in lines.items() if mutant not in answers]
    jobs = min(jobs, len(left)) or (0 if heads else 1)
    processes = [start(command, left[i::jobs], folder, i) for i in range(jobs)]
    said = time.monotonic()
    while any(process.poll() is None for process in processes):
        time.sleep(0.2)
        if time.monotonic() - said > 15:
            said = time.monotonic()
            tell(what, folder, len(lines))
    for i, process in enumerate(processes):
        if process.returncode:
            raise RuntimeError(f"{what}: {(folder / f'errors-{i}').read_text('utf-8')[-2000:]}")
    answers, heads = read_answers(folder)
    return {mutant: answers[mutant] for mutant in lines}, heads
