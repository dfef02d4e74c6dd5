"""Error codes, and the shape of a request that is refused with a list of its members."""

import pytest
import requests

from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.inputs.validation import at_least, check, not_blank, not_null
from tests.api.integration.back_end import ENGINE_MESSAGES, ok, refused

pytestmark = pytest.mark.django_db


@pytest.mark.main_path
@pytest.mark.parametrize("members", [{}, {"language": "cs"}, {"language": None, "other": 1}])
def test_every_code_is_listed_in_english(
    http: requests.Session, members: dict[str, object]
) -> None:
    answer = ok(http, "error/list", **members)

    codes = [error["code"] for error in answer["errors"]]
    assert codes == [f"ERR{number:04}" for number in range(48)]
    texts = {error["code"]: error["value"] for error in answer["errors"]}
    known = {code: text for code, text in ENGINE_MESSAGES.items() if code.startswith("ERR00")}
    assert known.items() <= texts.items()
    assert texts["ERR0045"] == "Missing temporary key pair."
    assert {frozenset(error) for error in answer["errors"]} == {frozenset({"code", "value"})}


def test_language_is_a_text(http: requests.Session) -> None:
    assert refused(http, "error/list", language=[1]) == "ERROR_HTTP_REQUEST"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (not_blank(None), "must not be blank"),
        (not_blank(""), "must not be blank"),
        (not_blank(" \t\n"), "must not be blank"),
        (not_blank(" x "), None),
        (not_null(None), "must not be null"),
        (not_null(""), None),
        (not_null(0), None),
        (at_least(0, 1), "must be greater than or equal to 1"),
        (at_least(1, 1), None),
        (at_least(None, 1), None),
    ],
)
def test_reasons(reason: str | None, expected: str | None) -> None:
    assert reason == expected


def test_reasons_are_told_by_member() -> None:
    with pytest.raises(EngineRefusal) as refusal:
        check({"url": "is odd", "fine": None, "name": "is short", "auth.name": "is long"})

    assert refusal.value.code is ErrorCode.INVALID_REQUEST
    assert refusal.value.message == (
        "requestObject.auth.name - is long, requestObject.name - is short, "
        "requestObject.url - is odd"
    )


def test_a_request_without_reasons_passes() -> None:
    check({"name": None})
    check({})
