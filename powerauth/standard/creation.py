"""`/pa/v3/activation/create`: standard-rest-api.md 7.1."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, Serializer

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.payloads.fields import Members, TextMembers
from enrollment_server.api.payloads.validation import validated
from powerauth.activation_hook import ActivationKind, Attempt
from powerauth.engine.generations import choice
from powerauth.http import examples
from powerauth.http.encryption import encryption_header, open_body
from powerauth.protocol.encryptors import Encryptor, Scope
from powerauth.protocol.v3.headers import EncryptionHeader
from powerauth.standard.creation_steps import ActivationAnswer, Order, activate
from powerauth.standard.errors import ActivationRefused
from powerauth.standard.views import ACTIVATION, GenericView
from powerauth.values import EncryptedCall

_DESCRIPTION = """\
The key exchange. `activationData` is a second envelope inside of the first; it holds the public \
key of the device, its name and, if wanted, the OTP. `identityAttributes` depend on `type`:

* `CODE`: `code`, the activation code with dashes.
* `DIRECT`, in older apps `CUSTOM`: what the bank's own code understands.
* `DIRECT` with `method` = `oidc`: `providerId`, `code`, `nonce` and, with PKCE, `codeVerifier` of \
a login at an OpenID Connect provider; the activation is active at once.

`RECOVERY` is refused: there are no recovery codes."""


class CreateInput(Serializer[Any]):
    """The outer layer of a key exchange; it stands in the body without an envelope."""

    # The documented RECOVERY is none: this server issues no recovery codes.
    type = ChoiceField(
        choices=[kind.value for kind in ActivationKind],
        help_text="How the phone says who its user is; recovery codes do not exist.",
    )
    identityAttributes = TextMembers(  # noqa: N815 - wire name
        allow_empty=False,
        help_text="Who the user is; at least one, and a null counts as none.",
    )
    customAttributes = Members(  # noqa: N815 - wire name
        required=False,
        allow_null=True,
        help_text="Come back in the answer, unless the bank's own code changes them.",
    )
    activationData = Members(  # noqa: N815 - wire name
        help_text="Another encrypted request, for the encryptor `/pa/activation`."
    )


def described(*, tag: str, description: str, generation: int, result: type) -> Endpoint:
    """Describe the endpoint.

    Args:
        generation: of the protocol, whose envelopes stand in the examples.
    """
    asked, answered = examples.ENCRYPTED[generation]
    return Endpoint(
        tag=tag,
        summary="Activate a phone",
        description=description,
        body=CreateInput,
        bare=True,
        example={
            "type": "CODE",
            "identityAttributes": {"code": "AAAAA-BBBBB-CCCCC-DDDDD"},
            "customAttributes": {"any": "value"},
            "activationData": asked,
        },
        result=result,
        result_example={
            "activationData": answered,
            "customAttributes": {"any": "value"},
            "userInfo": {"sub": "alice"},
        },
    )


class CreateView(GenericView):
    """The key exchange of a phone that says who its user is."""

    endpoint = described(
        tag=ACTIVATION, description=_DESCRIPTION, generation=3, result=ActivationAnswer
    )
    encryptor = Encryptor.APPLICATION_GENERIC
    refused = decryption_failed = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        body = validated(CreateInput, self.decrypted(request))
        header = encryption_header(request, Scope.APPLICATION)
        order = Order(
            attempt=Attempt(
                kind=ActivationKind(body["type"]),
                application_id=open_body(request).application_id(),
                identity_attributes=body["identityAttributes"],
                custom_attributes=body.get("customAttributes") or {},
            ),
            call=_layer_2(body["activationData"], header),
        )
        return Response(activate(order, at=timezone.now()))


def _layer_2(members: dict[str, Any], header: EncryptionHeader) -> EncryptedCall:
    return EncryptedCall(
        request=choice.of_version(header.version).envelopes.read(members, header.version),
        encryptor=Encryptor.ACTIVATION_LAYER_2,
        version=header.version,
        application_key=header.application_key,
    )
