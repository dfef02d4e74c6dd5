"""`/pa/v3/activation/create`: standard-rest-api.md 7.1."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ChoiceField, Serializer

from enrollment_server.api.payloads.fields import Members, TextMembers
from powerauth.activation_hook import ActivationKind, Attempt
from powerauth.http.encryption import encryption_header, open_body
from powerauth.protocol.v3.encryption import EncryptedRequest, Encryptor, Scope
from powerauth.protocol.v3.headers import EncryptionHeader
from powerauth.standard.creation_steps import Order, activate
from powerauth.standard.errors import ActivationRefused
from powerauth.standard.views import GenericView, validated
from powerauth.values import EncryptedCall


class CreateInput(Serializer[Any]):
    # The documented RECOVERY is none: this server issues no recovery codes.
    type = ChoiceField(choices=[kind.value for kind in ActivationKind])
    identityAttributes = TextMembers(allow_empty=False)  # noqa: N815 - wire name
    customAttributes = Members(required=False, allow_null=True)  # noqa: N815 - wire name
    activationData = Members()  # noqa: N815 - wire name


class CreateView(GenericView):
    """The key exchange of a phone that says who its user is."""

    encryptor = Encryptor.APPLICATION_GENERIC
    refused = decryption_failed = invalid_request = ActivationRefused

    def post(self, request: Request) -> Response:
        body = validated(CreateInput, self.decrypted(request))
        header = encryption_header(request, Scope.APPLICATION)
        order = Order(
            attempt=Attempt(
                kind=ActivationKind(body["type"]),
                application_id=open_body(request).application_id,
                identity_attributes=body["identityAttributes"],
                custom_attributes=body.get("customAttributes") or {},
            ),
            call=_layer_2(body["activationData"], header),
        )
        return Response(activate(order, at=timezone.now()))


def _layer_2(members: dict[str, Any], header: EncryptionHeader) -> EncryptedCall:
    return EncryptedCall(
        request=EncryptedRequest.parse(members, header.version),
        encryptor=Encryptor.ACTIVATION_LAYER_2,
        version=header.version,
        application_key=header.application_key,
    )
