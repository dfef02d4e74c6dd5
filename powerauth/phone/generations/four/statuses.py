"""Status of an activation of version 4.0, which authenticates itself. Source: protocol-4.md 27."""

from powerauth.phone.errors import distrusting
from powerauth.phone.generations.channels import Channel
from powerauth.phone.generations.values import Status
from powerauth.phone.requests.answers import decrypted_object, text_member
from powerauth.protocol.encoding import b64d
from powerauth.protocol.encryptors import Encryptor
from powerauth.protocol.v4.status_blob import counter_distance, read_status

PATH = "/pa/v4/activation/status"


def fetch(phone: Channel) -> Status:
    """Ask for the status; its MAC is checked. Source: protocol-4.md 27.1, 27.2."""
    answered = phone.encrypted_post(PATH, {}, encryptor=Encryptor.ACTIVATION_GENERIC)
    blob_b64 = text_member(decrypted_object(*answered), "activationStatus")
    own = phone.enrolment_4
    with distrusting("status"):
        blob = read_status(b64d(blob_b64), own.utility_keys)
    ahead = counter_distance(
        blob, keys=own.utility_keys, ctr_data=own.ctr_data, look_ahead=blob.look_ahead
    )
    return Status(
        state=blob.state,
        failed_attempts=blob.failed_attempts,
        max_failed_attempts=blob.max_failed_attempts,
        current_version=blob.current_version,
        upgrade_version=blob.upgrade_version,
        look_ahead=blob.look_ahead,
        counter_byte=blob.counter,
        server_ahead=ahead,
        confirmation_pending=blob.confirmation_pending,
        suite_not_allowed=blob.suite_not_allowed,
        biometry_enabled=blob.biometry_enabled,
    )
