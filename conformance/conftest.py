"""The pytest driver of lastgood: one item a vector, against any target.

    /usr/bin/python3 -m pytest conformance --target "stdio:python3 my_wrapper.py" -k restore
"""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("LASTGOOD_BUILD", ROOT / "build"))


def pytest_addoption(parser):
    group = parser.getgroup("lastgood")
    group.addoption("--target", help="what is tested; default: the simulator of the build")
    group.addoption("--profile", default="documented", help="what it is judged by")
    group.addoption("--tier", default="full", choices=["smoke", "hand", "full", "wire"])
    group.addoption("--lastgood", default=str(BUILD / "bin" / "lastgood"), help="the program")


@pytest.fixture(scope="session")
def programs():
    """The folder of the programs of this build."""
    return BUILD / "bin"


@pytest.fixture(scope="session")
def lastgood(request):
    return request.config.getoption("--lastgood")


@pytest.fixture(scope="session")
def simulator(programs):
    return str(programs / "lastgood-sim")


@pytest.fixture(scope="session")
def target(request, simulator):
    return request.config.getoption("--target") or f"stdio:{simulator} --stdio"
