"""`/pa/v3/activation/*`: creation, status, detail, renaming, removal.

Source: standard-rest-api.md 7.1 to 7.5.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, Serializer

from enrollment_server.api.fields import Members, Text
from powerauth.access import PB, PK, PKB, Access
from powerauth.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.conf import get_backend
from powerauth.encryption import encryption_header
from powerauth.identity import identity
from powerauth.permissions import Authenticated
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.encryption import EncryptedRequest, Encryptor, Scope
from powerauth.protocol.headers import EncryptionHeader
from powerauth.standard.errors import ActivationRefused, EncryptionRefused
from powerauth.standard.views import (
    GenericEnvelopeView,
    GenericView,
    SignedView,
    StandardView,
    payload,
    validated,
)
from powerauth.user_info import Stage, get_provider
from powerauth.values import ActivationDetail, EncryptedCall, StatusAnswer


class IdentityAttributes(Serializer[Any]):
    code = Text()


class CreateInput(Serializer[Any]):
    # Other types need a user that this server cannot look up, or recovery codes.
    type = ChoiceField(choices=["CODE"])
    identityAttributes = IdentityAttributes()  # noqa: N815 - wire name
    customAttributes = Members(required=False, allow_null=True)  # noqa: N815 - wire name
    activationData = Members()  # noqa: N815 - wire name


class CreateView(GenericView):
    """The key exchange of a phone that holds an activation code."""

    encryptor = Encryptor.APPLICATION_GENERIC
    refused = decryption_failed = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        body = validated(CreateInput, self.decrypted(request))
        header = encryption_header(request, Scope.APPLICATION)
        return Response(_create(body, header, at=timezone.now()))


def _create(body: dict[str, Any], header: EncryptionHeader, *, at: datetime) -> dict[str, Any]:
    """Exchange keys; everything that can be refused is refused before."""
    attributes = body.get("customAttributes") or {}
    provider = get_provider()
    prepared = get_backend().prepare(
        code=body["identityAttributes"]["code"],
        call=_layer_2(body["activationData"], header),
        custom_attributes=attributes,
        at=at,
    )
    claims = provider.claims(prepared.activation, Stage.ACTIVATION_CODE, at=at)
    answer = {
        "activationData": prepared.response.to_json(),
        "customAttributes": attributes,
    }
    return answer if claims is None else {**answer, "userInfo": dict(claims)}


def _layer_2(members: dict[str, Any], header: EncryptionHeader) -> EncryptedCall:
    return EncryptedCall(
        request=EncryptedRequest.parse(members, header.version),
        encryptor=Encryptor.ACTIVATION_LAYER_2,
        version=header.version,
        application_key=header.application_key,
    )


class StatusInput(Serializer[Any]):
    activationId = Text(allow_blank=True)  # noqa: N815 - wire name
    challenge = Text(required=False, allow_null=True, allow_blank=True)


class StatusView(StandardView):
    """The encrypted status; whoever asks for an unknown activation cannot tell."""

    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        body = payload(request, StatusInput)
        text = body.get("challenge")
        challenge = None if text is None else b64d(text)
        answer = get_backend().status(body["activationId"], challenge, at=timezone.now())
        return Response(_status(body["activationId"], answer))


def _status(activation_id: str, answer: StatusAnswer) -> dict[str, str]:
    members = {"activationId": activation_id, "encryptedStatusBlob": b64(answer.blob)}
    return members if answer.nonce is None else {**members, "nonce": b64(answer.nonce)}


def _detail(detail: ActivationDetail) -> dict[str, str]:
    return {"activationId": detail.activation_id, "activationName": detail.name}


class DetailView(GenericEnvelopeView):
    """What a token of two factors may read."""

    access = Access(tokens_of=frozenset({PK, PB}))
    authentication_classes = [TokenAuthentication]
    permission_classes = [Authenticated]
    encryptor = Encryptor.ACTIVATION_GENERIC
    decryption_failed = EncryptionRefused
    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        detail = get_backend().detail(identity(request).activation_id, at=timezone.now())
        return Response(_detail(detail))


class RenameInput(Serializer[Any]):
    activationName = Text(max_length=255)  # noqa: N815 - wire name


class RenameView(GenericEnvelopeView):
    """A new name for the activation; the signature covers the plaintext."""

    access = Access(signed_with=frozenset({PK, PB}), resource_id="/pa/activation/rename")
    authentication_classes = [SignatureAuthentication]
    permission_classes = [Authenticated]
    encryptor = Encryptor.ACTIVATION_GENERIC
    refused = decryption_failed = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        body = validated(RenameInput, self.decrypted(request))
        me = identity(request)
        detail = get_backend().rename(
            me.activation_id, name=body["activationName"], at=timezone.now()
        )
        return Response(_detail(detail))


class RemoveView(SignedView):
    """The end of an activation; the body is signed and never read."""

    access = Access(signed_with=frozenset({PK, PB, PKB}), resource_id="/pa/activation/remove")
    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        me = identity(request)
        get_backend().remove(me.activation_id, at=timezone.now())
        return Response({"activationId": me.activation_id})
