"""`/pa/v3/user/info`: claims about the user. Source: standard-rest-api.md 7.12."""

from datetime import datetime
from typing import Annotated, Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from enrollment_server.api.contract.shapes import Shape
from powerauth.http.encryption import open_body
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.standard.errors import EncryptionRefused, UserInfoRefused
from powerauth.standard.views import ACTIVATION, GenericView
from powerauth.user_info import Stage, get_provider
from powerauth.values import ActivationFacts

ACTIVE = "ACTIVE"

Claims = Annotated[dict[str, Any], Shape("Claims; empty without a provider.")]


def _wrong_state(activation_id: str, state: str) -> UserInfoRefused:
    return UserInfoRefused(f"Invalid activation status: {state}, for activation: {activation_id}")


class UserInfoView(GenericView):
    """Who can encrypt for an activation holds its possession factor; that suffices here."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Read claims about the user",
        description="An activation that can encrypt may ask; the answer has no envelope inside.",
        body=Empty,
        result=Claims,
        result_example={"sub": "alice"},
        refusals=(_wrong_state("49414e31-f3df-4cea-87e6-f214ca3b8412", "BLOCKED"),),
    )
    encryptor = Encryptor.ACTIVATION_GENERIC
    decryption_failed = EncryptionRefused
    refused = invalid_request = UserInfoRefused

    def post(self, request: Request) -> Response:
        return Response(claims_of(open_body(request).activation(), at=timezone.now()))


def claims_of(activation: ActivationFacts | None, *, at: datetime) -> Claims:
    """Give the claims about the user of an activation, none without a provider.

    Raises:
        UserInfoRefused: the activation is not ACTIVE any more.
    """
    if activation is None:
        raise UserInfoRefused
    if activation.state != ACTIVE:
        raise _wrong_state(activation.activation_id, activation.state)
    return dict(get_provider().claims(activation, Stage.ENDPOINT, at=at) or {})
