"""`/pa/v3/activation/*` except creation: status, detail, renaming, removal.

Source: standard-rest-api.md 7.2 to 7.5.
"""

from typing import Annotated, Any, NotRequired, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from enrollment_server.api.contract.shapes import Base64, Shape, Uuid
from enrollment_server.api.payloads.fields import Text
from enrollment_server.api.payloads.validation import payload, validated
from powerauth import values
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
    ACTIVATION,
    GenericEnvelopeView,
    SignedView,
    StandardView,
)


class StatusInput(Serializer[Any]):
    """The object that asks for a status."""

    activationId = Text(  # noqa: N815 - wire name
        allow_blank=True, help_text="Any text; an unknown one is answered as well."
    )
    challenge = Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="16 random bytes as Base64; protocol 3.1 and later.",
    )


class ActivationStatus(TypedDict):
    """The status of an activation, which only its phone can read."""

    activationId: Annotated[str, Shape("As it was sent.")]
    encryptedStatusBlob: Annotated[Base64, Shape("32 bytes; random for an unknown activation.")]
    nonce: NotRequired[Annotated[Base64, Shape("16 bytes, if a challenge was sent.")]]


class ActivationDetail(TypedDict):
    """The activation by its name."""

    activationId: Uuid
    activationName: Annotated[str, Shape("As its user named it.")]


class RemovedActivationId(TypedDict):
    """The activation that is no more."""

    activationId: Uuid


_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
_EXAMPLE: ActivationDetail = {"activationId": _ID, "activationName": "Petr's iPhone 7"}


class StatusView(StandardView):
    """The encrypted status; whoever asks for an unknown activation cannot tell."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Read the status of an activation",
        description=(
            "Only the phone can read the status blob. An unknown activation gets random bytes: who "
            "asks cannot tell."
        ),
        body=StatusInput,
        example={"activationId": _ID, "challenge": "kYjzVBB8Y0ZFabxSWbWovQ=="},
        result=ActivationStatus,
        result_example={
            "activationId": _ID,
            "encryptedStatusBlob": "19gyYaW5ZhdGMeE2Gi1AmvtGPAxVBTC8lzyKWJnDIPs=",
            "nonce": "MDEyMzQ1Njc4OWFiY2RlZg==",
        },
    )
    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        body = payload(request, StatusInput)
        text = body.get("challenge")
        challenge = None if text is None else b64d(text)
        answer = get_backend().status(body["activationId"], challenge, at=timezone.now())
        return Response(_status(body["activationId"], answer))


def _status(activation_id: str, answer: values.StatusAnswer) -> ActivationStatus:
    status: ActivationStatus = {
        "activationId": activation_id,
        "encryptedStatusBlob": b64(answer.blob),
    }
    if answer.nonce is not None:
        status["nonce"] = b64(answer.nonce)
    return status


def _detail(detail: values.ActivationDetail) -> ActivationDetail:
    return {"activationId": detail.activation_id, "activationName": detail.name}


class DetailView(GenericEnvelopeView):
    """What a token of two factors may read."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Read the name of the activation",
        body=Empty,
        result=ActivationDetail,
        result_example=_EXAMPLE,
    )
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
    """The new name; it stands in the body without an envelope."""

    activationName = Text(max_length=255)  # noqa: N815 - wire name


class RenameView(GenericEnvelopeView):
    """A new name for the activation; the signature covers the plaintext."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Rename the activation",
        description="The signature covers the decrypted request.",
        body=RenameInput,
        bare=True,
        example={"activationName": "Petr's iPhone 7"},
        result=ActivationDetail,
        result_example=_EXAMPLE,
    )
    access = Access(signed_with=frozenset({PK, PB}), resource_id="/pa/activation/rename")
    authentication_classes = [SignatureAuthentication]
    permission_classes = [Authenticated]
    encryptor = Encryptor.ACTIVATION_GENERIC
    refused = decryption_failed = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        body = validated(RenameInput, self.decrypted(request))
        me = identity(request)
        detail = get_backend().rename(
            me.activation_id,
            name=body["activationName"],
            user_id=me.user_id,
            at=timezone.now(),
        )
        return Response(_detail(detail))


class RemoveView(SignedView):
    """The end of an activation; the body is signed and never read."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Remove the activation",
        description="A body is signed, and never read.",
        result=RemovedActivationId,
        result_example={"activationId": _ID},
    )
    access = Access(signed_with=frozenset({PK, PB, PKB}), resource_id="/pa/activation/remove")
    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        me = identity(request)
        hook = get_hook()
        get_backend().remove(me.activation_id, at=timezone.now())
        facts = values.ActivationFacts(
            activation_id=me.activation_id,
            state="REMOVED",
            user_id=me.user_id,
            application_id=me.application_id,
            flags=me.flags,
            roles=me.roles,
        )
        tell(lambda: hook.removed(facts))
        removed: RemovedActivationId = {"activationId": me.activation_id}
        return Response(removed)
