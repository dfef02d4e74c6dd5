"""`/pa/v3/recovery/confirm`: recovery codes, which this server does not issue.

Source: standard-rest-api.md 7.11: every failure, so also "recovery is disabled", is one 401.
"""

from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.http.access import PK, Access
from powerauth.standard.errors import AuthenticationRefused
from powerauth.standard.views import ACTIVATION, SignedView


class ConfirmRecoveryView(SignedView):
    """The signature is verified and counted as on every signed endpoint."""

    endpoint = Endpoint(
        tag=ACTIVATION,
        summary="Confirm a recovery code",
        description="This server issues no recovery codes: it always refuses.",
        only_refuses=True,
    )
    access = Access(signed_with=frozenset({PK}), resource_id="/pa/recovery/confirm")
    refused = AuthenticationRefused

    def post(self, request: Request) -> Response:
        raise AuthenticationRefused
