"""The codes that methods are refused with: integration-api.md 5.1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from powerauth.errors import ErrorCode
from powerauth.integration.api import IntegrationView
from powerauth.integration.inputs.base import Input
from powerauth.integration.inputs.fields import Text
from powerauth.integration.words import method


class LanguageInput(Input):
    """A language that makes no difference: the texts are English."""

    language = Text()


class ErrorText(TypedDict):
    """A code with its text."""

    code: str
    value: str


class ErrorList(TypedDict):
    """The codes that the engine refuses with."""

    errors: list[ErrorText]


def _text(code: ErrorCode) -> ErrorText:
    return {"code": code.value, "value": code.message}


class ListView(IntegrationView):
    """`error/list`."""

    endpoint = method(
        "Service",
        "List the error codes",
        request={"language": "en"},
        example=ErrorList(errors=[_text(ErrorCode.INVALID_REQUEST)]),
    )
    input_class = LanguageInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> ErrorList:
        return {"errors": [_text(one) for one in ErrorCode]}
