"""Made-up credentials of providers, of the kinds that they give out."""

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from push.credentials import services
from push.credentials.values import ApnsSettings, FcmSettings, HmsSettings
from push.models import PushAppCredentials


def pem(key: PrivateKeyTypes) -> bytes:
    """Write a private key as providers do."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@cache
def p8() -> bytes:
    """Give a .p8 file of Apple."""
    return pem(ec.generate_private_key(ec.SECP256R1()))


@cache
def rsa_key() -> str:
    """Give the private key of a service account of Google."""
    return pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)).decode()


def service_account(**members: Any) -> bytes:
    """Give the key file of a service account of Google."""
    whole = {
        "type": "service_account",
        "project_id": "retail-1",
        "private_key_id": "1a2b3c",
        "private_key": rsa_key(),
        "client_email": "push@retail-1.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
        **members,
    }
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def apns(**values: Any) -> ApnsSettings:
    """Give settings of Apple."""
    whole = {"key_id": "KEY1234567", "team_id": "TEAM123456", "bundle": "com.bank.mobile"}
    return ApnsSettings(**{**whole, "private_key": p8(), **values})


def fcm(**values: Any) -> FcmSettings:
    """Give settings of Google."""
    whole = {"project_id": "retail-1", "service_account": service_account()}
    return FcmSettings(**{**whole, **values})


def hms(**values: Any) -> HmsSettings:
    """Give settings of Huawei."""
    whole = {"project_id": "999001", "client_id": "105001", "client_secret": b"hms-secret"}
    return HmsSettings(**{**whole, **values})


def every_provider(application_id: str) -> PushAppCredentials:
    """Give an application credentials of all three."""
    row = services.create(application_id, at=timezone.now())
    for settings in (apns(), fcm(), hms()):
        row = services.put(row, settings, at=timezone.now())
    return row
