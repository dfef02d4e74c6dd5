"""Status of an activation of version 3. Source: protocol.md 9."""

import secrets

from powerauth.phone.enrolments import Enrolment3
from powerauth.phone.errors import distrusting
from powerauth.phone.generations.channels import Channel
from powerauth.phone.generations.values import Status
from powerauth.phone.requests.answers import plain_payload, require_echo, text_member
from powerauth.protocol.encoding import b64, b64d
from powerauth.protocol.v3.status_blob import (
    CHALLENGE_SIZE,
    StatusBlob,
    counter_distance,
    open_status,
)
from powerauth.protocol.versions import traits_of

PATH = "/pa/v3/activation/status"


def fetch(phone: Channel) -> Status:
    """Ask for the status. Source: protocol.md 9.1 to 9.3."""
    own = phone.enrolment_3
    has_challenge = traits_of(phone.version).status_challenge
    challenge = secrets.token_bytes(CHALLENGE_SIZE) if has_challenge else None
    asked = {"activationId": own.activation_id}
    if challenge is not None:
        asked["challenge"] = b64(challenge)
    blob = read(plain_payload(phone.plain_post(PATH, asked)), own, challenge)
    ahead = counter_distance(
        blob, transport_key=own.transport_key, ctr_data=own.ctr_data, look_ahead=blob.look_ahead
    )
    return _status(blob, ahead, tells_counter=has_challenge)


def read(payload: object, own: Enrolment3, challenge: bytes | None) -> StatusBlob:
    """Decrypt the status of an activation.

    Raises:
        UntrustworthyAnswer: it is of another activation, or malformed.

    Source: protocol.md 9.2, 9.3.
    """
    require_echo(payload, "activationId", own.activation_id)
    encrypted_b64 = text_member(payload, "encryptedStatusBlob")
    nonce_b64 = None if challenge is None else text_member(payload, "nonce")
    with distrusting("status"):
        return open_status(
            b64d(encrypted_b64),
            transport_key=own.transport_key,
            challenge=challenge,
            nonce=None if nonce_b64 is None else b64d(nonce_b64, size=CHALLENGE_SIZE),
        )


def _status(blob: StatusBlob, ahead: int | None, *, tells_counter: bool) -> Status:
    return Status(
        state=blob.state,
        failed_attempts=blob.failed_attempts,
        max_failed_attempts=blob.max_failed_attempts,
        current_version=blob.current_version,
        upgrade_version=blob.upgrade_version,
        look_ahead=blob.look_ahead,
        counter_byte=blob.ctr_byte if tells_counter else None,
        server_ahead=ahead,
    )
