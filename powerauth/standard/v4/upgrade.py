"""`/pa/v4/upgrade/*`: a phone of protocol 3 moves up. Source: protocol-4.md 30."""

from typing import Any, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.conf import get_backend
from powerauth.engine.upgrades.confirmation import RESOURCE_ID
from powerauth.http.access import PK, Access, P
from powerauth.http.authentication import FormerSignatureAuthentication
from powerauth.http.encryption import SealedRenderer, encrypted_call_beside
from powerauth.http.identity import identity
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.headers import SignatureHeader
from powerauth.protocol.versions import GENERATION_4
from powerauth.standard.errors import UpgradeRefused
from powerauth.standard.v4.views import GROUP, View4
from powerauth.standard.views import SignedView

_START = """\
Two headers of two generations: `X-PowerAuth-Authorization` of protocol 3.x, whose signature \
covers the encrypted body, and `X-PowerAuth-Encryption` of protocol 4.0 without an activation. \
Everything of protocol 3 goes on until the phone confirms. A repeated call replaces the keys that \
wait."""
_CONFIRM = """\
The code is made with the keys of `upgrade/start`; from then on nothing of protocol 3 is accepted. \
A phone that got no answer asks again, with its next code."""


class UpgradeOffer(TypedDict):
    """What the phone offers, as it encrypts it."""

    sharedSecretRequest: dict[str, Any]
    devicePublicKeys: dict[str, Any]
    enableBiometry: bool


class UpgradeKeys(TypedDict):
    """What the phone gets, as it decrypts it."""

    sharedSecretResponse: dict[str, Any]
    serverPublicKeys: dict[str, Any]
    ctrData: str


class StartUpgradeView(View4, SignedView):
    """Keys of protocol 4 beside those of protocol 3."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Begin the upgrade from protocol 3",
        description=_START,
        body=UpgradeOffer,
        bare=True,
        example={
            "sharedSecretRequest": {"algorithm": "EC_P384", "encapsulationKeys": ["BAQ..."]},
            "devicePublicKeys": {"ecdsa": "BAQ...", "mldsa": None},
            "enableBiometry": True,
        },
        result=UpgradeKeys,
        result_example={
            "sharedSecretResponse": {"salt": "c2FsdA==", "encapsulatedKeys": ["BAQ..."]},
            "serverPublicKeys": {"ecdsa": "BAQ...", "mldsa": None},
            "ctrData": "Y3Ry",
        },
    )
    access = Access(signed_with=frozenset({PK}), resource_id="/pa/upgrade/start")
    authentication_classes = [FormerSignatureAuthentication]
    renderer_classes = [SealedRenderer]
    refused = UpgradeRefused

    def post(self, request: Request) -> Response:
        call = encrypted_call_beside(request, Encryptor.UPGRADE_START, GENERATION_4)
        owner = identity(request).activation_id
        return Response(get_backend().start_upgrade(owner, call, at=timezone.now()))


class ConfirmUpgradeView(View4, SignedView):
    """The code of possession by the new keys; the body is covered by it and never read."""

    endpoint = Endpoint(
        tag=GROUP, summary="Confirm the upgrade from protocol 3", description=_CONFIRM
    )
    access = Access(signed_with=frozenset({P}), resource_id=RESOURCE_ID)
    refused = UpgradeRefused

    def post(self, request: Request) -> Response:
        owner = identity(request).activation_id
        get_backend().confirm_upgrade(owner, _application_key(request), at=timezone.now())
        return Response()


def _application_key(request: Request) -> str:
    header = request.auth
    if not isinstance(header, SignatureHeader):
        raise TypeError("the view takes no code")
    return header.application_key
