"""How types of `/rest/v4` follow from those of `/rest/v3`: protocol-4.md 34.3."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict, get_type_hints

import pytest

from enrollment_server.api.contract.shapes import Shape
from enrollment_server.openapi.documents import IntegrationDocumentV4
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Number, Text
from powerauth.integration.names import InV4
from powerauth.integration.v4 import tree, words
from powerauth.rules import invalid


class Plain(TypedDict):
    """Says the same in both."""

    signature: str


class Renamed(TypedDict):
    """Has another name, and a member less."""

    old: Annotated[int, Shape("A number."), InV4("new")]
    gone: Annotated[str, InV4(None)]
    kept: dict[str, Any]


class Around(TypedDict):
    """Has others within."""

    one: Renamed
    some: list[Renamed]
    perhaps: Renamed | None
    plain: Plain


RENAMED = {"old": 1, "gone": "x", "kept": {"old": 2, "gone": 3}}
HERE = {"new": 1, "kept": {"old": 2, "gone": 3}}


def test_what_differs_in_nothing_is_the_same() -> None:
    hints: list[Any] = [Plain, list[Plain], Plain | None, dict[str, Any], str, type(None)]
    for hint in hints:
        answer = words.answered(hint)
        assert answer.kind == hint
        assert answer.translate is None
        assert answer.of("anything") == "anything"


def test_names_within_objects_lists_and_options() -> None:
    value = {"one": RENAMED, "some": [RENAMED, RENAMED], "perhaps": None, "plain": {"signature": 1}}
    answer = words.answered(Around)
    there = {"one": HERE, "some": [HERE, HERE], "perhaps": None, "plain": {"signature": 1}}
    assert answer.of(value) == there
    assert answer.of({**value, "perhaps": RENAMED})["perhaps"] == HERE
    assert value["one"] == RENAMED  # what was answered stays as it was


def test_types_have_names_of_their_own_and_what_is_said_of_members() -> None:
    kind = words.answered(list[Around]).kind.__args__[0]
    assert (kind.__name__, kind.__doc__) == ("Around4", Around.__doc__)
    inner = get_type_hints(kind, include_extras=True)["one"]
    assert set(get_type_hints(inner)) == {"new", "kept"}
    assert Shape("A number.") in get_type_hints(inner, include_extras=True)["new"].__metadata__


class Asked(Input):
    """A request with every kind of name."""

    signature = Text()
    signature_type = Text()
    mac = Text()
    other_member = Number()


def test_members_of_a_request() -> None:
    read = words.asked(Asked)(
        data={
            "authenticationCode": "a",
            "authenticationCodeType": "b",
            "signatureType": "not read",
            "mac": ["not read"],
            "otherMember": 1,
        }
    )
    assert read.is_valid(raise_exception=True)
    assert dict(read.validated_data) == {
        "signature": "a",
        "signature_type": "b",
        "mac": None,
        "other_member": 1,
    }
    assert list(read.fields) == ["authenticationCode", "authenticationCodeType", "otherMember"]


def test_a_request_without_such_names_is_read_by_the_same_class() -> None:
    class Same(Input):
        user_id = Text()

    assert words.asked(Same) is Same


def test_a_refusal_names_the_member_as_it_is_here() -> None:
    here = words.refusal(invalid("signatureType", "must be something"))
    said = "requestObject.authenticationCodeType - must be something"
    assert (here.code, here.message, here.member) == (
        ErrorCode.INVALID_REQUEST,
        said,
        "authenticationCodeType",
    )
    for other in (invalid("userId", "must be"), EngineRefusal(ErrorCode.ACTIVATION_STATE)):
        assert words.refusal(other) is other


def test_a_view_has_to_say_something_of_itself() -> None:
    class Silent(IntegrationView):
        def call(self, body: Mapping[str, Any], *, at: datetime) -> None:
            """Do nothing."""

    with pytest.raises(TypeError, match="Silent"):
        tree.in_words(Silent)


def test_no_text_of_the_document_names_a_member_of_the_other_tree() -> None:
    gone = {"`signature`", "`signatureVersion`", "`ephemeralPublicKey`", "`mac`", "`challenge`"}
    for path, methods in IntegrationDocumentV4().get_schema()["paths"].items():
        found = {name for name in gone if name in methods["post"]["description"]}
        assert not found, path
