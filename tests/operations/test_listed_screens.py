"""The list of screens before the approval, of release line 2.x: mobile-token-api.md 7.4."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from operations.screen.form_data import TemplateTexts
from operations.screen.locales import RequestLocale
from operations.screen.ui.extensions import build_ui
from operations.template_checks.form_template import problems
from operations.template_checks.listed_screens import (
    MAX_ELEMENTS,
    MAX_SCREENS,
    MAX_TEXT_LENGTH,
)
from operations.template_checks.parameters import KnownNames

SCREEN = {"id": "s", "type": "INFO", "heading": "h", "message": "m"}
ELEMENT = {"id": "e", "type": "ALERT", "text": "t"}
BUTTON = {"id": "b", "type": "BUTTON", "text": "t", "action": "LINK", "href": "https://a.example"}


def _shown(
    screens: object, parameters: Mapping[str, str] | None = None, *, proximity: bool = True
) -> Any:
    template = screens if isinstance(screens, str) else json.dumps(screens)
    ui = build_ui(
        f'{{"preApprovalScreens":{template}}}',
        risk_flags=None,
        parameters=parameters or {},
        proximity_available=proximity,
        locale=RequestLocale(tag="en", language="en"),
    )
    return (ui or {}).get("preApprovalScreens")


def _one(**members: object) -> Any:
    return _shown([SCREEN | members])[0]


def test_whole_screen() -> None:
    screen = {
        "id": "fraud",
        "type": "WARNING",
        "backButton": True,
        "image": "shield",
        "heading": "h",
        "message": "m",
        "elements": [
            {"id": "a", "type": "ALERT", "text": "t", "style": "DANGER"},
            {"id": "l", "type": "LIST_ITEM", "text": "t", "style": "INFO", "icon": "i"},
            {**BUTTON, "actionSettings": {"inApp": True}},
        ],
        "controls": {
            "flip": False,
            "axis": "VERTICAL",
            "decline": {"type": "REJECT", "text": "No"},
            "approve": {"type": "SLIDER", "text": "Yes", "counter": 5},
        },
    }
    shown = _shown([screen])
    assert shown == [screen]
    assert _problems([screen]) == []


def test_values_of_parameters_get_the_type_that_apps_read() -> None:
    template = """[{"type": "${kind}", "heading": "${who}", "backButton": "${back}",
        "controls": {"flip": "${back}", "approve": {"type": "button", "counter": "${wait}"}}}]"""
    values = {"kind": "info", "who": 'Jiří "x"', "back": "true", "wait": "7"}
    assert _shown(template, values) == [
        {
            "id": "1",
            "type": "INFO",
            "backButton": True,
            "heading": 'Jiří "x"',
            "message": "",
            "controls": {"flip": True, "approve": {"type": "BUTTON", "counter": 7}},
        }
    ]


@pytest.mark.parametrize("kind", ["NOVEL", "", None, [], 5])
def test_screen_of_an_unknown_type_still_stops_the_user(kind: object) -> None:
    assert _one(type=kind)["type"] == "WARNING"


@pytest.mark.parametrize("kind", ["WARNING", "qr_scan"])
def test_screen_without_a_word_gets_the_default_texts(kind: str) -> None:
    [screen] = _shown([{"type": kind}])
    assert screen["type"] == kind.upper()
    assert screen["heading"].strip()
    assert screen["message"].strip()


def test_elements_speak_for_a_screen() -> None:
    assert _shown([{"type": "WARNING", "elements": [ELEMENT]}]) == [
        {"id": "1", "type": "WARNING", "heading": "", "message": "", "elements": [ELEMENT]}
    ]


@pytest.mark.parametrize(
    "screen", [{}, {"type": "INFO"}, {"type": "INFO", "elements": [{}]}, None, "text", 5]
)
def test_screen_without_a_word_is_left_out(screen: object) -> None:
    assert _shown([screen, SCREEN]) == [SCREEN]
    assert _shown([screen]) is None


@pytest.mark.parametrize(
    "element",
    [
        {"type": "BUTTON", "text": "t"},
        {"type": "BUTTON", "text": "t", "action": "JUMP"},
        {"type": "NOVEL", "text": "t"},
        {"type": "ALERT", "text": " "},
        {"type": "ALERT", "text": []},
        "text",
        None,
    ],
)
def test_element_that_no_app_can_take_is_left_out(element: object) -> None:
    assert _one(elements=[element, ELEMENT])["elements"] == [ELEMENT]
    assert "elements" not in _one(elements=[element])


@pytest.mark.parametrize("elements", [None, {}, "text", 5, True])
def test_elements_that_are_no_list(elements: object) -> None:
    assert _one(elements=elements) == SCREEN


@pytest.mark.parametrize("style", ["NOVEL", None, [], ""])
def test_style_is_known_or_absent(style: object) -> None:
    assert _one(elements=[ELEMENT | {"style": style}])["elements"] == [ELEMENT]


@pytest.mark.parametrize(
    ("controls", "shown"),
    [
        ({"axis": "DIAGONAL", "flip": 5}, None),
        ({"axis": "horizontal"}, {"axis": "HORIZONTAL"}),
        ({"decline": {"text": "No"}, "approve": {"type": "SWIPE"}}, None),
        ({"decline": {"type": "BACK", "text": None}}, {"decline": {"type": "BACK"}}),
        ({"decline": [], "approve": "SLIDER"}, None),
        (
            {"approve": {"type": "SLIDER", "counter": "soon"}},
            {"approve": {"type": "SLIDER", "counter": 5}},
        ),
        (
            {"approve": {"type": "SLIDER", "counter": -1}},
            {"approve": {"type": "SLIDER", "counter": 0}},
        ),
        ([], None),
        ({"novel": {"a": None}}, {"novel": {}}),
    ],
)
def test_controls(controls: object, shown: object) -> None:
    assert _one(controls=controls).get("controls") == shown


def test_members_of_the_bank_pass_without_null() -> None:
    element = ELEMENT | {"more": [None, {"a": None}], "actionSettings": {"a": None, "b": 1}}
    shown = _one(elements=[element], future=None, more=[None, 1])
    assert shown["more"] == [1]
    assert "future" not in shown
    assert shown["elements"] == [ELEMENT | {"actionSettings": {"b": 1}, "more": [{}]}]


def _problems(screens: object) -> list[str]:
    texts = TemplateTexts(
        title="t",
        message="m",
        attributes="",
        ui=json.dumps({"preApprovalScreens": screens}),
        result_texts="",
        language="en",
    )
    nothing = KnownNames(signed=frozenset(), elsewhere=frozenset(), unsigned=frozenset())
    return [problem.text for problem in problems(texts, known=nothing)]


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"bakButton": True}, "unknown member 'bakButton'; did you mean 'backButton'?"),
        ({"type": None}, "unknown type ''"),
        ({"backButton": "maybe"}, "'backButton' has to be true or false"),
        ({"image": []}, "'image' has to be a text"),
        (
            {"message": "m" * (MAX_TEXT_LENGTH + 1)},
            f"'message' is longer than {MAX_TEXT_LENGTH} characters",
        ),
        (
            {"heading": "", "message": None},
            "needs a text 'heading' or 'message', or elements",
        ),
        ({"elements": {}}, "'elements' has to be a list of JSON objects"),
        (
            {"elements": [{**ELEMENT, "id": n} for n in range(MAX_ELEMENTS + 1)]},
            f"has more than {MAX_ELEMENTS} elements",
        ),
        ({"elements": [ELEMENT, ELEMENT]}, "'e' is the 'id' of two"),
        (
            {"elements": [ELEMENT | {"type": "ALRT"}]},
            "element 1: unknown type 'ALRT'; did you mean 'ALERT'?",
        ),
        (
            {"elements": [ELEMENT | {"style": "DANGR"}]},
            "element 1: unknown style 'DANGR'; did you mean 'DANGER'?",
        ),
        ({"elements": [BUTTON | {"action": None}]}, "element 1: unknown action ''"),
        ({"elements": [BUTTON | {"actionSettings": []}]}, "element 1: 'actionSettings' has to be"),
        ({"elements": [ELEMENT | {"text": ""}]}, "element 1: needs a text 'text'"),
        ({"controls": []}, "controls: has to be a JSON object"),
        ({"controls": {"flip": "up"}}, "controls: 'flip' has to be true or false"),
        ({"controls": {"axis": "X"}}, "controls: unknown axis 'X'"),
        ({"controls": {"decline": {}}}, "controls: decline: unknown type ''"),
        ({"controls": {"approve": {"type": "SLIDR"}}}, "controls: approve: unknown type 'SLIDR'"),
        (
            {"controls": {"approve": {"type": "SLIDER", "counter": "soon"}}},
            "controls: approve: 'counter' has to be a number of seconds",
        ),
    ],
)
def test_what_is_wrong_with_a_screen_is_told(members: dict[str, object], problem: str) -> None:
    [told] = _problems([SCREEN | members])
    assert told.startswith(f"preApprovalScreens: 1: {problem}")


def test_more_screens_than_anybody_reads_are_refused() -> None:
    screens = [{**SCREEN, "id": str(number)} for number in range(MAX_SCREENS + 1)]
    assert _problems(screens[:-1]) == []
    assert _problems(screens) == [f"preApprovalScreens: has more than {MAX_SCREENS} screens"]


def test_two_screens_with_one_identifier_are_refused() -> None:
    assert _problems([SCREEN, SCREEN]) == ["preApprovalScreens: 's' is the 'id' of two"]


def test_address_of_a_button_is_checked() -> None:
    [told] = _problems([SCREEN | {"elements": [BUTTON | {"href": "http://a.example"}]}])
    assert told.endswith("'http://a.example' has to begin with https:")


def test_placeholders_are_left_to_the_operation() -> None:
    element = {"type": "${a:-ALERT}", "text": "${a:-t}", "style": "${a:-INFO}"}
    controls = {
        "flip": "${a:-true}",
        "approve": {"type": "SLIDER", "counter": "${a:-5}"},
    }
    screen = {"type": "INFO", "heading": "${a:-h}", "elements": [element], "controls": controls}
    assert [text for text in _problems([screen]) if text.startswith("preApprovalScreens")] == []
