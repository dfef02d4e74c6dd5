"""`/pa/v3/keystore/create`: temporary keys of protocol 3.3. Source: standard-rest-api.md 7.13."""

from typing import Annotated, Any, ClassVar, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Shape
from enrollment_server.api.payloads.fields import Text
from enrollment_server.api.payloads.validation import payload
from powerauth.conf import get_backend
from powerauth.http.access import check_generation
from powerauth.standard.errors import TemporaryKeyRefused
from powerauth.standard.views import SERVER, StandardView


class KeyInput(Serializer[Any]):
    """The object that asks for a key."""

    jwt = Text(help_text="Compact JWS.")


class SignedTemporaryKey(TypedDict):
    """A temporary key for encryption, signed."""

    jwt: Annotated[str, Shape("Compact JWS.")]


class CreateKeyView(StandardView):
    """The request and the answer are signed inside."""

    endpoint = Endpoint(
        tag=SERVER,
        summary="Create a temporary encryption key",
        description=(
            "Protocol 3.3 encrypts with keys that live for minutes. The request is a JWT with the "
            "claims `applicationKey`, `challenge` and, in activation scope, `activationId`, signed "
            "by HS256; the answer one signed by ES256."
        ),
        body=KeyInput,
        example={"jwt": "eyJhbGciOiJIUzI1NiJ9.eyJjaGFsbGVuZ2UiOiJhIn0.c2ln"},
        result=SignedTemporaryKey,
        result_example={"jwt": "eyJhbGciOiJFUzI1NiJ9.eyJjaGFsbGVuZ2UiOiJhIn0.c2ln"},
    )
    refused = TemporaryKeyRefused
    generation: ClassVar[int] = 3
    """That the request is written in."""

    def post(self, request: Request) -> Response:
        check_generation(self.generation)
        body = payload(request, KeyInput)
        key: SignedTemporaryKey = {
            "jwt": get_backend().create_temporary_key(
                body["jwt"], generation=self.generation, at=timezone.now()
            )
        }
        return Response(key)
