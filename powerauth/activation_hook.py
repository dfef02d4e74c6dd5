"""The hook through which a deployment decides about activations itself.

The setting `ACTIVATION_PROVIDER_HOOK` names a class, or any callable without arguments, by its
import string; what the call gives is asked at every activation. It is made once a process, so it
must keep no state of a request. A hook that starts from `CodesOnly` states only what it changes:

    class ByPassword(CodesOnly):
        def user_id(self, attempt: Attempt) -> str | None:
            attributes = attempt.identity_attributes
            return directory.check(attributes["username"], attributes["password"])

        def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
            return attempt.kind is not ActivationKind.CODE

Methods are called outside of database transactions and may take their time. Recovery codes, which
hooks of other servers decide about as well, do not exist here. Source: standard-rest-api.md 7.1, 9.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol, cast

from django.conf import settings

from enrollment_server import extension
from powerauth.values import ActivationFacts


class ActivationKind(StrEnum):
    """How a phone says who its user is."""

    CODE = "CODE"
    CUSTOM = "CUSTOM"
    """The older name of DIRECT."""
    DIRECT = "DIRECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A phone that wants to be activated.

    Args:
        identity_attributes: what identifies the user; possibly a password, so log none of it.
        custom_attributes: free attributes, any JSON; a number with a fraction, or one beyond 64
            bits, is an `ExactNumber`, which `str` and `float` convert.
    """

    kind: ActivationKind
    application_id: str
    identity_attributes: Mapping[str, str] = field(repr=False)
    custom_attributes: Mapping[str, Any] = field(repr=False)


class ActivationHook(Protocol):
    """What a hook is asked and told.

    An exception of a question refuses the activation. One of a notification (`committed`,
    `removed`) is logged and changes nothing. Logs tell where it came from, not its text.
    """

    def user_id(self, attempt: Attempt) -> str | None:
        """Identify the user of a CUSTOM or DIRECT activation by its identity attributes.

        Returns: 1 to 255 characters that are not all blank; None to refuse.
        """
        ...

    def max_failed_attempts(self, attempt: Attempt, user_id: str) -> int | None:
        """Give how many wrong signatures block a CUSTOM or DIRECT activation, 1 to 255.

        None stands for the setting.
        """
        ...

    def validity(self, attempt: Attempt, user_id: str) -> timedelta | None:
        """Give how long a CUSTOM or DIRECT activation may wait for its commit.

        None stands for the setting.
        """
        ...

    def custom_attributes(self, attempt: Attempt, activation: ActivationFacts) -> Mapping[str, Any]:
        """Give the custom attributes of the answer, any JSON; OIDC does not ask."""
        ...

    def flags_to_add(self, attempt: Attempt, activation: ActivationFacts) -> Iterable[str]:
        """Give flags of the new activation; OIDC does not ask."""
        ...

    def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
        """Decide whether an activation that waits for its commit is committed at once.

        OIDC does not ask: it always is. One whose OTP is due at commit cannot be, and is refused.
        """
        ...

    def committed(self, attempt: Attempt, activation: ActivationFacts) -> None:
        """Learn that a phone was activated and its activation is ACTIVE, by OIDC as well."""
        ...

    def removed(self, activation: ActivationFacts) -> None:
        """Learn that a phone has removed its activation."""
        ...


class CodesOnly:
    """The hook of a deployment that has none: phones need an activation code, or OIDC."""

    def user_id(self, attempt: Attempt) -> str | None:
        return None

    def max_failed_attempts(self, attempt: Attempt, user_id: str) -> int | None:
        return None

    def validity(self, attempt: Attempt, user_id: str) -> timedelta | None:
        return None

    def custom_attributes(self, attempt: Attempt, activation: ActivationFacts) -> Mapping[str, Any]:
        return attempt.custom_attributes

    def flags_to_add(self, attempt: Attempt, activation: ActivationFacts) -> Iterable[str]:
        return ()

    def commits(self, attempt: Attempt, activation: ActivationFacts) -> bool:
        return False

    def committed(self, attempt: Attempt, activation: ActivationFacts) -> None:
        """Nobody wants to know."""

    def removed(self, activation: ActivationFacts) -> None:
        """Nobody wants to know."""


_CODES_ONLY = CodesOnly()
_METHODS = (
    "user_id",
    "max_failed_attempts",
    "validity",
    "custom_attributes",
    "flags_to_add",
    "commits",
    "committed",
    "removed",
)


def get_hook() -> ActivationHook:
    """Give the hook of the deployment.

    Raises:
        ImproperlyConfigured: ACTIVATION_PROVIDER_HOOK names nothing that makes a hook.
    """
    name = settings.ACTIVATION_PROVIDER_HOOK
    return cast(ActivationHook, extension.make(name, _METHODS)) if name else _CODES_ONLY
