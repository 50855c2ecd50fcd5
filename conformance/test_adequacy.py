"""The vectors catch mutants of the model: the mutator, and a few mutants; conformance/adequacy has
the whole."""

import json
import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "adequacy"))

import bugs  # noqa: E402  pylint: disable=wrong-import-position
import build  # noqa: E402  pylint: disable=wrong-import-position
import mutate  # noqa: E402  pylint: disable=wrong-import-position
import report  # noqa: E402  pylint: disable=wrong-import-position
import smoke  # noqa: E402  pylint: disable=wrong-import-position
import table_rows  # noqa: E402  pylint: disable=wrong-import-position

MODEL = HERE.parent / "model"
OF_A_FILE = {
    "return code": ("answer(turn, LG_MEANING_FAILED, 0);", "return code swapped",
                    "answer(turn, LG_MEANING_TIMEOUT, 0);"),
    "comparison": ("x = a == b;", "comparison", "x = a != b;"),
    "boundary": ("x = a < b;", "boundary", "x = a <= b;"),
    "constant": ("x = 5;", "constant", "x = 6;"),
    "named": ("x = LG_RETENTION_MS;", "constant", "x = (LG_RETENTION_MS - 1);"),
    "condition": ("if (a(b)) c();", "condition negated", "if (!(a(b))) c();"),
    "result": ("return a(b);", "condition negated", "return !(a(b));"),
    "logic": ("x = a && b;", "condition negated", "x = a || b;"),
    "statement": ("a(b);", "statement dropped", ";"),
    "update": ("vm->flags |= 1;", "state update dropped", ";"),
    "member": ("x = v->current;", "wrong member", "x = v->last_known_good;"),
    "job": ("f(LG_JOB_KILLED);", "job transition", "f(LG_JOB_EXCEPTION);"),
    "name": ("f(LG_POWER_OFF);", "wrong name", "f(LG_POWER_RUNNING);"),
}


@pytest.mark.parametrize("line, operator, changed", OF_A_FILE.values(), ids=OF_A_FILE.keys())
def test_an_operator_makes_the_mutant(line, operator, changed):
    text = "static bool f(void)\n{\n    " + line + "\n}\n"
    made = [mutant.apply(text).splitlines()[2].strip()
            for mutant in mutate.mutants_of("x.c", text) if mutant.operator == operator]
    assert changed in made


@pytest.mark.parametrize("file", mutate.FILES)
def test_every_file_has_mutants_with_ids_of_their_own(file):
    text = (MODEL / file).read_text(encoding="utf-8")
    mutants = mutate.mutants_of(file, text)
    assert len({mutant.id for mutant in mutants}) == len(mutants) > 10
    assert all(mutant.apply(text) != text for mutant in mutants)


def test_rows_of_tables_change_one_thing():
    text = "LG_POWER_EDGE(OFF, 2, RUNNING, START)\n"
    changed = [table for _, table in table_rows.mutants_of_edges(text)]
    assert changed == ["LG_POWER_EDGE(RUNNING, 2, RUNNING, START)\n",
                       "LG_POWER_EDGE(OFF, 3, RUNNING, START)\n",
                       "LG_POWER_EDGE(OFF, 2, PAUSED, START)\n",
                       "LG_POWER_EDGE(OFF, 2, RUNNING, RESET)\n"]


def test_the_smoke_tier_is_chosen_greedily():
    kills = {"one": [1, 2], "two": [2, 3, 4], "three": [1], "none": []}
    assert [vector for vector, _ in smoke.order_of(kills, [1, 2, 3, 4, 5])] == ["two", "one"]


def test_the_report_names_the_sites_of_a_changed_function():
    text = (MODEL / "op_settings.c").read_text(encoding="utf-8")
    of_scope = [report.sites_of(mutant) for mutant in mutate.mutants_of("op_settings.c", text)
                if mutant.function == "work_of"]
    assert of_scope and all(sites == ["modify_scope"] for sites in of_scope)


class FewMutants(report.Report):
    """Three legal mutants beside one that is killed and one that is open."""

    def __init__(self):  # pylint: disable=super-init-not-called
        told = [("legal", "x; accepted, dies under literal"),
                ("legal", "x; accepted, rereads under literal"),
                ("legal", "x; does nothing else, equal under literal"),
                ("killed", ""), ("open", "x; accepted, lives under literal")]
        self.rows = {number: (None, *row) for number, row in enumerate(told)}
        self.counts = {"killed": 1, "open": 1, "legal": 3}


def test_the_report_tells_how_many_legal_mutants_die_under_literal():
    told, strict = FewMutants().under_literal()
    assert [line.split()[1] for line in told.splitlines()] == ["1", "1", "1"]
    assert "die" in told.splitlines()[0]
    assert strict == 1 / 4


# ---- bugs planted by hand ----

CLAUSES = (MODEL / "clauses.def").read_text(encoding="utf-8")


@pytest.mark.parametrize("bug", bugs.bugs(), ids=lambda bug: bug.name)
def test_a_bug_still_fits_the_model_and_has_a_clause(bug):
    assert bugs.fits(bug) and bug.before != bug.after
    assert f"LG_CLAUSE({bug.clause}," in CLAUSES


