"""`/pa/v4/token/*`: tokens with secrets of 32 bytes. Source: protocol-4.md 26."""

from enrollment_server.api.contract.endpoint import Empty, Endpoint
from powerauth.engine.signatures.tokens import TokenSecret
from powerauth.http.access import PB, PK, Access, P
from powerauth.standard import tokens
from powerauth.standard.tokens import RemovedToken, RemoveTokenInput
from powerauth.standard.v4.errors import CodeRefused
from powerauth.standard.v4.views import GROUP, View4

_ID = "d6561669-34d6-4fee-8913-89477687a5cb"


class CreateTokenView(View4, tokens.CreateTokenView):
    """A new token; the code covers the encrypted body."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Create a token",
        description=(
            "The code covers the encrypted body. The token is good wherever its factors are."
        ),
        body=Empty,
        result=TokenSecret,
        result_example={
            "tokenId": _ID,
            "tokenSecret": "VqAXEhziiT27lxoqREjtcVagFxIc4ok9u5caKkRI7XE=",
        },
    )
    refused = CodeRefused


class RemoveTokenView(View4, tokens.RemoveTokenView):
    """The end of a token; an unknown one and another's are answered alike."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Remove a token",
        description="An unknown token, and another's, are answered alike.",
        body=RemoveTokenInput,
        example={"tokenId": _ID},
        result=RemovedToken,
        result_example={"tokenId": _ID},
    )
    access = Access(signed_with=frozenset({P, PK, PB}), resource_id="/pa/token/remove")
    refused = CodeRefused
