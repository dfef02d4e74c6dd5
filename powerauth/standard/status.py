"""`/pa/v3/status`: what time it is, and who is asked. Source: standard-rest-api.md 7.14."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server import VERSION
from powerauth.engine.encryption.encryption import milliseconds_of
from powerauth.standard.errors import MalformedBody
from powerauth.standard.views import StandardView

APPLICATION = {"name": "enrollment-server", "version": VERSION}


class StatusView(StandardView):
    """Phones set their clocks by this."""

    refused = MalformedBody

    def post(self, request: Request) -> Response:
        server_time = milliseconds_of(timezone.now())
        return Response({"serverTime": server_time, "application": APPLICATION})
