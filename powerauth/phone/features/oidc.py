"""Configuration of OIDC providers, which an app reads before it has an activation."""

from typing import Any

from powerauth.phone.errors import PhoneFailure
from powerauth.phone.requests.answers import as_object, json_object, require_echo, unwrap
from powerauth.phone.requests.encrypting import EncryptingPhone
from powerauth.protocol.v3.encryption import Encryptor


class OidcPhone(EncryptingPhone):
    """A phone that can ask how to reach an OIDC provider."""

    def oidc_configuration(self, provider_id: str) -> dict[str, Any]:
        """Fetch the public configuration of a provider; no activation is needed.

        Raises:
            PhoneFailure: the server refused.
            UntrustworthyAnswer: the answer fails a check, or is about another provider.

        Source: mobile-token-api.md 11.1.
        """
        answer, plaintext = self.encrypted_post(
            "/api/config/oidc",
            {"providerId": provider_id},
            encryptor=Encryptor.APPLICATION_GENERIC,
        )
        if plaintext is None:
            raise PhoneFailure(answer)
        payload = as_object(unwrap(json_object(plaintext)))
        require_echo(payload, "providerId", provider_id)
        return payload
