"""`/pa/v4/activation/create`: protocol-4.md 23."""

from typing import Annotated, Any, NotRequired, TypedDict

from enrollment_server.api.contract.shapes import Shape
from powerauth.standard import creation
from powerauth.standard.errors import ActivationRefused
from powerauth.standard.v4.views import GROUP, View4

_DESCRIPTION = """\
The key exchange. `activationData` is a second envelope inside of the first, under the same \
temporary key with another nonce; it holds `sharedSecretRequest`, `devicePublicKeys`, the name of \
the device and, if wanted, the OTP. `identityAttributes` depend on `type`, as below `/pa/v3`. The \
phone then confirms the activation, as soon as its user has chosen a PIN."""


class ActivationAnswer4(TypedDict):
    """What a phone of protocol 4.0 learns of its new activation."""

    activationData: Annotated[dict[str, object], Shape(name="EncryptedResponse4")]
    customAttributes: dict[str, Any]
    userInfo: NotRequired[
        Annotated[dict[str, Any], Shape("Claims about the user, if a provider gives any.")]
    ]


class CreateView(View4, creation.CreateView):
    """The key exchange of a phone that says who its user is."""

    endpoint = creation.described(
        tag=GROUP, description=_DESCRIPTION, generation=4, result=ActivationAnswer4
    )
    refused = decryption_failed = invalid_request = ActivationRefused
