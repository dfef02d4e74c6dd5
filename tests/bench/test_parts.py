"""The parts of the benchmark: revisions, servers of them, processes, counts, medians, tables."""

import os
import subprocess
import time
from math import isnan, nan
from pathlib import Path

import pytest
from django.conf import settings

from enrollment_server.bench import report
from enrollment_server.bench.database import Counted
from enrollment_server.bench.processes import Process, machine_cpu_s, processes, tree_cpu_s
from enrollment_server.bench.results import Measurements, Result
from enrollment_server.bench.revisions import (
    UnknownRevision,
    checked_out,
    commit_of,
    present,
    present_beside,
)
from enrollment_server.bench.subjects import in_turn
from enrollment_server.demo.own_server import own_server


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@bank.example"]
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(folder), *identity, *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for text in ("first", "second"):
        (folder / "code.txt").write_text(text)
        git(folder, "add", "code.txt")
        git(folder, "commit", "--quiet", "--message", text)
    monkeypatch.setattr(settings, "BASE_DIR", folder)
    return folder


def test_files_of_a_revision_are_there_as_long_as_they_are_needed(repository: Path) -> None:
    with checked_out(commit_of("HEAD~1")) as folder:
        assert (folder / "code.txt").read_text() == "first"
        assert (repository / "code.txt").read_text() == "second"
    assert not folder.exists()
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_what_lies_in_the_working_tree_is_named(repository: Path) -> None:
    commit = git(repository, "rev-parse", "--short", "HEAD")
    assert present() == commit == commit_of("HEAD")
    assert present_beside(None) == present_beside("1234567") == commit
    # Whoever measures the same code twice learns how much two measurements differ.
    assert present_beside(commit) == f"{commit}, again"
    (repository / "code.txt").write_text("third")
    assert present() == f"{commit}+changes"


def test_folder_without_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    assert present() == "present"
    with pytest.raises(UnknownRevision, match="'HEAD' is no revision"):
        commit_of("HEAD")


def test_server_of_another_folder_runs_the_code_there(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text(
        "import os, time\nprint('Ready: http:/' + os.getcwd(), flush=True)\ntime.sleep(60)\n"
    )
    with own_server({}, root=tmp_path) as server:
        assert server.url == f"http:/{tmp_path}"


def test_own_work_is_seen() -> None:
    before, machine = tree_cpu_s(processes(), os.getpid()), machine_cpu_s()
    until = time.process_time() + 0.2
    while time.process_time() < until:
        pass
    assert tree_cpu_s(processes(), os.getpid()) - before > 0.1
    assert machine_cpu_s() - machine > 0.1


def test_tree_holds_descendants_and_nobody_else() -> None:
    running = {
        1: Process(name="init", parent=0, cpu_s=100.0),
        2: Process(name="server", parent=1, cpu_s=1.0),
        3: Process(name="worker (a)", parent=2, cpu_s=2.0),
        4: Process(name="thread", parent=3, cpu_s=4.0),
        5: Process(name="other", parent=1, cpu_s=8.0),
    }
    assert tree_cpu_s(running, 2) == 7.0
    assert isnan(tree_cpu_s(running, 6))
    assert isnan(tree_cpu_s(running, None))


def test_log_is_counted_by_database_and_by_work() -> None:
    lines = [
        "after|LOG:  statement: SELECT 1",
        "after|LOG:  statement: BEGIN",
        'after|LOG:  execute _pg3_0: SELECT "a"',
        "\tFROM operations",
        "before|LOG:  statement: SELECT 2",
        "|LOG:  checkpoint starting: time",
        "after|LOG:  execute <unnamed>: INSERT INTO a",
        "after|LOG:  statement: COMMIT",
    ]
    counted = Counted()
    assert isnan(counted.statements)
    counted.read("\n".join(lines), "after")
    assert (counted.round_trips, counted.statements) == (5, 2)
    counted.read("\n".join(lines), "after", "before")
    assert (counted.round_trips, counted.statements) == (6, 3)


def result(per_second: float, **members: float) -> Result:
    everything = dict.fromkeys(Result.__dataclass_fields__, nan)
    return Result(**{**everything, "per_second": per_second, **members})


def test_median_is_taken_of_what_is_known() -> None:
    runs = [result(100, fsyncs=2.0), result(900), result(300, fsyncs=4.0)]
    median = Result.median(runs)
    assert (median.per_second, median.fsyncs) == (300, 3.0)
    assert isnan(median.server_us)
    members = median.members()
    assert (members["per_second"], members["server_us"]) == (300, None)


def measured(label: str, *runs: Result) -> Measurements:
    return Measurements(row="list", label=label, runs=list(runs))


def test_table_has_a_line_for_each_row_and_revision() -> None:
    both = [measured("a1", result(250, of_floor=0.1)), measured("b2", result(1000))]
    lines = report.table(both).splitlines()
    assert lines[1].startswith("operation/list, 3 pending [a1]  ")
    assert lines[1].split()[4:] == ["250", "10%", *"-" * 11]
    assert lines[2].startswith("operation/list, 3 pending [b2]  ")
    assert lines[2].split()[4:] == ["1000", *"-" * 12]
    assert report.table(both[:1]).splitlines()[1].startswith("operation/list, 3 pending  ")


def test_revisions_are_compared_by_medians() -> None:
    both = [
        measured("a1", result(200, fsyncs=0.0), result(400), result(300)),
        measured("b2", result(900), result(600), result(9999)),
    ]
    head, line = report.ratios(both, before="a1", after="b2").splitlines()
    assert head.startswith("b2 / a1")
    assert line.split()[3:] == ["3.00", *"-" * 9]


def test_what_a_server_in_front_adds() -> None:
    cpu = {"server_us": 1000.0, "postgresql_us": 300.0}
    both = [
        measured("embedded", result(400, p50_ms=5.0, **cpu)),
        measured("in front", result(100, p50_ms=12.5, behind_us=1500.0, **cpu)),
    ]
    _, line = report.added(both, alone="embedded", in_front="in front").splitlines()
    assert line.split()[3:] == ["+7.5", "+1500", "25%"]
    assert "behind us" in report.table(both).splitlines()[0]
    assert "behind us" not in report.table(both[:1]).splitlines()[0]


def test_remarks_tell_what_spoils_a_figure() -> None:
    usual = {"generator_busy": 0.1, "foreign": 0.02, "measured_s": 10.0}
    assert report.remarks([measured("a1", result(1, **usual))], seconds=10) == []
    spoiled = result(1, generator_busy=0.95, foreign=0.4, measured_s=5.0)
    found = report.remarks([measured("a1", spoiled)], seconds=10)
    assert [text.split(": ")[1] for text in found] == [
        "the generator took 95% of one processor, and may be what limits.",
        "others took 40% of the machine.",
        "no requests were left after 5.0 s.",
    ]


def test_none_of_those_that_are_compared_always_comes_last() -> None:
    assert [in_turn("ABC", turn) for turn in range(3)] == ["ABC", "CBA", "ABC"]
