import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from operations.screen.locales import RequestLocale
from operations.screen.placeholders import BrokenTemplate
from operations.screen.ui.extensions import build_ui

ENGLISH = RequestLocale(tag="en", language="en")
FRAUD_HEADING = "Beware of fraud"
FRAUD_MESSAGE = "This operation shows signs of a fraud. Continue only if you started it yourself."
FRAUD_SCREEN = {
    "type": "WARNING",
    "heading": FRAUD_HEADING,
    "message": FRAUD_MESSAGE,
    "items": [],
    "approvalType": "SLIDER",
}


def _build(
    template: object,
    parameters: Mapping[str, str | None] | None = None,
    *,
    proximity_available: bool = True,
) -> Mapping[str, object] | None:
    return build_ui(
        template if isinstance(template, str) else json.dumps(template),
        risk_flags="XCF",
        parameters=parameters or {},
        proximity_available=proximity_available,
        locale=ENGLISH,
    )


def _pre_approval(screen: Mapping[str, object]) -> object:
    return (_build({"preApprovalScreen": screen}) or {}).get("preApprovalScreen")


def _post_approval(screen: object, parameters: Mapping[str, str | None] | None = None) -> object:
    template = screen if isinstance(screen, str) else json.dumps(screen)
    ui = _build(f'{{"postApprovalScreen": {template}}}', parameters)
    return (ui or {}).get("postApprovalScreen")


@pytest.mark.parametrize(
    ("flags", "ui"),
    [
        (None, None),
        ("", None),
        ("xcf", None),
        ("Z", None),
        ("X", {"flipButtons": True}),
        ("C", {"blockApprovalOnCall": True}),
        ("F", {"preApprovalScreen": FRAUD_SCREEN}),
        ("CX", {"flipButtons": True, "blockApprovalOnCall": True}),
        (
            "FZCX",
            {"flipButtons": True, "blockApprovalOnCall": True, "preApprovalScreen": FRAUD_SCREEN},
        ),
    ],
)
@pytest.mark.parametrize("template", [None, "", " \n"])
def test_risk_flags(flags: str | None, ui: dict[str, object] | None, template: str | None) -> None:
    built = build_ui(
        template, risk_flags=flags, parameters={}, proximity_available=False, locale=ENGLISH
    )
    assert json.dumps(built) == json.dumps(ui)


@pytest.mark.parametrize(
    ("template", "ui"),
    [("{}", None), ("null", None), ('{"flipButtons":false}', {"flipButtons": False})],
)
def test_template_overrides_risk_flags(template: str, ui: dict[str, object] | None) -> None:
    assert _build(template) == ui


@pytest.mark.parametrize("template", ["{", "[]", "5", '"text"', '{"a": ${x}', "${x}"])
def test_broken_template(template: str) -> None:
    with pytest.raises(BrokenTemplate):
        _build(template, {"x": '{"flipButtons": true}'})


def test_default_texts_follow_the_asked_language(tmp_path: Path, settings: Settings) -> None:
    catalog = Catalog(locale="cs")
    catalog.add(FRAUD_HEADING, "Pozor na podvod")
    folder = tmp_path / "cs" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("de"):
        ui = build_ui(
            None,
            risk_flags="F",
            parameters={},
            proximity_available=False,
            locale=RequestLocale(tag="cs-CZ", language="cs"),
        )
        assert translation.get_language() == "de"
    assert ui == {"preApprovalScreen": FRAUD_SCREEN | {"heading": "Pozor na podvod"}}


def test_members_in_order_with_unknown_ones_last() -> None:
    template: dict[str, object] = {
        "future": {"a": None, "b": [None, 1]},
        "gone": None,
        "templates": {"list": None, "history": {"image": None, "rows": [None]}},
        "postApprovalScreen": {"type": "GENERIC", "heading": "h", "message": "m", "payload": {}},
        "preApprovalScreens": [{"heading": "h", "more": {}, "type": "INFO", "image": None}],
        "preApprovalScreen": {"type": "INFO", "heading": "h", "message": "m"},
        "blockApprovalOnCall": True,
        "flipButtons": True,
    }
    assert json.dumps(_build(template)) == json.dumps(
        {
            "flipButtons": True,
            "blockApprovalOnCall": True,
            "preApprovalScreen": {"type": "INFO", "heading": "h", "message": "m"},
            "preApprovalScreens": [
                {"id": "1", "type": "INFO", "heading": "h", "message": "", "more": {}}
            ],
            "postApprovalScreen": {
                "type": "GENERIC",
                "heading": "h",
                "message": "m",
                "payload": {},
            },
            "templates": {"list": None, "history": {"image": None, "rows": [None]}},
            "future": {"b": [1]},
        }
    )


@pytest.mark.parametrize(
    ("value", "flag"),
    [(True, True), (False, False), ("true", True), ("False", False), ("${x}", True)],
)
def test_flag(value: object, flag: bool) -> None:
    assert _build({"flipButtons": value}, {"x": "true"}) == {"flipButtons": flag}


