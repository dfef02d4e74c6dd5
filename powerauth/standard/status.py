"""`/pa/v3/status`: what time it is, and who is asked. Source: standard-rest-api.md 7.14."""

from typing import TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server import VERSION
from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Milliseconds
from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.standard.errors import MalformedBody
from powerauth.standard.views import SERVER, StandardView


class ServerApplication(TypedDict):
    """Which server it is."""

    name: str
    version: str


class ServerStatus(TypedDict):
    """What time it is, and who is asked."""

    serverTime: Milliseconds
    application: ServerApplication


APPLICATION: ServerApplication = {"name": "enrollment-server", "version": VERSION}


class StatusView(StandardView):
    """Phones set their clocks by this."""

    endpoint = Endpoint(
        tag=SERVER,
        summary="What time it is",
        description="Phones set their clocks by the answer. A body is ignored.",
        result=ServerStatus,
        result_example={
            "serverTime": 1700000000000,
            "application": {"name": "enrollment-server", "version": "1.9.0"},
        },
    )
    refused = MalformedBody

    def post(self, request: Request) -> Response:
        status: ServerStatus = {
            "serverTime": milliseconds_of(timezone.now()),
            "application": APPLICATION,
        }
        return Response(status)
