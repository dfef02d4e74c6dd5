"""`/pa/v4/activation/*` except creation: status, confirmation, detail, name, removal.

Source: protocol-4.md 23.3, 27, 29.
"""

from typing import Annotated, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.conf import get_backend
from powerauth.engine.factors.confirmation import STATES as CONFIRMING_STATES
from powerauth.http.access import PB, PK, Access
from powerauth.http.encryption import SealedRenderer, encrypted_call
from powerauth.http.identity import identity
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.errors import ProtocolError
from powerauth.protocol.v4.activation_messages import enables_biometry
from powerauth.standard import activation
from powerauth.standard.activation import ActivationDetail, RemovedActivationId, RenameInput
from powerauth.standard.errors import ActivationRefused
from powerauth.standard.v4.errors import BodyRefused, CodeRefused, TokenRefused
from powerauth.standard.v4.views import GROUP, View4
from powerauth.standard.views import SignedView

_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
_DETAIL: ActivationDetail = {"activationId": _ID, "activationName": "Petr's iPhone 7"}


class ExchangedStatus(TypedDict):
    """The status of an activation, as its phone decrypts it."""

    activationStatus: Annotated[Base64, Shape("80 bytes, the last 32 of them a MAC.")]


class StatusView(View4):
    """Who can encrypt has exchanged keys; that is all that a phone has to prove."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Read the status of the activation",
        description=(
            "In every state after the key exchange, also of a blocked or removed activation."
        ),
        body=Empty,
        result=ExchangedStatus,
        result_example={"activationStatus": "3sDe1AMEBAgAAAAA"},
    )
    renderer_classes = [SealedRenderer]
    refused = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        call = encrypted_call(request, Encryptor.ACTIVATION_GENERIC)
        return Response(get_backend().exchanged_status(call, at=timezone.now()))


class Confirmation(TypedDict):
    """What the user has chosen."""

    enableBiometry: bool


class ConfirmView(View4, SignedView):
    """Whether biometry is on from the beginning; the code proves the keys of both sides."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Confirm the activation",
        description=(
            "Once, as soon as the user has chosen a PIN; also before the bank has committed the "
            "activation."
        ),
        body=Confirmation,
        example={"enableBiometry": True},
    )
    access = Access(
        signed_with=frozenset({PK}),
        resource_id="/pa/activation/confirm",
        states=frozenset(state.name for state in CONFIRMING_STATES),
    )
    refused = ActivationRefused

    def post(self, request: Request) -> Response:
        try:
            enabled = enables_biometry(request.data)
        except ProtocolError as error:
            raise BodyRefused from error
        owner = identity(request).activation_id
        get_backend().confirm(owner, enable_biometry=enabled, at=timezone.now())
        return Response()


class DetailView(View4, activation.DetailView):
    """What a token of two factors may read."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Read the name of the activation",
        body=Empty,
        result=ActivationDetail,
        result_example=_DETAIL,
    )
    unauthenticated = TokenRefused


class RenameView(View4, activation.RenameView):
    """A new name for the activation; the code covers the plaintext."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Rename the activation",
        description="The code covers the decrypted request.",
        body=RenameInput,
        bare=True,
        example={"activationName": "Petr's iPhone 7"},
        result=ActivationDetail,
        result_example=_DETAIL,
    )
    unauthenticated = CodeRefused
    refused = decryption_failed = invalid_request = ActivationRefused


class RemoveView(View4, activation.RemoveView):
    """The end of an activation; the body is covered by the code and never read."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Remove the activation",
        description="A body is covered by the code, and never read.",
        result=RemovedActivationId,
        result_example={"activationId": _ID},
    )
    access = Access(
        signed_with=frozenset({PK, PB}),
        resource_id="/pa/activation/remove",
        one_factor_setting="POWERAUTH_REMOVE_WITH_ONE_FACTOR",
    )
