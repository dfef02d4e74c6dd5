"""`manage.py bench`: what it refuses before it starts anything, and a whole short run."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from enrollment_server.bench.rows.table import ROWS, UnknownRow, selected
from powerauth.protocol.v4.suites import available_suites
from tests.house.commands import ROOT, manage


@pytest.mark.parametrize(
    ("names", "rows"),
    [
        ("", list(ROWS)),
        ("list", ["list"]),
        ("authorize, list,", ["list", "authorize"]),
        ("list,list100", ["list", "list100"]),
    ],
)
def test_rows_are_selected_in_the_order_of_the_table(names: str, rows: list[str]) -> None:
    assert selected(names) == rows


def test_unknown_rows_are_named_with_those_there_are() -> None:
    with pytest.raises(UnknownRow, match=r"no row cancel, lists; there are list, authorize, "):
        selected("lists,authorize,cancel")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", "lists"], "There is no row lists"),
        (["--seconds", "0.5"], "at least 1"),
        (["--repeat", "0"], "at least 1"),
        (["--compare", "no-such-revision"], "'no-such-revision' is no revision"),
        (["--compare", "--all"], "'--all' is no revision"),
        (["--compare="], "'' is no revision"),
    ],
)
def test_wrong_arguments_start_nothing(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    with pytest.raises(CommandError, match=said):
        call_command("bench", *_joined(arguments))


def _joined(arguments: list[str]) -> list[str]:
    """Write an option and its value as one, since a value may look like an option."""
    return ["=".join(arguments)]


def test_revisions_do_not_share_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://127.0.0.1:1/nobody")
    for arguments in (["--compare", "HEAD"], ["--front"]):
        with pytest.raises(CommandError, match=f"{arguments[0]} makes .* unset DATABASE_URL"):
            call_command("bench", *arguments)


def test_one_comparison_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    for two in (["--front", "--compare=HEAD"], ["--front", "--generations"]):
        with pytest.raises(CommandError, match=r"--front and --.*choose one"):
            call_command("bench", *two)


def test_only_postgresql_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all")
    with pytest.raises(CommandError, match="measures on PostgreSQL"):
        call_command("bench")


def test_make_hands_on_what_it_is_told() -> None:
    told = ["ROWS=list,authorize", "COMPARE=HEAD~1", "ARGS=--repeat 3"]
    done = subprocess.run(  # noqa: S603
        ["make", "--dry-run", "--no-print-directory", "bench", *told],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    command = done.stdout.strip().splitlines()[-1]
    assert command.endswith("local bench --rows list,authorize --compare HEAD~1 --repeat 3")


def _figures(file: Path, *arguments: str) -> tuple[str, Any]:
    """Run the benchmark; give what it prints, and what it writes."""
    environment = {name: text for name, text in os.environ.items() if name != "DATABASE_URL"}
    done = manage(
        # Backends of PostgreSQL tell of their fsyncs once a second.
        *("bench", "--seconds", "1.5", "--json", str(file), *arguments),
        only_environment={**environment, "WEB_PROCESSES": "1"},
        timeout_s=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(file.read_text(encoding="utf-8"))


def test_each_row_is_measured(tmp_path: Path) -> None:
    said, document = _figures(tmp_path / "figures.json")
    assert document["machine"]["server"] == "1 processes x 4 threads"
    assert [row["row"] for row in document["rows"]] == list(ROWS)
    for row in document["rows"]:
        median = row["median"]
        assert row["runs"] == [median]
        assert row["title"] in said
        assert median["answered"] > 0
        assert 0 < median["p50_ms"] <= median["p99_ms"]
        # Whole phones work about as much as the server does.
        assert median["server_us"] > (0 if row["row"] == "activate" else median["generator_us"])
        assert median["generator_us"] > 0
        assert median["postgresql_us"] is not None
        assert median["round_trips"] >= median["statements"] >= 1
        assert (median["open_p99_ms"] is not None) == (row["row"] in ("list", "authorize"))
    # An approval is on the disk before its answer, and there are several rows to write.
    authorize = next(row["median"] for row in document["rows"] if row["row"] == "authorize")
    assert authorize["fsyncs"] > 0
    assert authorize["statements"] > 2


def test_a_server_in_front_is_measured_beside_one_that_has_everything(tmp_path: Path) -> None:
    said, document = _figures(
        tmp_path / "figures.json", *("--front", "--rows", "list", "--repeat", "1", "--seconds", "1")
    )
    assert [row["revision"] for row in document["rows"]] == ["embedded", "in front"]
    alone, front = (row["median"] for row in document["rows"])
    assert alone["behind_us"] is None
    # Both servers work for each request, and both databases are asked.
    assert front["server_us"] > 0 and front["behind_us"] > 0
    assert front["statements"] > alone["statements"]
    assert "added by the server in front" in said


def test_phones_of_both_generations_are_measured_beside_each_other(tmp_path: Path) -> None:
    said, document = _figures(
        tmp_path / "figures.json",
        *("--generations", "--rows", "activate,detail", "--repeat", "1", "--seconds", "1"),
    )
    labels = ["3.3", *(f"4.0 {suite.name}" for suite in available_suites())]
    assert [row["revision"] for row in document["rows"]] == labels * 2
    for label in labels[1:]:
        assert f"{label} / 3.3" in said
    statements = {row["revision"]: row["median"]["statements"] for row in document["rows"][4:]}
    # An encrypted call of 4.0 asks the database no more often.
    assert set(statements.values()) == {statements["3.3"]}
