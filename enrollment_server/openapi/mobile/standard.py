"""The standard PowerAuth API: standard-rest-api.md 7."""

from enrollment_server.openapi.endpoints import Catalogue, Endpoint
from enrollment_server.openapi.envelopes import (
    ENCRYPTED_REQUEST_EXAMPLE,
    ENCRYPTED_RESPONSE_EXAMPLE,
    OK_EXAMPLE,
    answered,
    asked,
    ok_example,
)
from enrollment_server.openapi.inputs import schema_of
from enrollment_server.openapi.shapes import (
    Schema,
    binary,
    dictionary,
    members,
    nullable,
    ref,
    text,
    whole,
)
from powerauth.standard.activation import RenameInput, StatusInput
from powerauth.standard.creation import CreateInput
from powerauth.standard.errors import AuthenticationRefused, UserInfoRefused
from powerauth.standard.keystore import KeyInput
from powerauth.standard.tokens import RemoveTokenInput

_SERVER = "PowerAuth: server"
_ACTIVATION = "PowerAuth: activation"
_CREDENTIALS = "PowerAuth: signatures, tokens, vault"
_ID = "49414e31-f3df-4cea-87e6-f214ca3b8412"
_NOTHING: Schema = members(description="Clients send `{}`.")
_NAMED = {"activationId": _ID, "activationName": "Petr's iPhone 7"}

_SCHEMAS: dict[str, Schema] = {
    "ActivationDetail": members(
        {"activationId": text(format="uuid"), "activationName": text("As its user named it.")}
    ),
    "ActivationStatus": members(
        {
            "activationId": text("As it was sent."),
            "encryptedStatusBlob": binary("32 bytes; random for an unknown activation."),
        },
        {"nonce": binary("16 bytes, if a challenge was sent.")},
    ),
    "ServerStatus": members(
        {
            "serverTime": whole("Milliseconds since 1970."),
            "application": members({"name": text(), "version": text()}),
        }
    ),
    "TokenSecret": members(
        {"tokenId": text(format="uuid"), "tokenSecret": binary("16 bytes.")},
    ),
}

_SERVER_ENDPOINTS = {
    "/pa/v3/status": Endpoint(
        tag=_SERVER,
        summary="What time it is",
        description="Phones set their clocks by the answer. A body is ignored.",
        result=answered(ref("ServerStatus")),
        result_example=ok_example(
            {
                "serverTime": 1700000000000,
                "application": {"name": "enrollment-server", "version": "1.9.0"},
            }
        ),
    ),
    "/pa/v3/keystore/create": Endpoint(
        tag=_SERVER,
        summary="Create a temporary encryption key",
        description=(
            "Protocol 3.3 encrypts with keys that live for minutes. The request is a JWT with the "
            "claims `applicationKey`, `challenge` and, in activation scope, `activationId`, signed "
            "by HS256; the answer one signed by ES256."
        ),
        body=asked(schema_of(KeyInput, jwt="Compact JWS.")),
        example={"requestObject": {"jwt": "eyJhbGciOiJIUzI1NiJ9.eyJjaGFsbGVuZ2UiOiJhIn0.c2ln"}},
        result=answered(members({"jwt": text("Compact JWS.")})),
        result_example=ok_example({"jwt": "eyJhbGciOiJFUzI1NiJ9.eyJjaGFsbGVuZ2UiOiJhIn0.c2ln"}),
    ),
}

