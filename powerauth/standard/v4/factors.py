"""`/pa/v4/password/change` and `/pa/v4/biometry/*`: keys of factors. Source: protocol-4.md 25."""

from functools import partial
from typing import Annotated, TypedDict

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from enrollment_server.api.contract.endpoint import Endpoint
from enrollment_server.api.contract.shapes import Base64, Shape
from powerauth.conf import get_backend
from powerauth.http.access import PK, Access, P
from powerauth.http.encryption import SealedRenderer, encrypted_call
from powerauth.http.identity import identity
from powerauth.protocol.encryptors import Encryptor
from powerauth.standard.v4.errors import BiometryRefused, PasswordRefused
from powerauth.standard.v4.views import GROUP, View4
from powerauth.standard.views import SignedView


class SharedSecretOffer(TypedDict):
    """Public keys for which the server encapsulates a secret."""

    algorithm: Annotated[str, Shape("The suite of the activation.")]
    encapsulationKeys: Annotated[list[Base64], Shape("P-384, then ML-KEM if the suite has it.")]


class SharedSecretAnswer(TypedDict):
    """What lets the phone derive the same secret."""

    salt: Annotated[Base64, Shape("32 bytes.")]
    encapsulatedKeys: list[Base64]


_agreement = partial(
    Endpoint,
    tag=GROUP,
    body=SharedSecretOffer,
    bare=True,
    example={"algorithm": "EC_P384", "encapsulationKeys": ["BAQEBAQE"]},
    result=SharedSecretAnswer,
    result_example={"salt": "c2FsdHNhbHQ=", "encapsulatedKeys": ["BAQEBAQE"]},
)


class ChangePasswordView(View4, SignedView):
    """A key of knowledge that waits until a code proves it; the former one stays good till then."""

    endpoint = _agreement(
        summary="Change the PIN",
        description=(
            "The code is made with the former PIN and covers the encrypted body. The next code "
            "with the new one completes the change, the next with the former one drops it."
        ),
    )
    access = Access(signed_with=frozenset({PK}), resource_id="/pa/password/change")
    renderer_classes = [SealedRenderer]
    refused = PasswordRefused

    def post(self, request: Request) -> Response:
        call = encrypted_call(request, Encryptor.CHANGE_PASSWORD)
        return Response(get_backend().change_password(call, at=timezone.now()))


class AddBiometryView(View4, SignedView):
    """A key of biometry."""

    endpoint = _agreement(
        summary="Turn biometry on",
        description="The code covers the encrypted body. Where biometry is on, its key changes.",
    )
    access = Access(signed_with=frozenset({PK}), resource_id="/pa/biometry/add")
    renderer_classes = [SealedRenderer]
    refused = BiometryRefused

    def post(self, request: Request) -> Response:
        call = encrypted_call(request, Encryptor.ADD_BIOMETRY)
        return Response(get_backend().add_biometry(call, at=timezone.now()))


class RemoveBiometryView(View4, SignedView):
    """No biometry any more; the body is covered by the code and never read."""

    endpoint = Endpoint(
        tag=GROUP,
        summary="Turn biometry off",
        description="Where it is off, nothing happens.",
    )
    access = Access(signed_with=frozenset({P}), resource_id="/pa/biometry/remove")
    refused = BiometryRefused

    def post(self, request: Request) -> Response:
        get_backend().remove_biometry(identity(request).activation_id, at=timezone.now())
        return Response()
