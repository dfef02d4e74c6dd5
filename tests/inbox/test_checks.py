"""The system checks of the inbox settings."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from inbox.checks import check_settings


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("INBOX_MAX_PAGE_SIZE", 99, "inbox.E001"),
        ("INBOX_DEFAULT_PAGE_SIZE", 0, "inbox.E002"),
        ("INBOX_DEFAULT_PAGE_SIZE", 2001, "inbox.E002"),
        ("INBOX_DATE_STYLE", "milliseconds", "inbox.E003"),
        ("INBOX_DETAIL_SHAPE", "list", "inbox.E004"),
    ],
)
def test_settings_that_cannot_be_meant(
    settings: Settings, setting: str, value: object, code: str
) -> None:
    setattr(settings, setting, value)
    found = [check for check in run_checks() if str(check.id).startswith("inbox.")]
    assert [check.id for check in found] == [code]
    assert setting in found[0].msg


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("INBOX_MAX_PAGE_SIZE", 100),
        ("INBOX_DEFAULT_PAGE_SIZE", 2000),
        ("INBOX_DATE_STYLE", "millis"),
        ("INBOX_DETAIL_SHAPE", "array"),
    ],
)
def test_settings_that_hold(settings: Settings, setting: str, value: object) -> None:
    setattr(settings, setting, value)
    assert check_settings(None) == []
