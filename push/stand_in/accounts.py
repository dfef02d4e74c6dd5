"""The credentials that the stand-in takes: made once, and kept in a folder for who has to send."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from push.providers.values import ApnsKey, FcmAccount, HmsAccount

FILE = "accounts.json"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105
_PROJECT = "bank-stand-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """One application's account at each of the three."""

    apns: ApnsKey
    fcm: FcmAccount
    hms: HmsAccount


def make() -> Accounts:
    """Make new credentials."""
    return Accounts(
        apns=ApnsKey(
            key_id="ABCDE12345",
            team_id="TEAM123456",
            bundle_id="com.example.bank",
            private_key=_pem(ec.generate_private_key(ec.SECP256R1())),
        ),
        fcm=FcmAccount(project_id=_PROJECT, service_account=json.dumps(_service_account())),
        hms=HmsAccount(
            project_id="101234567890123456",
            client_id="104567890",
            client_secret=secrets.token_hex(32),
        ),
    )


def kept(folder: Path) -> Accounts:
    """Give the credentials of a folder, made on the first call."""
    file = folder / FILE
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(make()), indent=2))
    found = json.loads(file.read_text())
    return Accounts(
        apns=ApnsKey(**found["apns"]),
        fcm=FcmAccount(**found["fcm"]),
        hms=HmsAccount(**found["hms"]),
    )


def _service_account() -> dict[str, str]:
    return {
        "type": "service_account",
        "project_id": _PROJECT,
        "private_key_id": secrets.token_hex(20),
        "private_key": _pem(rsa.generate_private_key(65537, 2048)),
        "client_email": f"push@{_PROJECT}.iam.gserviceaccount.com",
        "client_id": "123456789012345678901",
        "token_uri": TOKEN_URI,
    }


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
