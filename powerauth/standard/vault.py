"""`/pa/v3/vault/unlock`: the key of the phone's vault. Source: standard-rest-api.md 7.9."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.conf import get_backend
from powerauth.engine.generations.three.vault import UnlockReason, VaultKey
from powerauth.http.access import SIGNED_BODY, Access
from powerauth.http.authentication import signed_request
from powerauth.http.encryption import encrypted_call, encryption_header
from powerauth.http.generations import served_by
from powerauth.protocol.errors import MalformedHeader, ProtocolError
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v3.headers import SIGNATURE_HEADER, SignatureHeader
from powerauth.standard.errors import AuthenticationRefused, VaultRefused
from powerauth.standard.views import CREDENTIALS, SealedView


class UnlockVaultView(SealedView):
    """The signature is verified last, by the server that decrypts: one wrong PIN counts once."""

    endpoint = Endpoint(
        tag=CREDENTIALS,
        summary="Unlock the vault of the phone",
        description=(
            "The signature covers the encrypted body. It is made with `possession_knowledge`; "
            "with `possession_biometry` where the bank admits it."
        ),
        body=UnlockReason,
        bare=True,
        example={"reason": "ADD_BIOMETRY"},
        result=VaultKey,
        result_example={"encryptedVaultEncryptionKey": "vXqtMVZRZDAgTSoXAwtXYDuJA0GzVZ0l"},
        refusals=(AuthenticationRefused,),
    )
    # Which factors unlock is for the server to say, and it says so with another error.
    access = Access(resource_id="/pa/vault/unlock")
    refused = VaultRefused
    body_limit = SIGNED_BODY

    def post(self, request: Request) -> Response:
        header = self._signature_header(request)
        call = encrypted_call(request, Encryptor.VAULT_UNLOCK)
        signed = signed_request(request, header)
        unlocked = get_backend().unlock_vault(call, signed, at=timezone.now())
        if not unlocked.signature_valid:
            raise self.unauthenticated(
                log={"activation": header.activation_id, "reason": unlocked.reason}
            )
        return Response(unlocked.response)

    def _signature_header(self, request: Request) -> SignatureHeader:
        """Read the headers of a request.

        Raises:
            ApiError: `unauthenticated`: there is none, it is malformed, or another one disagrees.
        """
        try:
            value = request.headers.get(SIGNATURE_HEADER)
            if value is None:
                raise MalformedHeader("no signature header")
            encryption_header(request, Encryptor.VAULT_UNLOCK.scope)
            return SignatureHeader.parse(value, served_by(request))
        except ProtocolError as error:
            raise self.unauthenticated from error
