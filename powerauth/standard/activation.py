"""`/pa/v3/activation/*` except creation: status, detail, renaming, removal.

Source: standard-rest-api.md 7.2 to 7.5.
"""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.payloads.fields import Text
from powerauth.activation_hook import get_hook
from powerauth.conf import get_backend
from powerauth.hook_calls import tell
from powerauth.http.access import PB, PK, PKB, Access
from powerauth.http.authentication import SignatureAuthentication, TokenAuthentication
from powerauth.http.identity import identity
from powerauth.http.permissions import Authenticated
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.standard.errors import ActivationRefused, EncryptionRefused
from powerauth.standard.views import (
    GenericEnvelopeView,
    SignedView,
    StandardView,
    payload,
    validated,
)
from powerauth.values import ActivationDetail, ActivationFacts, StatusAnswer


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
        hook = get_hook()
        get_backend().remove(me.activation_id, at=timezone.now())
        removed = ActivationFacts(
            activation_id=me.activation_id,
            state="REMOVED",
            user_id=me.user_id,
            application_id=me.application_id,
            flags=me.flags,
            roles=me.roles,
        )
        tell(lambda: hook.removed(removed))
        return Response({"activationId": me.activation_id})
