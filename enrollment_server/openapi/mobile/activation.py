"""Activation codes for other applications, and OIDC: mobile-token-api.md 9 and 11.1."""

from activation.mobile.errors import ActivationCodeFailed, ConfigurationUnavailable
from activation.mobile.serializers import ProviderInput, SpawnInput
from enrollment_server.api.errors import NotFound
from enrollment_server.api.mobile import InvalidActivation
from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import answered, asked, ok_example
from enrollment_server.openapi.inputs import schema_of
from enrollment_server.openapi.shapes import Schema, binary, flag, members, ref, text

_SCHEMAS: dict[str, Schema] = {
    "ActivationCode": members(
        {
            "activationId": text(format="uuid"),
            "activationCode": text(pattern="^([A-Z2-7]{5}-){3}[A-Z2-7]{5}$"),
            "activationSignature": binary("Of the code, by the key of the other application."),
        }
    ),
    "OidcConfiguration": members(
        {
            "providerId": text(),
            "clientId": text(),
            "scopes": text("Separated by spaces."),
            "authorizeUri": text(),
            "redirectUri": text(),
            "pkceEnabled": flag(),
        }
    ),
}

CATALOGUE = Catalogue(
    schemas=_SCHEMAS,
    endpoints={
        "/api/activation/code": Endpoint(
            tag="Activation code",
            summary="Get an activation code for another application of the bank",
            description=(
                "Which application may activate which one, the bank says. The signature covers "
                "the decrypted request."
            ),
            body=asked(
                schema_of(
                    SpawnInput,
                    applicationId="What the caller knows the other application by.",
                    otp="To be given again when the code is used.",
                )
            ),
            example={
                "requestObject": {"applicationId": "my-application", "otp": "12345678"},
            },
            result=answered(ref("ActivationCode")),
            result_example=ok_example(
                {
                    "activationId": "b6e2a4a5-5b0a-4cbb-a2a2-7f4c4c2a1d7a",
                    "activationCode": "XXXXX-XXXXX-XXXXX-XXXXX",
                    "activationSignature": "MEUCIQDxFbS1lKp2SbVq2Yv6y0nJ",
                }
            ),
            refusals=(NotFound, InvalidActivation, ActivationCodeFailed),
        ),
        "/api/config/oidc": Endpoint(
            tag="OIDC",
            summary="Read how to reach an OIDC provider",
            body=schema_of(ProviderInput),
            example={"providerId": "abc"},
            result=answered(ref("OidcConfiguration")),
            result_example=ok_example(
                {
                    "providerId": "abc",
                    "clientId": "mobile-app",
                    "scopes": "openid profile",
                    "authorizeUri": "https://id.example.com/authorize",
                    "redirectUri": "bankapp://oidc",
                    "pkceEnabled": True,
                }
            ),
            refusals=(ConfigurationUnavailable,),
        ),
    },
)
