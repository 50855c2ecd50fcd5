"""The pytest driver of lastgood: one item a vector, against any target.

    /usr/bin/python3 -m pytest conformance --target "stdio:python3 my_wrapper.py" -k restore
"""

import os
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD") or ROOT / "build").resolve()


def pytest_addoption(parser):
    group = parser.getgroup("lastgood")
    group.addoption("--target", help="what is tested; default: the simulator of the build")
    group.addoption("--profile", default="documented", help="what it is judged by")
    group.addoption("--tier", default="full", choices=["smoke", "hand", "full", "wire"])
    group.addoption("--lastgood", default=str(BUILD / "bin" / "lastgood"), help="the program")


def existing(program):
    if not shutil.which(program):
        pytest.fail(f"{program} is not there: cmake --preset release && "
                    "cmake --build --preset release, or say LASTGOOD_BUILD", pytrace=False)
    return str(program)


@pytest.fixture(scope="session")
def programs():
    """The folder of the programs of this build."""
    return BUILD / "bin"


@pytest.fixture(scope="session")
def lastgood(request):
    return existing(request.config.getoption("--lastgood"))


@pytest.fixture(scope="session")
def simulator(programs):
    return existing(programs / "lastgood-sim")


@pytest.fixture(scope="session")
def target(request):
    """What vectors are run against; the simulator of the build unless another is named."""
    return request.config.getoption("--target") or \
        f"stdio:{request.getfixturevalue('simulator')} --stdio"
