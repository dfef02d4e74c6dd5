"""News for phones: they belong to the change, and never cost it."""

from datetime import datetime

import pytest
from django.db import connection, transaction
from django.utils import timezone

from powerauth import announcements
from powerauth.announcements import Announcement, NewsLost
from powerauth.models import Application
from tests.factories import ApplicationFactory

NEWS = Announcement(user_id="alice", application_ids=["app"], cause="operation:1", silent=True)


@pytest.fixture(autouse=True)
def _no_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "_listeners", [])


def _write(announcement: Announcement, at: datetime) -> None:
    ApplicationFactory.create(id="news")


def _fail(announcement: Announcement, at: datetime) -> None:
    raise RuntimeError("no news today")


def _break_statement(announcement: Announcement, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")


def _lose_everything(announcement: Announcement, at: datetime) -> None:
    connection.close()
    raise RuntimeError("the connection is gone")


def _applications() -> set[str]:
    return set(Application.objects.values_list("id", flat=True))


@pytest.mark.main_path
def test_every_listener_hears_what_is_announced_and_when(db: None) -> None:
    heard: list[tuple[Announcement, datetime]] = []
    for _ in range(2):
        announcements.listen(lambda news, at: heard.append((news, at)))
    moment = timezone.now()
    with transaction.atomic():
        announcements.announce(NEWS, at=moment)
    assert heard == [(NEWS, moment)] * 2


@pytest.mark.django_db(transaction=True)
def test_news_of_a_change_that_is_undone_are_none() -> None:
    announcements.listen(_write)
    with pytest.raises(ValueError, match="changed my mind"), transaction.atomic():
        announcements.announce(NEWS, at=timezone.now())
        raise ValueError("changed my mind")
    assert _applications() == set()


@pytest.mark.parametrize("broken", [_fail, _break_statement])
@pytest.mark.django_db(transaction=True)
def test_a_listener_that_fails_costs_no_change(
    broken: announcements.Listener, caplog: pytest.LogCaptureFixture
) -> None:
    for listener in (_write, broken):
        announcements.listen(listener)
    with transaction.atomic():
        ApplicationFactory.create(id="change")
        announcements.announce(NEWS, at=timezone.now())
    assert _applications() == {"change"}
    assert "phones are not told: cause=operation:1" in caplog.text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_change_that_cannot_be_kept_is_not_taken_for_made() -> None:
    announcements.listen(_lose_everything)
    with pytest.raises(NewsLost) as caught, transaction.atomic():
        ApplicationFactory.create(id="change")
        announcements.announce(NEWS, at=timezone.now())
    assert _applications() == set()
    assert str(caught.value.__cause__) == "the connection is gone"


@pytest.mark.django_db(transaction=True)
def test_who_makes_the_change_once_more_is_told_to() -> None:
    for listener in (_write, _break_statement):
        announcements.listen(listener)
    with pytest.raises(NewsLost), transaction.atomic():
        announcements.announce_unguarded(NEWS, at=timezone.now())
    assert _applications() == set()
