"""What the owner of an activation does with it: vault, user info, detail, rename, removal."""

from dataclasses import replace
from typing import Any

from powerauth.phone.features.tokens import TokenPhone
from powerauth.phone.generations.values import Signatures, VaultWish
from powerauth.phone.requests.answers import (
    as_object,
    decrypted_object,
    plain_payload,
    require_echo,
    unwrap,
)
from powerauth.phone.requests.encrypting import Signing
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.phone.state import Token
from powerauth.protocol.encryptors import Encryptor, Scope


class AccountPhone(TokenPhone):
    """A phone whose owner manages the activation."""

    def unlock_vault(
        self,
        pin: str | None,
        reason: str | None = "NOT_SPECIFIED",
        *,
        key: str | None = None,
        factors: Factors = TWO_FACTORS,
    ) -> bytes:
        """Fetch a key of the vault, 16 bytes, in protocol 4.0 32 bytes.

        Args:
            pin: None only for factors without knowledge.
            reason: what for; None sends none.
            key: name of a `VaultKey` of protocol 4.0; by default that of private keys.
            factors: signature type.

        Raises:
            ProtocolError: there is no such key; nothing was sent.
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 10.2, protocol-4.md 28.
        """
        vault = self.generation.vault
        answered = self.encrypted_post(
            self.path_of("vault/unlock"),
            vault.question(VaultWish(reason=reason, key=key)),
            encryptor=Encryptor.VAULT_UNLOCK,
            sign=Signing("/pa/vault/unlock", factors, pin),
            sign_encrypted=True,
        )
        return vault.key(self, decrypted_object(*answered))

    def sign_with_device_keys(self, data: bytes, pin: str) -> Signatures:
        """Sign data by each private key of the device, which the vault key unlocks.

        Raises: see `unlock_vault`.

        Source: protocol.md 10.2, 10.4, protocol-4.md 29.
        """
        vault_key = self.unlock_vault(pin, "SIGN_WITH_DEVICE_PRIVATE_KEY")
        return self.generation.vault.sign(self, vault_key, data)

    def sign_with_device_key(self, data: bytes, pin: str) -> bytes:
        """Sign data by the device's private key on the curve; see `sign_with_device_keys`.

        Returns: the signature in DER.
        """
        return next(iter(self.sign_with_device_keys(data, pin).values()))

    def verify_own_signatures(self, data: bytes, signatures: Signatures) -> bool:
        """Tell whether there is a right signature by each key of the device, and no other."""
        return self.generation.vault.verify(self, data, signatures)

    def user_info(self) -> dict[str, Any]:
        """Fetch the claims about the user.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 10.3.
        """
        answered = self.encrypted_post(
            self.path_of("user/info"), {}, encryptor=Encryptor.ACTIVATION_GENERIC
        )
        return decrypted_object(*answered)

    def detail(self, token: Token | None = None) -> dict[str, Any]:
        """Fetch id and name of the activation.

        Args:
            token: a token of two factors; the phone's usual one by default.

        Raises: see `user_info`; UntrustworthyAnswer also if it is about another activation.

        Source: protocol.md 10.6.
        """
        answered = self.encrypted_post(
            self.path_of("activation/detail"),
            {},
            encryptor=Encryptor.ACTIVATION_GENERIC,
            token=token or self.usual_token(),
        )
        return self._about_me(decrypted_object(*answered))

    def rename(
        self, name: str, pin: str | None, *, factors: Factors = TWO_FACTORS
    ) -> dict[str, Any]:
        """Give the activation another name.

        Raises: see `detail`.

        Source: protocol.md 10.6.
        """
        answered = self.encrypted_post(
            self.path_of("activation/rename"),
            {"activationName": name},
            encryptor=Encryptor.ACTIVATION_GENERIC,
            sign=Signing("/pa/activation/rename", factors, pin),
        )
        return self._about_me(decrypted_object(*answered))

    def remove(self, pin: str | None, *, factors: Factors = TWO_FACTORS) -> None:
        """Remove the activation on the server, and forget it.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer names another activation.

        Source: protocol.md 10.5.
        """
        answer = self.signed_post(
            self.path_of("activation/remove"),
            {},
            resource_id="/pa/activation/remove",
            factors=factors,
            pin=pin,
        )
        require_echo(plain_payload(answer), "activationId", self.activation_id)
        self.forget()

    def forget(self) -> None:
        """Forget the activation without telling the server."""
        self.temporary_keys.pop(Scope.ACTIVATION, None)
        self.state = replace(self.state, enrolment=None, upgraded=None, token=None)

    def _about_me(self, envelope: dict[str, Any]) -> dict[str, Any]:
        payload = as_object(unwrap(envelope))
        require_echo(payload, "activationId", self.activation_id)
        return payload
