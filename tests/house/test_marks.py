"""What `make check` leaves out is what needs more than this process, and nothing else."""

import subprocess
from types import ModuleType

import pytest

from tests.admin import test_browser
from tests.house import test_serve
from tests.house.commands import ROOT
from tests.marks import longest_first, marks_of

ELSEWHERE = ROOT / "tests" / "inbox" / "test_services.py"


@pytest.mark.parametrize(
    ("imported", "marks"),
    [
        ({}, set()),
        ({"pytest": pytest}, set()),
        ({"subprocess": subprocess}, {"processes"}),
        ({"manage": print}, {"processes"}),
        ({"own_server": print}, {"processes"}),
        ({"generate_load": print}, {"processes"}),
        ({"chromium": print}, {"browser"}),
    ],
)
def test_marks_follow_from_what_a_module_imports(
    imported: dict[str, object], marks: set[str]
) -> None:
    module = ModuleType("test_something")
    vars(module).update(imported)
    assert marks_of(ELSEWHERE, module) == marks


def test_everything_in_the_folder_of_races_is_one() -> None:
    path = ROOT / "tests" / "races" / "test_signatures.py"
    assert marks_of(path, ModuleType("test_signatures")) == {"races"}


def test_browser_and_servers_are_found() -> None:
    assert marks_of(ELSEWHERE, test_browser) == {"browser", "processes"}
    assert marks_of(ELSEWHERE, test_serve) == {"processes"}


def test_this_run_is_marked(request: pytest.FixtureRequest) -> None:
    assert {mark.name for mark in request.node.iter_markers()} == {"processes"}


def test_those_that_wait_for_processes_begin(request: pytest.FixtureRequest) -> None:
    waiting = request.node
    others: list[pytest.Item] = [
        pytest.Function.from_parent(waiting.parent, name=name, callobj=marks_of) for name in "ab"
    ]
    items = [others[0], waiting, others[1]]
    longest_first(items)
    assert items == [waiting, *others]
