"""End-to-end encryption of version 3 (ECIES). Source: protocol.md 5."""

from powerauth.phone.core import PhoneCore
from powerauth.phone.generations.three.temporary_keys import lasting_key
from powerauth.phone.generations.values import TemporaryKey
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v3.encryption import (
    EncryptedRequest,
    EncryptionContext,
    Envelope,
    seal_request,
)
from powerauth.protocol.v3.temporary_key import TemporaryKey as ServerKey


def seal(
    phone: PhoneCore, plaintext: bytes, encryptor: Encryptor, key: TemporaryKey | None
) -> tuple[EncryptedRequest, Envelope]:
    """Encrypt a request. Source: protocol.md 5.2."""
    own = phone.enrolment_3 if encryptor.scope is Scope.ACTIVATION else None
    temporary = key if isinstance(key, ServerKey) else None
    return seal_request(
        plaintext,
        context=EncryptionContext(
            version=phone.version,
            encryptor=encryptor,
            application_key=phone.application_key,
            application_secret=phone.application_secret,
            activation_id=None if own is None else own.activation_id,
            transport_key=None if own is None else own.transport_key,
        ),
        recipient_public_key=lasting_key(phone, encryptor.scope)
        if temporary is None
        else temporary.public_key,
        timestamp=phone.time_ms(),
        temporary_key_id=None if temporary is None else temporary.key_id,
    )
