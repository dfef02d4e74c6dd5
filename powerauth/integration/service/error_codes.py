"""The codes that methods are refused with: integration-api.md 5.1."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from powerauth.errors import ErrorCode
from powerauth.integration.api import Input, IntegrationView
from powerauth.integration.fields import Text


class LanguageInput(Input):
    """A language that makes no difference: the texts are English."""

    language = Text()


class ListView(IntegrationView):
    """`error/list`."""

    input_class = LanguageInput

    def call(self, body: Mapping[str, Any], *, at: datetime) -> dict[str, Any]:
        return {"errors": [{"code": one.value, "value": one.message} for one in ErrorCode]}