@pytest.mark.parametrize("value", [None, 1, "yes", "", [], {}])
def test_flag_that_is_none(value: object) -> None:
    assert _build({"blockApprovalOnCall": value}) is None


@pytest.mark.parametrize(
    "name", ["preApprovalScreen", "preApprovalScreens", "postApprovalScreen", "templates"]
)
@pytest.mark.parametrize("value", [None, 1, True, "text"])
def test_member_of_a_wrong_type_is_left_out(name: str, value: object) -> None:
    assert _build({name: value}) is None


def test_placeholders_in_a_screen() -> None:
    template = (
        '{"preApprovalScreen":{"type":"INFO","heading":"${a}","message":"m","items":["${a}"]}}'
    )
    value = 'Jiří "a/b"\n${a}'
    assert _build(template, {"a": value}) == {
        "preApprovalScreen": {"type": "INFO", "heading": value, "message": "m", "items": [value]}
    }


@pytest.mark.parametrize(
    ("screen", "expected"),
    [
        ({"type": "WARNING"}, ("WARNING", FRAUD_HEADING, FRAUD_MESSAGE)),
        ({"type": "warning", "heading": " "}, ("WARNING", FRAUD_HEADING, FRAUD_MESSAGE)),
        ({"type": "WARNING", "heading": "h"}, ("WARNING", "h", FRAUD_MESSAGE)),
        ({"type": "WARNING", "message": "m"}, ("WARNING", FRAUD_HEADING, "m")),
        ({"type": "INFO", "message": "m"}, ("INFO", "", "m")),
        ({"type": "INFO", "heading": "h", "message": None}, ("INFO", "h", "")),
        ({"type": "INFO", "heading": 5, "message": "m"}, ("INFO", "5", "m")),
        ({"type": "NOVEL", "heading": "h", "message": "m"}, ("WARNING", "h", "m")),
        ({"type": [], "heading": "h", "message": "m"}, ("WARNING", "h", "m")),
    ],
)
def test_incomplete_screen_is_completed(
    screen: dict[str, object], expected: tuple[str, str, str]
) -> None:
    members = dict(zip(("type", "heading", "message"), expected, strict=True))
    assert _pre_approval(screen) == members


@pytest.mark.parametrize("screen", [{}, {"type": "INFO"}, {"type": "INFO", "items": ["a"]}])
def test_screen_without_a_word_is_left_out(screen: dict[str, object]) -> None:
    assert _pre_approval(screen) is None


def test_scan_without_texts_is_completed() -> None:
    screen = cast("dict[str, str]", _pre_approval({"type": "QR_SCAN"}))
    assert list(screen) == ["type", "heading", "message"]
    assert screen["heading"].strip()
    assert screen["message"].strip()


@pytest.mark.parametrize("approval_type", [None, "BUTTON", "slider", "", 5, [], {}])
def test_approval_type_is_slider_or_absent(approval_type: object) -> None:
    screen = {"type": "INFO", "heading": "h", "message": "m"}
    assert _pre_approval(screen | {"approvalType": "SLIDER"}) == screen | {"approvalType": "SLIDER"}
    assert _pre_approval(screen | {"approvalType": approval_type}) == screen


@pytest.mark.parametrize(
    ("items", "kept"),
    [(["a", None, [], 5], ["a", "5"]), ([], []), (None, None), ("a", None)],
)
def test_items_are_texts(items: object, kept: list[str] | None) -> None:
    screen = {"type": "INFO", "heading": "h", "message": "m", "items": items}
    shown = cast("dict[str, object]", _pre_approval(screen))
    assert shown.get("items") == kept


def test_scan_needs_proximity() -> None:
    scan = {"type": "QR_SCAN", "heading": "h", "message": "m"}
    info = {"id": "b", "type": "INFO", "heading": "h", "message": ""}
    listed = [{"id": "a", **scan}, info]
    template = {"flipButtons": True, "preApprovalScreen": scan, "preApprovalScreens": listed}
    assert _build(template, proximity_available=True) == template
    assert _build(template, proximity_available=False) == {
        "flipButtons": True,
        "preApprovalScreens": [info],
    }


@pytest.mark.parametrize("name", ["preApprovalScreen", "preApprovalScreens"])
@pytest.mark.parametrize("kind", ["QR_SCAN", "qr_scan", "${kind}"])
def test_nothing_is_left_of_a_lone_scan(name: str, kind: str) -> None:
    scan = {"type": kind, "heading": "h", "message": "m"}
    template = {name: [scan, None] if name.endswith("s") else scan}
    assert _build(template, {"kind": "QR_SCAN"}, proximity_available=False) is None
    assert _build(template, {"kind": "QR_SCAN"}, proximity_available=True) is not None


