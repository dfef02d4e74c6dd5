"""The request for the detail of an activation, on which the use of tokens is tested."""

from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.headers import ENCRYPTION_HEADER, TOKEN_HEADER
from tests.api.standard.wire import (
    sealed,
    to_bytes,
)

PATH = "/pa/v3/activation/detail"
GENERIC = Encryptor.ACTIVATION_GENERIC


def send(
    phone: Phone,
    header: str | None,
    *,
    encrypted_by: Phone | None = None,
    plaintext: bytes = b"{}",
) -> Answer:
    """Send a token header with an envelope, which may be another phone's."""
    sender = encrypted_by or phone
    body = to_bytes(sealed(sender, GENERIC, plaintext).to_json())
    headers = {ENCRYPTION_HEADER: sender.encryption_header(Scope.ACTIVATION).format()}
    if header is not None:
        headers[TOKEN_HEADER] = header
    return phone.server.post(phone.path_of("activation/detail"), body, headers)