def test_there_are_fifty_bugs_and_no_operator_makes_one():
    all_bugs = bugs.bugs()
    assert len(all_bugs) >= 50
    for name in mutate.FILES:
        text = (MODEL / name).read_text(encoding="utf-8")
        made = {mutant.apply(text) for mutant in mutate.mutants_of(name, text)}
        for bug in all_bugs:
            assert bug.file != name or bug.mutant(text, 1).apply(text) not in made, bug.name


FEW_BUGS = ["restore-swaps", "one-start-behind", "half-is-kept", "job-code-without-a-job",
            "tpm-is-enabled-while-it-runs"]


def test_bugs_are_caught(tmp_path, programs, monkeypatch):
    every = bugs.bugs()
    monkeypatch.setattr(bugs, "bugs", lambda only="": [b for b in every if b.name in FEW_BUGS])
    planted = bugs.Planted(tmp_path)
    planted.build()
    judged = judge(planted, programs, *range(1, len(FEW_BUGS) + 1))
    assert [answer["found"] > 0 for answer in judged.values()] == [True] * len(FEW_BUGS)


@pytest.fixture(name="mutants", scope="module")
def fixture_mutants(tmp_path_factory):
    """Those of op_job.c."""
    made = build.Mutants(tmp_path_factory.mktemp("mutants"), "op_job.c")
    made.build()
    return made


@pytest.fixture(name="mutants_that_add_jobs", scope="module")
def fixture_mutants_that_add_jobs(tmp_path_factory):
    made = build.Mutants(tmp_path_factory.mktemp("mutants"), "job.c:lg_job_add")
    made.build()
    return made


def number_of(mutants, function, before, after, which=0):
    return [number for number, mutant in enumerate(mutants.all, 1)
            if mutant.function == function and
            (mutant.before, mutant.after) == (before, after)][which]


def ask(mutants, program, lines, *words):
    done = subprocess.run([program, mutants.library, *words], capture_output=True, text=True,
                          timeout=100, check=True, input="".join(f"{line}\n" for line in lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["mutant"]: answer for answer in answers[1:]}


def judge(mutants, programs, *numbers):
    return ask(mutants, programs / "judge_mutants", numbers, "--mode", "sync", "--mode", "async",
               "--", str(HERE / "vectors"))


def test_mutants_are_killed_by_what_the_vectors_say(mutants, programs):
    kill = number_of(mutants, "lg_job_kill", "LG_MEANING_NOT_SUPPORTED", "LG_MEANING_FAILED")
    model, killed = judge(mutants, programs, 0, kill).values()
    assert (model["end"], model["found"]) == ("done", 0)
    assert killed["found"] > 0 and "kill" in killed["first"][1]


def test_a_mutant_that_never_ends_is_stopped(mutants_that_add_jobs, programs):
    mutants = mutants_that_add_jobs
    loop = number_of(mutants, "lg_job_add", "slot++", "")
    assert judge(mutants, programs, loop)[loop]["end"] == "never ends"


def test_mutants_are_compared_with_the_model(mutants, programs):
    kill = number_of(mutants, "lg_job_kill", "LG_MEANING_NOT_SUPPORTED", "LG_MEANING_FAILED")
    same = number_of(mutants, "request_of_live", "return", "", -1)
    lines = [" ".join(map(str, [number, *mutants.functions_of(number)]))
             for number in (kill, same)]
    answers = ask(mutants, programs / "compare_mutants", lines, "documented", "3000", "500", "0",
                  "0", "1")
    assert answers[kill]["verdict"] == "differs" and "Kill" in answers[kill]["other"]
    assert answers[same]["verdict"] == "equal" and answers[same]["reached"] > 10


def test_what_the_oracle_alone_knows_or_does_not_judge_is_told_apart(mutants_that_add_jobs,
                                                                     programs):
    mutants = mutants_that_add_jobs
    evict = number_of(mutants, "ended_slot", "1", "0")
    moved = number_of(mutants, "lg_job_end", "job->flags |= LG_JOB_MOVED", "")
    narrow = number_of(mutants, "codes_of_cancelled", "65535", "65534")
    lines = [" ".join(map(str, [number, *mutants.functions_of(number)]))
             for number in (evict, moved, narrow)]
    answers = ask(mutants, programs / "compare_mutants", lines, "documented", "60000", "300", "0",
                  "0", "1")
    assert answers[evict]["verdict"] == "crowded"
    assert answers[moved]["verdict"] == "hidden"
    assert answers[narrow]["verdict"] == "included" and answers[narrow]["others"] > 0


def test_calls_that_follow_tell_a_mutant_or_do_not(mutants, programs):
    kill = number_of(mutants, "lg_job_kill", "LG_MEANING_NOT_SUPPORTED", "LG_MEANING_FAILED")
    starts = number_of(mutants, "resume", "LG_JOB_STARTING", "LG_JOB_RUNNING")
    forgets = number_of(mutants, "resume", "move(job, LG_JOB_STARTING)", "")
    lines = [" ".join(map(str, [number, *mutants.functions_of(number)]))
             for number in (kill, starts, forgets)]
    found = []
    for ahead in ("0", "20"):
        answers = ask(mutants, programs / "compare_mutants", lines, "literal", "30000", "300", "0",
                      ahead, "1")
        found.append([answers[number]["verdict"] for number in (kill, starts, forgets)])
    assert found == [["differs", "differs", "differs"], ["differs", "untold", "differs"]]
