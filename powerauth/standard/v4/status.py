"""`/pa/v4/status`: what time it is, and what may be spoken. Source: protocol-4.md 29."""

from typing import Any, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Milliseconds
from enrollment_server.api.payloads.fields import Text
from enrollment_server.api.payloads.validation import validated
from powerauth.conf import get_backend
from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.standard.status import APPLICATION, ServerApplication
from powerauth.standard.v4.errors import StatusRefused
from powerauth.standard.v4.views import GROUP, View4


class StatusInput(Serializer[Any]):
    """Whose suites; the whole object may be left out."""

    applicationKey = Text(  # noqa: N815 - wire name
        required=False, allow_null=True, help_text="Without it, the suites of the server."
    )


class ServerStatus4(TypedDict):
    """What time it is, who is asked, and the suites that are allowed."""

    serverTime: Milliseconds
    application: ServerApplication
    supportedAlgorithms: list[str]


class StatusView(View4):
    """Phones set their clocks by this."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="What time it is, and which suites are allowed",
        description="Phones set their clocks by the answer. There need not be a body.",
        body=StatusInput,
        example={"applicationKey": "MDEyMzQ1Njc4OWFiY2RlZg=="},
        result=ServerStatus4,
        result_example={
            "serverTime": 1700000000000,
            "application": {"name": "enrollment-server", "version": "1.9.0"},
            "supportedAlgorithms": ["EC_P384", "EC_P384_ML_L3", "EC_P384_ML_L5"],
        },
    )
    refused = StatusRefused

    def post(self, request: Request) -> Response:
        asked = request.data if request.body else None
        body = validated(StatusInput, {} if asked is None else asked)
        suites = get_backend().allowed_suites(body.get("applicationKey"))
        status: ServerStatus4 = {
            "serverTime": milliseconds_of(timezone.now()),
            "application": APPLICATION,
            "supportedAlgorithms": list(suites),
        }
        return Response(status)
