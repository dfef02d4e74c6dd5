"""Why the engine answers with a code, and what a back end should do about it: for its documents."""

from collections.abc import Mapping
from typing import NamedTuple

from powerauth.errors import ErrorCode


class Guidance(NamedTuple):
    """What the documentation says of a code beside its text.

    Args:
        cause: one sentence.
        advice: one sentence.
    """

    cause: str
    advice: str


NEVER_ANSWERED = Guidance(
    "This server never answers with it; the code keeps its meaning for clients that know it.",
    "Handle it like every code that you do not know: as a failure.",
)
_GUIDANCE: Mapping[ErrorCode, Guidance] = {
    ErrorCode.NO_APPLICATION_ID: Guidance(
        "An activation was to be made without `applicationId`.",
        "Name the application of the activation.",
    ),
    ErrorCode.NO_MASTER_KEY_PAIR: Guidance(
        "The application has no master key pair, so that no phone could be activated.",
        "Tell the operator; a new application has a key pair.",
    ),
    ErrorCode.NO_ACTIVATION_CODE_LEFT: Guidance(
        "No unused activation code was found in several attempts.",
        "Repeat the call; tell the operator if it stays.",
    ),
    ErrorCode.ACTIVATION_EXPIRED: Guidance(
        "The time to finish the activation is over, it was removed, or it cannot be made with "
        "what the phone has sent.",
        "Create a new activation, and show its code to the user.",
    ),
    ErrorCode.ACTIVATION_STATE: Guidance(
        "The activation is not in a state in which this can be done.",
        "Read the status of the activation, and decide by it.",
    ),
    ErrorCode.ACTIVATION_NOT_FOUND: Guidance(
        "There is no such activation.",
        "Check the identifier; the activation may be one of another server.",
    ),
    ErrorCode.INPUT_FORMAT: Guidance(
        "What a phone has encrypted is not the JSON that was agreed.",
        "Refuse the phone's request; its app needs a correction.",
    ),
    ErrorCode.INVALID_SIGNATURE: Guidance(
        "The factors of the signature may not unlock the vault.",
        "Let the user authenticate again, with the PIN.",
    ),
    ErrorCode.URL_FORMAT: Guidance(
        "The address of a callback is no URL, or not one that may be called.",
        "Correct the address; the operator says which hosts are allowed.",
    ),
    ErrorCode.APPLICATION_NOT_FOUND: Guidance(
        "There is no such application or version, or it is not supported any more.",
        "Check the identifier or the application key.",
    ),
    ErrorCode.DECRYPTION_FAILED: Guidance(
        "A value that is needed to decrypt is missing or wrong.",
        "Let the phone encrypt its request again, with a new temporary key.",
    ),
    ErrorCode.INVALID_REQUEST: Guidance(
        "A member of the request breaks a rule; the message says which one.",
        "Correct the request; the same one is refused every time.",
    ),
    ErrorCode.TIMESTAMP_TOO_OLD: Guidance(
        "The digest of a token was made too long ago.",
        "Let the phone make a new digest, with the time of the server.",
    ),
    ErrorCode.INVALID_OTP: Guidance(
        "The one-time password is wrong, missing, or not due at this step; some wrong ones "
        "remove the activation.",
        "Ask the user for the one-time password again, or create a new activation.",
    ),
    ErrorCode.OTP_MODE: Guidance(
        "The activation checks its one-time password when keys are exchanged, so that it cannot "
        "be replaced later.",
        "Create a new activation with the one-time password.",
    ),
    ErrorCode.OPERATION_TEMPLATE_NOT_FOUND: Guidance(
        "There is no such operation template.",
        "Check its name or identifier, or create the template first.",
    ),
    ErrorCode.OPERATION_NOT_FOUND: Guidance(
        "There is no such operation, or it is another user's.",
        "Check the identifier of the operation and the user.",
    ),
    ErrorCode.OPERATION_STATE: Guidance(
        "The operation is not pending any more, or not in a state that allows the change.",
        "Read the operation, and decide by its status.",
    ),
    ErrorCode.OPERATION_NOT_APPROVABLE: Guidance(
        "The operation is not pending, unknown, or not one that this caller could approve in "
        "this way.",
        "Read the operation, and decide by its status; create a new one if it is still wanted.",
    ),
    ErrorCode.OPERATION_NOT_REJECTABLE: Guidance(
        "The operation is not pending, or unknown.",
        "Read the operation, and decide by its status.",
    ),
    ErrorCode.OPERATION_TEMPLATE_EXISTS: Guidance(
        "There is an operation template of this name.",
        "Update that template, or choose another name.",
    ),
    ErrorCode.ACTIVATION_PROPERTIES: Guidance(
        "An activation cannot have this number of failed attempts.",
        "Send a `maxFailureCount` from 1 to 255, or none.",
    ),
    ErrorCode.DUPLICATE_APPLICATION: Guidance(
        "There is an application or a version of this name.",
        "Use the one that is there, or choose another name.",
    ),
    ErrorCode.TIMESTAMP_IN_FUTURE: Guidance(
        "The digest of a token is of a time that has not come yet.",
        "Let the phone make a new digest, with the time of the server.",
    ),
    ErrorCode.ALGORITHM_NOT_SUPPORTED: Guidance(
        "The application does not let activations begin with this suite of protocol 4.0, or with "
        "protocol 3.x, or this server cannot do the suite.",
        "Update the app, or change `cryptography_algorithms_supported` of the application.",
    ),
    ErrorCode.VERSION_NOT_SUPPORTED: Guidance(
        "The protocol version of the phone is below the lowest that this server admits.",
        "Update the app, and let the user upgrade the activation or make a new one.",
    ),
    ErrorCode.TEMPORARY_KEY_MISSING: Guidance(
        "The temporary key is unknown, expired, or another application's or activation's.",
        "Let the phone fetch a new temporary key and encrypt its request again.",
    ),
}


def guidance(code: ErrorCode) -> Guidance:
    """Give cause and advice; `NEVER_ANSWERED` for a code that nothing here refuses with."""
    return _GUIDANCE.get(code, NEVER_ANSWERED)
