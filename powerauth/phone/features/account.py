"""What the owner of an activation does with it: vault, user info, detail, rename, removal."""

from dataclasses import replace
from typing import Any

from powerauth.phone.errors import distrusting
from powerauth.phone.features.tokens import TokenPhone
from powerauth.phone.requests.answers import (
    as_object,
    decrypted_object,
    plain_payload,
    require_echo,
    text_member,
    unwrap,
)
from powerauth.phone.requests.encrypting import Signing
from powerauth.phone.requests.signing import TWO_FACTORS, Factors
from powerauth.phone.state import Token
from powerauth.protocol.encoding import b64d
from powerauth.protocol.keys import sign
from powerauth.protocol.v3.encryption import Encryptor, Scope
from powerauth.protocol.v3.vault import decrypt_device_key, decrypt_vault_key


class AccountPhone(TokenPhone):
    """A phone whose owner manages the activation."""

    def unlock_vault(
        self,
        pin: str | None,
        reason: str | None = "NOT_SPECIFIED",
        *,
        factors: Factors = TWO_FACTORS,
    ) -> bytes:
        """Fetch the vault key, 16 bytes.

        Args:
            pin: None only for factors without knowledge.
            reason: what for; None sends none.
            factors: signature type.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 10.2.
        """
        answered = self.encrypted_post(
            "/pa/v3/vault/unlock",
            {} if reason is None else {"reason": reason},
            encryptor=Encryptor.VAULT_UNLOCK,
            sign=Signing("/pa/vault/unlock", factors, pin),
            sign_encrypted=True,
        )
        encrypted_b64 = text_member(decrypted_object(*answered), "encryptedVaultEncryptionKey")
        with distrusting("vault key"):
            return decrypt_vault_key(self.enrolment.transport_key, b64d(encrypted_b64))

    def sign_with_device_key(self, data: bytes, pin: str) -> bytes:
        """Sign data by the device's private key, which the vault key unlocks.

        Returns: the signature in DER.

        Raises: see `unlock_vault`.

        Source: protocol.md 10.2, 10.4.
        """
        vault_key = self.unlock_vault(pin, "SIGN_WITH_DEVICE_PRIVATE_KEY")
        with distrusting("vault key"):
            return sign(decrypt_device_key(vault_key, self.enrolment.device_key_locked), data)

    def user_info(self) -> dict[str, Any]:
        """Fetch the claims about the user.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check.

        Source: protocol.md 10.3.
        """
        answered = self.encrypted_post(
            "/pa/v3/user/info", {}, encryptor=Encryptor.ACTIVATION_GENERIC
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
            "/pa/v3/activation/detail",
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
            "/pa/v3/activation/rename",
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
            "/pa/v3/activation/remove",
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
        self.state = replace(self.state, enrolment=None, token=None)

    def _about_me(self, envelope: dict[str, Any]) -> dict[str, Any]:
        payload = as_object(unwrap(envelope))
        require_echo(payload, "activationId", self.activation_id)
        return payload
