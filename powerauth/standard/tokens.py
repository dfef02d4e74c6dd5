"""`/pa/v3/token/*`: tokens for simple authentication. Source: standard-rest-api.md 7.6, 7.7."""

from typing import Any, ClassVar, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.fields import Text
from enrollment_server.api.payloads.validation import payload
from powerauth.conf import get_backend
from powerauth.engine.signatures.tokens import TokenSecret
from powerauth.http.access import PB, PK, PKB, Access, P
from powerauth.http.encryption import SealedRenderer, encrypted_call
from powerauth.http.identity import identity
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.standard.errors import AuthenticationRefused
from powerauth.standard.views import CREDENTIALS, SignedView

_ID = "d6561669-34d6-4fee-8913-89477687a5cb"


class CreateTokenView(SignedView):
    """A new token; the signature covers the encrypted body."""

    endpoint = Endpoint(
        tag=CREDENTIALS,
        summary="Create a token",
        description=(
            "The signature covers the encrypted body. The token is good wherever its factors are."
        ),
        body=Empty,
        result=TokenSecret,
        result_example={"tokenId": _ID, "tokenSecret": "VqAXEhziiT27lxoqREjtcQ=="},
    )
    access = Access(signed_with=frozenset({P, PK, PB}), resource_id="/pa/token/create")
    refused: ClassVar[type[ApiError]] = AuthenticationRefused
    renderer_classes = [SealedRenderer]

    def post(self, request: Request) -> Response:
        call = encrypted_call(request, Encryptor.CREATE_TOKEN)
        me = identity(request)
        return Response(get_backend().create_token(call, me.signature_type, at=timezone.now()))


class RemoveTokenInput(Serializer[Any]):
    """The object that names a token."""

    tokenId = Text(allow_blank=True)  # noqa: N815 - wire name


class RemovedToken(TypedDict):
    """The token that is no more."""

    tokenId: str


class RemoveTokenView(SignedView):
    """The end of a token; an unknown one and another's are answered alike."""

    endpoint = Endpoint(
        tag=CREDENTIALS,
        summary="Remove a token",
        description="An unknown token, and another's, are answered alike.",
        body=RemoveTokenInput,
        example={"tokenId": _ID},
        result=RemovedToken,
        result_example={"tokenId": _ID},
    )
    access = Access(signed_with=frozenset({P, PK, PB, PKB}), resource_id="/pa/token/remove")
    refused: ClassVar[type[ApiError]] = AuthenticationRefused

    def post(self, request: Request) -> Response:
        token_id = payload(request, RemoveTokenInput)["tokenId"]
        me = identity(request)
        get_backend().remove_token(token_id, activation_id=me.activation_id, at=timezone.now())
        removed: RemovedToken = {"tokenId": token_id}
        return Response(removed)
