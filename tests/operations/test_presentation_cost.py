"""Presenting one more operation repeats nothing that another one needed as well."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import chain
from types import FrameType
from typing import Any

import pytest

from enrollment_server.api.payloads.json import dump_json
from enrollment_server.demo import seed
from operations.screen.form_data import TemplateTexts
from operations.screen.locales import parse_accept_language
from operations.screen.presentation import format_time, present, present_all
from operations.values import OperationFacts

# Calls of Python functions, and of all functions; before there were caches, 337 and 976.
MOST_CALLS = (75, 170)
NAMES = ("login", "payment", "conversion", "branch-withdrawal", "card-purchase")
LANGUAGES = ("en", "cs", "sk", "de")
AT = datetime(2026, 7, 1, 12, 30, 15, 987_654, tzinfo=UTC)


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value)


def _form(name: str, language: str) -> TemplateTexts:
    [row] = [
        row
        for row in seed._read("form_templates.json")
        if (row["placeholder"], row["language"]) == (name, language)
    ]
    return TemplateTexts(
        title=row["title"],
        message=row["message"],
        attributes=_json(row["attributes"]),
        ui=_json(row.get("ui")),
        result_texts=_json(row["result_texts"]),
        language=language,
    )


def _operation(name: str, language: str = "en", **changes: Any) -> OperationFacts:
    facts = OperationFacts(
        id="5ff1b1ed-a3cc-45a3-8ab0-ed60950312b6",
        user_id="alice",
        activation_id="",
        activation_flag="",
        operation_type=name,
        data="A1*A100CZK",
        parameters=seed.demo_parameters(name),
        status="PENDING",
        status_reason="",
        signature_types=("POSSESSION_KNOWLEDGE", "POSSESSION_BIOMETRY"),
        risk_flags="XFC",
        created_at=AT,
        expires_at=AT + timedelta(minutes=5),
        proximity_available=True,
        form=_form(name, language),
    )
    return replace(facts, **changes)


def _calls(work: Callable[[], object]) -> tuple[int, int]:
    """Count the calls of Python functions, and those of all functions."""
    seen: list[str] = []

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        seen.append(event)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return seen.count("call"), seen.count("call") + seen.count("c_call")


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_more_payment_takes_few_calls(language: str) -> None:
    locale = parse_accept_language(language)
    payment = _operation("payment", language, risk_flags="")
    present(payment, locale=locale)
    three = _calls(partial(present_all, [payment] * 3, locale=locale))
    four = _calls(partial(present_all, [payment] * 4, locale=locale))
    more = four[0] - three[0], four[1] - three[1]
    assert more[0] <= MOST_CALLS[0]
    assert more[1] <= MOST_CALLS[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_second_answer_is_the_first_one_again_and_shares_nothing(name: str, language: str) -> None:
    locale = parse_accept_language(language)
    operation = _operation(name, language)
    first, second = (present(operation, locale=locale) for _ in range(2))
    assert dump_json(first) == dump_json(second)
    ours, theirs = ([id(part) for part in _changeable(shown)] for shown in (first, second))
    assert len(ours) == len(theirs) > 5
    assert not set(ours) & set(theirs)


def _changeable(value: object) -> Iterator[object]:
    if isinstance(value, dict | list):
        yield value
        parts = value.values() if isinstance(value, dict) else value
        yield from chain.from_iterable(map(_changeable, parts))


def test_changed_template_counts_at_once() -> None:
    locale = parse_accept_language("en")
    operation = _operation("payment")
    assert operation.form is not None
    present(operation, locale=locale)
    changed = replace(
        operation.form,
        title="Send ${amount}",
        attributes='[{"id": "new", "type": "NOTE", "text": "New", "params": {"note": "iban"}}]',
        ui='{"templates": {"list": {"header": "${note}"}}}',
        result_texts='{"success": "Sent to ${iban}"}',
    )
    shown = present(replace(operation, form=changed), locale=locale)
    parameters = operation.parameters
    assert shown["ui"] == {"templates": {"list": {"header": parameters["note"]}}}
    assert shown["formData"] == {
        "title": f"Send {parameters['amount']}",
        "message": operation.form.message,
        "attributes": [{"type": "NOTE", "id": "new", "label": "New", "note": parameters["iban"]}],
        "resultTexts": {"success": f"Sent to {parameters['iban']}"},
    }


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (AT, "2026-07-01T12:30:15+0000"),
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00+0000"),
        (
            datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=-2.5))),
            "2027-01-01T02:29:59+0000",
        ),
    ],
)
def test_times_are_utc_in_whole_seconds(moment: datetime, text: str) -> None:
    assert format_time(moment) == text
