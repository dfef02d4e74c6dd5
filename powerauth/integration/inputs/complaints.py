"""What is wrong with the members of a request, in the words of integration-api.md 1.1 and 1.3."""

from collections.abc import Sequence

from rest_framework.exceptions import ValidationError

from enrollment_server.api.errors import ApiError
from enrollment_server.api.payloads.violations import Violation, violations_of
from powerauth.errors import EngineRefusal, ErrorCode
from powerauth.integration.errors import CallRefused, MalformedCall
from powerauth.integration.inputs.fields import INVALID
from powerauth.rules import complaint

_NO_OBJECT = "must be an object"
_OF_SERIALIZERS = "invalid"  # the code of their only refusal, whose text tells what came


def refusal_of(error: ValidationError, *, within: str) -> ApiError:
    """Give the answer to a request whose members are not what its method reads.

    A value of another type makes the whole request malformed; if there is none, the rules that are
    broken make it an invalid one.

    Args:
        within: what the members of the request stand in.
    """
    found = violations_of(error.detail)
    malformed = [one for one in found if one.code != INVALID]
    if malformed:
        return MalformedCall(_message(malformed, within), log={"member": _members(malformed)})
    return CallRefused(
        EngineRefusal(ErrorCode.INVALID_REQUEST, _message(found, within), member=_members(found))
    )


def _message(found: Sequence[Violation], within: str) -> str:
    return ", ".join(
        complaint(
            one.member, _NO_OBJECT if one.code == _OF_SERIALIZERS else one.rule, within=within
        )
        for one in found
    )


def _members(found: Sequence[Violation]) -> str:
    return ",".join(one.member for one in found)
