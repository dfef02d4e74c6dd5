"""The language of a phone's user."""

import pytest

from powerauth.phone.phone import Phone
from push.languages import primary_language
from push.models import PushDevice
from tests.api.push.wire import DEVICE, PATHS


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, ""),
        ("", ""),
        ("*", ""),
        ("cs", "cs"),
        ("cs-CZ,cs;q=0.9,en;q=0.8", "cs"),
        ("en;q=0.5, SK-sk", "sk"),
        ("*, de;q=0.5", "de"),
        ("fil", "fil"),
        ("x" * 9, ""),
        ("žž", ""),
        ("cs," * 1000, ""),
    ],
)
def test_primary_subtag_of_the_preferred_entry(header: str | None, language: str) -> None:
    assert primary_language(header) == language


@pytest.mark.main_path
@pytest.mark.parametrize("path", PATHS)
def test_registration_keeps_the_language(alice: Phone, path: str) -> None:
    for sent, kept in (("cs-CZ", "cs"), ("", "cs"), ("de", "de")):
        assert alice.token_post(path, DEVICE, headers={"Accept-Language": sent}).ok
        assert PushDevice.objects.get().language == kept
