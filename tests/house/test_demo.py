"""`manage.py demo`: the main job, over HTTP, for every protocol version."""

import os

import psycopg
import pytest

from enrollment_server.demo.chapters import CHAPTERS_OF_4, chapters_of
from enrollment_server.demo.databases import second_database
from enrollment_server.demo.transcript import StepFailed, Transcript, require_equal
from powerauth.protocol.versions import SUPPORTED_VERSIONS
from tests.house.commands import manage

RINGS = "ok  the bank asks for a decision about a payment, and every device rings:"
PLACES = ["activations and operations are at http://", "devices and messages are at http://"]


def test_every_step_of_the_demo_holds() -> None:
    result = manage("demo", environment={"DATABASE_URL": ""}, timeout_s=300)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    for version in SUPPORTED_VERSIONS:
        for chapter in ("Activation", "Approval", "Rejection", "Attacks", "History", "Removal"):
            assert f"Protocol {version}: {chapter}\n" in result.stdout
    for title, _ in CHAPTERS_OF_4:
        assert f"Protocol 4.0: {title}\n" in result.stdout
    assert result.stdout.count(RINGS) == len(SUPPORTED_VERSIONS)
    assert "Amount: CZK2,199.40" in result.stdout
    assert "\u010c\u00e1stka: 2\u00a0199,40\u00a0K\u010d" in result.stdout
    assert result.stdout.rstrip().splitlines()[-2].endswith(" s")


@pytest.mark.parametrize(
    ("powerauth", "push", "places", "rings"),
    [
        ("remote", "embedded", PLACES[:1], False),
        ("embedded", "remote", PLACES[1:], False),
        ("remote", "remote", PLACES, True),
    ],
)
def test_every_step_holds_with_another_server(
    powerauth: str, push: str, places: list[str], rings: bool
) -> None:
    result = manage(
        *("demo", "--protocol", "3.3", "--protocol", "4.0"),
        *("--powerauth", powerauth, "--push", push),
        environment={"DATABASE_URL": ""},
        timeout_s=300,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    for version in ("3.3", "4.0"):
        for title, _ in chapters_of(version):
            assert f"Protocol {version}: {title}\n" in result.stdout
    assert [place for place in PLACES if f"      {place}" in result.stdout] == places
    assert (RINGS in result.stdout) == rings
    assert ("no device rings for operations here" in result.stdout) == (not rings)


@pytest.mark.postgresql
def test_second_database_is_beside_the_first(transactional_db: None) -> None:
    with second_database() as environment:
        url = environment["DATABASE_URL"]
        assert url.rpartition("/")[0] == os.environ["DATABASE_URL"].rpartition("/")[0]
        psycopg.connect(url).close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


def test_failing_step_is_named() -> None:
    # The first wrong PIN blocks the phone, so the right one cannot follow.
    environment = {"DATABASE_URL": "", "POWERAUTH_SIGNATURE_MAX_FAILED_ATTEMPTS": "1"}
    result = manage("demo", "--protocol", "3.3", environment=environment, timeout_s=120)
    assert result.returncode == 1
    assert "The demo failed. Protocol 3.3: Attacks: the right PIN is accepted" in result.stderr
    assert "Traceback" not in result.stderr
    assert "All" not in result.stdout


def test_steps_are_counted_only_when_they_hold() -> None:
    lines: list[str] = []
    story = Transcript(lines.append)
    with story.step("first"):
        require_equal(1, 1, "one")
    with (
        pytest.raises(StepFailed, match=r"^chapter: second: the sum is 3, expected 2$"),
        story.chapter("chapter"),
        story.step("second"),
    ):
        require_equal(3, 2, "the sum")
    assert story.steps == 1
    assert lines[0] == "  ok  first"
    assert "second" not in "".join(lines)


def test_defect_in_a_chapter_names_it() -> None:
    story = Transcript(lambda line: None)
    answer: dict[str, str] = {}
    with pytest.raises(StepFailed, match=r"^chapter: KeyError: 'code'$"), story.chapter("chapter"):
        answer["code"]