_ACTIVATION_ENDPOINTS = {
    "/pa/v3/activation/create": Endpoint(
        tag=_ACTIVATION,
        summary="Activate a phone",
        description=(
            "The key exchange. `activationData` is a second envelope inside of the first; it holds "
            "the public key of the device, its name and, if wanted, the OTP. `identityAttributes` "
            "depend on `type`:\n\n"
            "* `CODE`: `code`, the activation code with dashes.\n"
            "* `DIRECT`, in older apps `CUSTOM`: what the bank's own code understands.\n"
            "* `DIRECT` with `method` = `oidc`: `providerId`, `code`, `nonce` and, with PKCE, "
            "`codeVerifier` of a login at an OpenID Connect provider; the activation is active at "
            "once.\n\n"
            "`RECOVERY` is refused: there are no recovery codes."
        ),
        body=schema_of(
            CreateInput,
            type="How the phone says who its user is; recovery codes do not exist.",
            identityAttributes="Who the user is; at least one, and a null counts as none.",
            customAttributes="Come back in the answer, unless the bank's own code changes them.",
            activationData="An `EncryptedRequest` for the encryptor `/pa/activation`.",
        ),
        example={
            "type": "CODE",
            "identityAttributes": {"code": "AAAAA-BBBBB-CCCCC-DDDDD"},
            "customAttributes": {"any": "value"},
            "activationData": ENCRYPTED_REQUEST_EXAMPLE,
        },
        result=members(
            {"activationData": ref("EncryptedResponse"), "customAttributes": members()},
            {"userInfo": dictionary({}, "Claims about the user, if a provider gives any.")},
        ),
        result_example={
            "activationData": ENCRYPTED_RESPONSE_EXAMPLE,
            "customAttributes": {"any": "value"},
            "userInfo": {"sub": "alice"},
        },
    ),
    "/pa/v3/activation/status": Endpoint(
        tag=_ACTIVATION,
        summary="Read the status of an activation",
        description=(
            "Only the phone can read the status blob. An unknown activation gets random bytes: who "
            "asks cannot tell."
        ),
        body=asked(
            schema_of(
                StatusInput,
                activationId="Any text; an unknown one is answered as well.",
                challenge="16 random bytes as Base64; protocol 3.1 and later.",
            )
        ),
        example={"requestObject": {"activationId": _ID, "challenge": "kYjzVBB8Y0ZFabxSWbWovQ=="}},
        result=answered(ref("ActivationStatus")),
        result_example=ok_example(
            {
                "activationId": _ID,
                "encryptedStatusBlob": "19gyYaW5ZhdGMeE2Gi1AmvtGPAxVBTC8lzyKWJnDIPs=",
                "nonce": "MDEyMzQ1Njc4OWFiY2RlZg==",
            }
        ),
    ),
    "/pa/v3/activation/detail": Endpoint(
        tag=_ACTIVATION,
        summary="Read the name of the activation",
        body=_NOTHING,
        example={},
        result=answered(ref("ActivationDetail")),
        result_example=ok_example(_NAMED),
    ),
    "/pa/v3/activation/rename": Endpoint(
        tag=_ACTIVATION,
        summary="Rename the activation",
        description="The signature covers the decrypted request.",
        body=schema_of(RenameInput),
        example={"activationName": "Petr's iPhone 7"},
        result=answered(ref("ActivationDetail")),
        result_example=ok_example(_NAMED),
    ),
    "/pa/v3/activation/remove": Endpoint(
        tag=_ACTIVATION,
        summary="Remove the activation",
        description="A body is signed, and never read.",
        result=answered(members({"activationId": text(format="uuid")})),
        result_example=ok_example({"activationId": _ID}),
    ),
    "/pa/v3/user/info": Endpoint(
        tag=_ACTIVATION,
        summary="Read claims about the user",
        description="An activation that can encrypt may ask; the answer has no envelope inside.",
        body=_NOTHING,
        example={},
        result=dictionary({}, "Claims; empty without a provider."),
        result_example={"sub": "alice"},
        refusals=(UserInfoRefused(f"Invalid activation status: BLOCKED, for activation: {_ID}"),),
    ),
    "/pa/v3/upgrade/start": Endpoint(
        tag=_ACTIVATION,
        summary="Begin the upgrade from protocol 2",
        description="No activation of this server needs it: it always refuses.",
        body=_NOTHING,
        example={},
    ),
    "/pa/v3/upgrade/commit": Endpoint(
        tag=_ACTIVATION,
        summary="End the upgrade from protocol 2",
        description="No activation of this server needs it: it always refuses.",
    ),
    "/pa/v3/recovery/confirm": Endpoint(
        tag=_ACTIVATION,
        summary="Confirm a recovery code",
        description="This server issues no recovery codes: it always refuses.",
    ),
}

_CREDENTIAL_ENDPOINTS = {
    "/pa/v3/signature/validate": Endpoint(
        tag=_CREDENTIALS,
        summary="Validate a signature",
        description="The method is part of what is signed; a body is signed, and never read.",
        result=ref("Success"),
        result_example=OK_EXAMPLE,
    ),
    "/pa/v3/token/create": Endpoint(
        tag=_CREDENTIALS,
        summary="Create a token",
        description=(
            "The signature covers the encrypted body. The token is good wherever its factors are."
        ),
        body=_NOTHING,
        example={},
        result=ref("TokenSecret"),
        result_example={
            "tokenId": "d6561669-34d6-4fee-8913-89477687a5cb",
            "tokenSecret": "VqAXEhziiT27lxoqREjtcQ==",
        },
    ),
    "/pa/v3/token/remove": Endpoint(
        tag=_CREDENTIALS,
        summary="Remove a token",
        description="An unknown token, and another's, are answered alike.",
        body=asked(schema_of(RemoveTokenInput)),
        example={"requestObject": {"tokenId": "d6561669-34d6-4fee-8913-89477687a5cb"}},
        result=answered(members({"tokenId": text()})),
        result_example=ok_example({"tokenId": "d6561669-34d6-4fee-8913-89477687a5cb"}),
    ),
    "/pa/v3/vault/unlock": Endpoint(
        tag=_CREDENTIALS,
        summary="Unlock the vault of the phone",
        description=(
            "The signature covers the encrypted body. It is made with `possession_knowledge`; "
            "with `possession_biometry` where the bank admits it."
        ),
        body=members(
            optional={
                "reason": nullable(
                    text(
                        "What for: `ADD_BIOMETRY`, `FETCH_ENCRYPTION_KEY`, "
                        "`SIGN_WITH_DEVICE_PRIVATE_KEY`, `RECOVERY_CODE`, or another text.",
                        pattern=r"^[A-Za-z0-9_\-.]{3,255}$",
                    )
                )
            }
        ),
        example={"reason": "ADD_BIOMETRY"},
        result=members({"encryptedVaultEncryptionKey": binary()}),
        result_example={"encryptedVaultEncryptionKey": "vXqtMVZRZDAgTSoXAwtXYDuJA0GzVZ0l"},
        refusals=(AuthenticationRefused,),
    ),
}

CATALOGUE = Catalogue(
    endpoints={**_SERVER_ENDPOINTS, **_ACTIVATION_ENDPOINTS, **_CREDENTIAL_ENDPOINTS},
    schemas=_SCHEMAS,
)
