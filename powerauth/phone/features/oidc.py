"""Configuration of OIDC providers, which an app reads before it has an activation."""

from typing import Any

from powerauth.phone.requests.answers import (
    as_object,
    decrypted_object,
    require_echo,
    unwrap,
)
from powerauth.phone.requests.encrypting import EncryptingPhone
from powerauth.protocol.encryptors import Encryptor


class OidcPhone(EncryptingPhone):
    """A phone that can ask how to reach an OIDC provider."""

    def oidc_configuration(self, provider_id: str) -> dict[str, Any]:
        """Fetch the public configuration of a provider; no activation is needed.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check, or is about another provider.

        Source: mobile-token-api.md 11.1.
        """
        answered = self.encrypted_post(
            "/api/config/oidc",
            {"providerId": provider_id},
            encryptor=Encryptor.APPLICATION_GENERIC,
        )
        payload = as_object(unwrap(decrypted_object(*answered)))
        require_echo(payload, "providerId", provider_id)
        return payload