def test_review() -> None:
    screen = """{"type": "REVIEW", "heading": "Done", "message": "Look", "payload": {"attributes": [
        {"id": "1", "type": "AMOUNT", "label": "Sum", "amount": ${amount}, "currency": "EUR"},
        {"id": "2", "label": "Note", "type": "NOTE", "note": "${note}", "more": null},
        "odd", null, {"id": "3"}]}}"""
    shown = _post_approval(screen, {"amount": "100", "note": 'a"b'})
    assert json.dumps(shown, default=lambda number: f"number {number:f}") == json.dumps(
        {
            "type": "REVIEW",
            "heading": "Done",
            "message": "Look",
            "payload": {
                "attributes": [
                    {
                        "type": "AMOUNT",
                        "id": "1",
                        "label": "Sum",
                        "amount": "number 100.00",
                        "currency": "EUR",
                    },
                    {"type": "NOTE", "id": "2", "label": "Note", "note": 'a"b'},
                ]
            },
        }
    )


@pytest.mark.parametrize("attributes", [None, "a", {}, 5])
def test_review_without_attributes(attributes: object) -> None:
    screen = {"type": "REVIEW", "payload": {"attributes": attributes}}
    empty = {"type": "REVIEW", "heading": "", "message": "", "payload": {"attributes": []}}
    assert _post_approval(screen) == empty


@pytest.mark.parametrize(
    ("countdown", "seconds"),
    [
        *(("5", 5), ('"7"', 7), ("${s}", 12), ('"${s}"', 12), ("2.9", 2), ("-1", 0), ("0", 0)),
        *(("${none}", 5), ('"soon"', 5), ("null", 5), ("[]", 5), ("1e50", 2**31 - 1)),
    ],
)
def test_countdown_is_a_number(countdown: str, seconds: int) -> None:
    screen = f"""{{"type": "MERCHANT_REDIRECT", "heading": "h", "message": "m", "payload": {{
        "countdown": {countdown}, "redirectUrl": "https://shop.example", "redirectText": "Go"}}}}"""
    shown = cast("dict[str, dict[str, object]]", _post_approval(screen, {"s": "12"}))
    payload = shown["payload"]
    assert list(payload) == ["redirectText", "redirectUrl", "countdown"]
    assert payload["countdown"] == seconds
    assert type(payload["countdown"]) is int


@pytest.mark.parametrize(
    "screen",
    [
        {},
        {"heading": "h", "message": "m", "payload": {}},
        {"type": "REDIRECT", "heading": "h", "message": "m", "payload": {"redirectUrl": "u"}},
        {"type": ["GENERIC"], "heading": "h", "message": "m", "payload": {}},
        {"type": "MERCHANT_REDIRECT", "heading": "h", "message": "m", "payload": {}},
        {"type": "MERCHANT_REDIRECT", "payload": {"redirectUrl": " "}},
    ],
)
def test_unusable_post_approval_screen_is_left_out(screen: dict[str, object]) -> None:
    assert _post_approval(screen) is None


def test_generic_screen_is_completed() -> None:
    assert _post_approval({"type": "GENERIC", "payload": {"a": [1, None], "b": None}}) == {
        "type": "GENERIC",
        "heading": "",
        "message": "",
        "payload": {"a": [1]},
    }


LISTED = ["elements", "controls", "approve", "decline", "counter", "id", "text"]
SCREENS = ["preApprovalScreen", "preApprovalScreens", "postApprovalScreen"]
TEXTS = ["type", "heading", "message", "items", "approvalType"]
PAYLOAD = ["payload", "attributes", "redirectUrl", "countdown"]
NAMES = st.sampled_from(
    [
        "flipButtons",
        "blockApprovalOnCall",
        "templates",
        "future",
        *SCREENS,
        *TEXTS,
        *PAYLOAD,
        *LISTED,
    ]
)
TYPES = st.sampled_from(["WARNING", "INFO", "QR_SCAN", "REVIEW", "MERCHANT_REDIRECT", "GENERIC"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | TYPES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
)


def _has_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_has_null, value.values()))
    return any(map(_has_null, value)) if isinstance(value, list) else value is None


@hypothesis_settings(deadline=None)
@given(st.dictionaries(NAMES, JSON), st.booleans())
def test_any_template(template: dict[str, object], proximity_available: bool) -> None:
    ui = dict(_build(template, proximity_available=proximity_available) or {"empty": True})
    templates = template.get("templates")
    assert ui.pop("templates", None) == (templates if isinstance(templates, dict) else None)
    assert not _has_null(ui)
    screen = ui.get("preApprovalScreen", FRAUD_SCREEN)
    assert isinstance(screen, dict)
    assert {type(screen[name]) for name in ("type", "heading", "message")} == {str}
    assert screen.get("approvalType", "SLIDER") == "SLIDER"
    listed = ui.get("preApprovalScreens", [])
    assert isinstance(listed, list)
    for each in listed:
        assert {type(each[name]) for name in ("id", "type", "heading", "message")} == {str}
    assert proximity_available or "QR_SCAN" not in {each["type"] for each in (screen, *listed)}
