"""`/pa/v3/user/info`: claims about the user. Source: standard-rest-api.md 7.12."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from powerauth.http.encryption import open_body
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.standard.errors import EncryptionRefused, UserInfoRefused
from powerauth.standard.views import GenericView
from powerauth.user_info import Stage, get_provider
from powerauth.values import ActivationFacts

ACTIVE = "ACTIVE"


class UserInfoView(GenericView):
    """Who can encrypt for an activation holds its possession factor; that suffices here."""

    encryptor = Encryptor.ACTIVATION_GENERIC
    decryption_failed = EncryptionRefused
    refused = invalid_request = UserInfoRefused

    def post(self, request: Request) -> Response:
        return Response(claims_of(open_body(request).activation, at=timezone.now()))


def claims_of(activation: ActivationFacts | None, *, at: datetime) -> dict[str, Any]:
    """Give the claims about the user of an activation, none without a provider.

    Raises:
        UserInfoRefused: the activation is not ACTIVE any more.
    """
    if activation is None:
        raise UserInfoRefused
    if activation.state != ACTIVE:
        raise UserInfoRefused(
            f"Invalid activation status: {activation.state}, "
            f"for activation: {activation.activation_id}"
        )
    return dict(get_provider().claims(activation, Stage.ENDPOINT, at=at) or {})
