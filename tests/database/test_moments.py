"""Moments come from prepared statements as they come from Django's cursors."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import DataError, connection

from enrollment_server.database.statements import execute

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]

MOMENTS = (
    "2026-07-01 12:30:15.987654+00", "2026-07-01 12:30:15.98+00", "2026-07-01 12:30:15+00",
    "2026-03-29 02:30:00+05:30", "2026-12-31 23:59:59.999999-11", "1969-12-31 23:59:59.000001+00",
    "1890-06-01 12:00:00+00:57:44",
)  # fmt: skip
BOUNDS = ("0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00")
STATEMENT = "SELECT %s::timestamptz"


def _as_django_reads(text: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [text])
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


@pytest.mark.parametrize("text", [*MOMENTS, *BOUNDS])
def test_moment_is_what_django_reads(text: str) -> None:
    [(moment,)] = execute(STATEMENT, [text]).rows
    assert moment == _as_django_reads(text)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize("text", MOMENTS)
@pytest.mark.parametrize("zone", ["Europe/Prague", "Asia/Kolkata"])
def test_moment_does_not_depend_on_the_zone_of_the_session(text: str, zone: str) -> None:
    wanted = _as_django_reads(text)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL TimeZone = '{zone}'")
    [(moment,)] = execute(STATEMENT, [text]).rows
    assert moment == wanted
    assert moment.tzinfo is UTC


def test_moment_in_another_style_is_never_guessed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL DateStyle = 'German'")
    with pytest.raises(NotImplementedError):
        execute(STATEMENT, [MOMENTS[0]])


@pytest.mark.parametrize("text", ["infinity", "-infinity", "0044-03-15 12:00:00 BC", "10000-01-01"])
def test_moment_without_a_value_in_python_is_refused(text: str) -> None:
    with pytest.raises((DataError, psycopg.DataError)):
        execute(STATEMENT, [text])


def test_nothing_is_read_as_nothing() -> None:
    assert execute("SELECT NULL::timestamptz", []).rows == [(None,)]
