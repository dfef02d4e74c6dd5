"""The import as it is run, and the phones that have moved."""

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from powerauth.phone.enrolments import Enrolment3
from powerauth.phone.phone import Phone
from powerauth.phone.pin import PROCESS_PIN_KEYS, lock_key
from powerauth.phone.state import Token
from powerauth.protocol.encoding import b64d
from powerauth.protocol.mobile_sdk_config import MobileSdkConfig
from powerauth.protocol.v3.vault import encrypt_device_key
from tests import wsgi
from tests.wultra.old_servers import OldServers

_SALT = bytes(16)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the command said, and its exit status."""

    out: str
    err: str
    status: int


def move(old: OldServers, folder: Path, *further: str, key: bool | None = None) -> Outcome:
    """Import everything from the old servers.

    Args:
        further: options.
        key: whether the key is named; None: where it is needed.
    """
    arguments = ["--powerauth-db", old.url("powerauth")]
    arguments += ["--enrollment-db", old.url("enrollment"), "--push-db", old.url("push")]
    if old.variant == "encrypted" if key is None else key:
        arguments += ["--master-key-file", str(old.key_file(folder))]
    return run(*arguments, *further)


def run(*arguments: str) -> Outcome:
    """Run the command."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_wultra", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return Outcome(out=out.getvalue(), err=f"{err.getvalue()}{error}", status=error.returncode)
    return Outcome(out=out.getvalue(), err=err.getvalue(), status=0)


def moved_phone(old: OldServers, purpose: str) -> Phone:
    """Give a phone that was activated at the old server, and now talks to ours."""
    facts = old.phone(purpose)
    config = MobileSdkConfig(
        application_key=b64d(facts["applicationKey"]),
        application_secret=b64d(facts["applicationSecret"]),
        master_public_key=b64d(facts["masterPublicKey"]),
    )
    phone = Phone(
        wsgi.BASE_URL,
        sdk_config=config.to_text(),
        version=facts["version"],
        session=wsgi.session(),
    )
    phone.state = replace(
        phone.state, enrolment=_enrolment(facts), token=moved_token(facts["tokens"])
    )
    return phone


def moved_token(tokens: list[dict[str, Any]], kind: str = "possession") -> Token | None:
    """Give the token of a kind that the phone has, None if it has none."""
    for token in tokens:
        if token["signatureType"] == kind:
            secret = b64d(token["tokenSecret"])
            return Token(token_id=token["tokenId"], secret=secret, factors=kind)
    return None


def _enrolment(facts: dict[str, Any]) -> Enrolment3:
    lock = PROCESS_PIN_KEYS.key_of(facts["pin"], _SALT)
    device_key = b64d(facts["devicePrivateKey"])
    return Enrolment3(
        activation_id=facts["activationId"],
        server_public_key=b64d(facts["serverPublicKey"]),
        device_public_key=b64d(facts["devicePublicKey"]),
        possession_key=b64d(facts["possessionKey"]),
        transport_key=b64d(facts["transportKey"]),
        knowledge_locked=lock_key(lock, b64d(facts["knowledgeKey"])),
        pin_salt=_SALT,
        biometry_locked=lock_key(_SALT, b64d(facts["biometryKey"])),
        biometry_lock=_SALT,
        device_key_locked=encrypt_device_key(b64d(facts["vaultKey"]), device_key[-32:]),
        ctr_data=b64d(facts["ctrData"]),
        counter=facts["counter"],
    )
