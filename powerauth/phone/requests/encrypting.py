"""Encrypted requests, also signed ones and ones with a token, and their answers."""

from collections.abc import Mapping
from typing import NamedTuple

from powerauth.phone.errors import distrusting
from powerauth.phone.generations.base import Generation
from powerauth.phone.generations.values import Envelope, SealedRequest, TemporaryKey
from powerauth.phone.requests.bodies import to_json_bytes
from powerauth.phone.requests.signing import TWO_FACTORS, Factors, SigningPhone
from powerauth.phone.requests.temporary_keys import is_usable
from powerauth.phone.requests.transport import Answer
from powerauth.phone.state import Token, known_traits
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.headers import (
    ENCRYPTION_HEADER,
    SIGNATURE_HEADER,
    TOKEN_HEADER,
    EncryptionHeader,
)


class Signing(NamedTuple):
    """How to sign an encrypted request; a plain tuple of the same will do."""

    resource_id: str
    factors: Factors = TWO_FACTORS
    pin: str | None = None


class EncryptingPhone(SigningPhone):
    """A phone that encrypts requests and opens the answers."""

    def temporary_key(self, scope: Scope) -> TemporaryKey:
        """Return the key of a scope; fetch it when there is none, or when its end is near.

        A fetched key also sets the clock of the phone.

        Raises:
            NotActivated: activation scope without an activation.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 6, protocol-4.md 22.
        """
        key = self.temporary_keys.get(scope)
        if key is None or not is_usable(key, self.time_ms()):
            key = self.temporary_keys[scope] = self.fetch_key(scope)
        return key

    def seal(self, plaintext: bytes, encryptor: Encryptor) -> tuple[SealedRequest, Envelope]:
        """Encrypt a request without sending it.

        Returns: the members to send, and the envelope that opens the answer.

        Raises: see `temporary_key`.

        Source: protocol.md 5, protocol-4.md 21.
        """
        has_key = known_traits(self.version).temporary_key
        key = self.temporary_key(encryptor.scope) if has_key else None
        return self.generation.envelopes.seal(self, plaintext, encryptor, key)

    def open_answer(self, members: object, envelope: Envelope) -> bytes:
        """Decrypt the members of an answer to a request of this phone.

        Raises:
            UntrustworthyAnswer: malformed, or the MAC does not match.

        Source: protocol.md 5.5, 5.11, protocol-4.md 21.5.
        """
        with distrusting("encrypted answer"):
            return envelope.open_members(members)

    def encrypted_post(
        self,
        path: str,
        plaintext: object,
        *,
        encryptor: Encryptor,
        sign: tuple[str, Factors, str | None] | None = None,
        sign_encrypted: bool = False,
        token: Token | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[Answer, bytes | None]:
        """Encrypt a request, send it, and decrypt the answer.

        Args:
            path: below the base address.
            plaintext: bytes as they are, anything else as bare JSON.
            encryptor: purpose of the encryption.
            sign: resource id, factors and PIN of a signature.
            sign_encrypted: sign the encrypted body instead of the plaintext.
            token: sends the header of this token.
            headers: further headers; they win over the phone's own.

        Returns: the answer as it came, and its plaintext; None if the server refused.

        Raises:
            PhoneFailure: the server refused to create a temporary key.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 5.7, 5.9.
        """
        clear = to_json_bytes(plaintext)
        request, envelope = self.seal(clear, encryptor)
        body = to_json_bytes(request.to_json())
        own: dict[str, str] = {}
        if sign is not None:
            signing = Signing(*sign)
            own[SIGNATURE_HEADER] = self.sign(
                "POST",
                signing.resource_id,
                body if sign_encrypted else clear,
                factors=signing.factors,
                pin=signing.pin,
            )
        else:
            own[ENCRYPTION_HEADER] = self.encryption_header(encryptor.scope).format()
        if token is not None:
            own[TOKEN_HEADER] = self.token_header(token)
        answer = self.server.post(path, body, {**own, **(headers or {})})
        if not answer.success:
            return answer, None
        opened = self.open_answer(answer.json, envelope)
        if sign is not None:
            self.learn_proof(Signing(*sign).factors)
        return answer, opened

    def encryption_header(self, scope: Scope) -> EncryptionHeader:
        """Build ``X-PowerAuth-Encryption``. Source: protocol.md 5.7."""
        return EncryptionHeader(
            application_key=self.application_key,
            activation_id=self.activation_id if scope is Scope.ACTIVATION else None,
            version=self.version,
        )

    def fetch_key(self, scope: Scope, generation: Generation | None = None) -> TemporaryKey:
        """Fetch a temporary key, which is not kept, and set the clock; see `temporary_key`.

        Args:
            scope: whom it is for.
            generation: that of the phone by default.
        """
        asked_at_ms = self.own_time_ms()
        key = (generation or self.generation).temporary_keys.fetch(self, scope)
        self.synchronise(key.issued_at_ms, asked_at_ms=asked_at_ms)
        return key
