"""What phones are told of a code and of a provider: mobile-token-api.md 9.2 and 11.1."""

from typing import Annotated, TypedDict

from activation.spawn.values import IssuedActivation
from enrollment_server.api.contract.shapes import Base64, Shape, Uuid
from powerauth.oidc.providers import PublicProvider


class ActivationCode(TypedDict):
    """A code to activate another application with."""

    activationId: Uuid
    activationCode: Annotated[str, Shape(keywords={"pattern": "^([A-Z2-7]{5}-){3}[A-Z2-7]{5}$"})]
    activationSignature: Annotated[
        Base64, Shape("Of the code, by the key of the other application.")
    ]


class OidcConfiguration(TypedDict):
    """How to reach an OIDC provider."""

    providerId: str
    clientId: str
    scopes: Annotated[str, Shape("Separated by spaces.")]
    authorizeUri: str
    redirectUri: str
    pkceEnabled: bool


def present_code(issued: IssuedActivation) -> ActivationCode:
    """Give the code of a new activation."""
    return {
        "activationId": issued.activation_id,
        "activationCode": issued.code,
        "activationSignature": issued.signature,
    }


def present_provider(provider: PublicProvider) -> OidcConfiguration:
    """Give the public members of a provider."""
    return {
        "providerId": provider.provider_id,
        "clientId": provider.client_id,
        "scopes": provider.scopes,
        "authorizeUri": provider.authorize_uri,
        "redirectUri": provider.redirect_uri,
        "pkceEnabled": provider.pkce_enabled,
    }
