"""`/pa/v4/keystore/create`: secrets that live for minutes. Source: protocol-4.md 22."""

from enrollment_server.api.contract.endpoint import Endpoint
from powerauth.standard import keystore
from powerauth.standard.errors import TemporaryKeyRefused
from powerauth.standard.keystore import KeyInput, SignedTemporaryKey
from powerauth.standard.v4.views import GROUP, View4


class CreateKeyView(View4, keystore.CreateKeyView):
    """The request is proven inside, and the answer signed inside."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Agree on a temporary encryption key",
        description=(
            "Protocol 4.0 encrypts with secrets that live for minutes. The request is a JWT with "
            "the claims `applicationKey`, `challenge`, `sharedSecretRequest` and, in activation "
            "scope, `activationId`, authenticated by HS384; the answer is a JWS in its general "
            "JSON form, serialized, with a signature by each algorithm of the suite."
        ),
        body=KeyInput,
        example={"jwt": "eyJhbGciOiJIUzM4NCJ9.eyJjaGFsbGVuZ2UiOiJhIn0.c2ln"},
        result=SignedTemporaryKey,
        result_example={
            "jwt": '{"payload":"eyJjaGFsbGVuZ2UiOiJhIn0","signatures":'
            '[{"protected":"eyJhbGciOiJFUzM4NCJ9","signature":"c2ln"}]}'
        },
    )
    invalid_request = refused = TemporaryKeyRefused
    generation = 4
