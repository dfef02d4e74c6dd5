"""`/pa/v3/upgrade/*`: migration from protocol 2, which no activation here needs.

The requests are checked as far as they can be, and then refused as the activations of version 3
that they come from have to be. Source: standard-rest-api.md 7.10.
"""

from functools import partial

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from powerauth.conf import get_backend
from powerauth.http.access import Access, P
from powerauth.http.encryption import encrypted_call
from powerauth.http.generations import served_by
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, SignatureHeader
from powerauth.standard.errors import AuthenticationRefused, UpgradeRefused
from powerauth.standard.views import ACTIVATION, SealedView, SignedView

_endpoint = partial(
    Endpoint,
    tag=ACTIVATION,
    description="No activation of this server needs it: it always refuses.",
    only_refuses=True,
)


class StartUpgradeView(SealedView):
    """The beginning of a migration."""

    endpoint = _endpoint(summary="Begin the upgrade from protocol 2", body=Empty)
    refused = UpgradeRefused

    def post(self, request: Request) -> Response:
        call = encrypted_call(request, Encryptor.UPGRADE)
        get_backend().open_request(call, at=timezone.now())
        raise UpgradeRefused


class CommitUpgradeView(SignedView):
    """The end of a migration."""

    endpoint = _endpoint(summary="End the upgrade from protocol 2")
    access = Access(signed_with=frozenset({P}), resource_id="/pa/upgrade/commit")
    refused = UpgradeRefused

    def perform_authentication(self, request: Request) -> None:
        # Only here is a malformed header told from a wrong signature.
        value = request.headers.get(SIGNATURE_HEADER)
        if value is not None:
            SignatureHeader.parse(value, served_by(request))
        if not request.body:
            raise AuthenticationRefused
        super().perform_authentication(request)

    def post(self, request: Request) -> Response:
        raise UpgradeRefused
