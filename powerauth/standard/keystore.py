"""`/pa/v3/keystore/create`: temporary keys of protocol 3.3. Source: standard-rest-api.md 7.13."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.payloads.fields import Text
from powerauth.conf import get_backend
from powerauth.standard.errors import TemporaryKeyRefused
from powerauth.standard.views import StandardView, payload


class KeyInput(Serializer[Any]):
    jwt = Text()


class CreateKeyView(StandardView):
    """The request and the answer are signed inside."""

    refused = TemporaryKeyRefused

    def post(self, request: Request) -> Response:
        body = payload(request, KeyInput)
        jwt = get_backend().create_temporary_key(body["jwt"], at=timezone.now())
        return Response({"jwt": jwt})
