"""End-to-end encryption of version 4.0 (AEAD). Source: protocol-4.md 21."""

from powerauth.phone.core import PhoneCore
from powerauth.phone.generations.values import TemporaryKey, TemporarySecret
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.errors import MalformedEnvelope
from powerauth.protocol.v4.encrypted_messages import EncryptedRequest
from powerauth.protocol.v4.encryption import EncryptionContext, Envelope, seal_request


def seal(
    phone: PhoneCore, plaintext: bytes, encryptor: Encryptor, key: TemporaryKey | None
) -> tuple[EncryptedRequest, Envelope]:
    """Encrypt a request. Source: protocol-4.md 21.3 to 21.5."""
    if not isinstance(key, TemporarySecret):
        raise MalformedEnvelope("a request of version 4.0 needs a temporary key of it")
    own = phone.enrolment_4 if encryptor.scope is Scope.ACTIVATION else None
    return seal_request(
        plaintext,
        context=EncryptionContext(
            encryptor=encryptor,
            application_key=phone.application_key,
            application_secret=phone.application_secret,
            activation_id=None if own is None else own.activation_id,
            shared_info2_key=None if own is None else own.utility_keys.shared_info2,
        ),
        key=key.secret,
        temporary_key_id=key.key_id,
        timestamp=phone.time_ms(),
    )
