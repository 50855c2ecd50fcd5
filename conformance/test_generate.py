"""Vectors are generated into a folder that has some: those stay, and what is missing comes."""

import re
import subprocess

import pytest

SMALL = ["--states", "120", "--depth", "2", "--quiet"]


def generate(lastgood, folder):
    return subprocess.run([lastgood, "generate", str(folder), *SMALL], capture_output=True,
                          text=True, timeout=120, check=False)


def figures(done):
    """(vectors that were there, new ones, classes walked)"""
    assert done.returncode == 0, done.stderr
    kept, new = re.search(r"(\d+) vectors were there and stay as they are, (\d+) are new",
                          done.stdout).groups()
    walked = re.search(r"classes walked: (\d+) of", done.stdout).group(1)
    return int(kept), int(new), int(walked)


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(name="made")
def made_folder(lastgood, tmp_path):
    done = generate(lastgood, tmp_path)
    return tmp_path, files(tmp_path), figures(done)


def test_the_first_time_all_are_new(made):
    _, written, (kept, new, _) = made
    assert (kept, new) == (0, len(written))


def test_a_second_time_adds_nothing(lastgood, made):
    folder, written, (_, new, walked) = made
    assert figures(generate(lastgood, folder)) == (new, 0, walked)
    assert files(folder) == written


def test_one_that_is_missing_comes_back_and_one_that_was_changed_stays(lastgood, made):
    folder, written, (_, new, walked) = made
    gone, changed = sorted(written)[:2]
    (folder / gone).unlink()
    mine = written[changed].replace(b'"tier": "full"', b'"tier": "smoke"')
    (folder / changed).write_bytes(mine)
    assert figures(generate(lastgood, folder)) == (new - 1, 1, walked)
    assert files(folder) == {**written, changed: mine}


def test_one_that_walks_something_else_does_not_count_for_what_its_name_says(lastgood, made):
    folder, written, (_, new, walked) = made
    name = next(name for name in sorted(written) if name.startswith("full-modify"))
    other = next(name for name in sorted(written) if name.startswith("full-kill-job"))
    (folder / name).write_bytes(written[other])
    kept, more, walked_now = figures(generate(lastgood, folder))
    assert walked_now == walked
    assert 0 < kept <= new and more > 0
    assert files(folder)[name] == written[other]


@pytest.mark.parametrize("text", [b"{", None])
def test_one_that_is_no_such_vector_is_named_and_stays(lastgood, made, text):
    folder, written, _ = made
    name = next(name for name in sorted(written) if b'{"bytes": "none"}' in written[name])
    text = text or written[name].replace(b'{"bytes": "none"}', b'{"bytes": "P1"}')
    (folder / name).write_bytes(text)
    done = generate(lastgood, folder)
    assert done.returncode == 3
    assert name in done.stderr
    assert files(folder)[name] == text
