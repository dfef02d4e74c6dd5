"""Requests to create activations, well-formed or not."""

from typing import Any

import pytest

from powerauth.phone.errors import PhoneFailure
from powerauth.phone.phone import Phone
from powerauth.phone.requests.transport import Answer
from powerauth.protocol.encoding import b64
from powerauth.protocol.keys import generate_key_pair
from powerauth.protocol.v3.encryption import Encryptor
from powerauth.protocol.v4.activation import DeviceExchange
from tests.api.answers import outcome
from tests.api.standard.wire import post_encrypted, sealed, to_bytes
from tests.bank import PIN

PATH = "/pa/v3/activation/create"


def layer_2(phone: Phone, **members: object) -> dict[str, object]:
    """Encrypt the inner layer with fresh device keys, unless the members name other ones."""
    if phone.generation.number == 3:
        keys: dict[str, object] = {"devicePublicKey": b64(generate_key_pair().public_key)}
    else:
        keys = DeviceExchange.generate(phone.suite).request.to_json()
    own = {**keys, **members}
    return sealed(phone, Encryptor.ACTIVATION_LAYER_2, to_bytes(own)).to_json()


def layer_1(phone: Phone, code: str, **members: Any) -> dict[str, Any]:
    whole = {
        "type": "CODE",
        "identityAttributes": {"code": code},
        "activationData": layer_2(phone),
        **members,
    }
    return {name: value for name, value in whole.items() if value is not ...}


def post(phone: Phone, members: object) -> Answer:
    encryptor = Encryptor.APPLICATION_GENERIC
    request = sealed(phone, encryptor, to_bytes(members)).to_json()
    return post_encrypted(phone, phone.path_of("activation/create"), request, encryptor)


def refused(phone: Phone, code: str, **activate: Any) -> tuple[int, Any]:
    with pytest.raises(PhoneFailure) as failure:
        phone.activate(code, pin=PIN, **activate)
    return outcome(failure.value.answer)
