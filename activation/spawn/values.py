"""What views, services, hooks and backends tell each other about spawned activations."""

from dataclasses import dataclass, field
from enum import StrEnum

ID_LENGTH = 255  # characters of an identifier that a back end chooses


class Reason(StrEnum):
    """Why an activation was not spawned; refusals of the engine carry the engine's own code."""

    NO_RULE = "NO_RULE"
    FLAGS_MISSING = "FLAGS_MISSING"
    REFUSED_BY_HOOK = "REFUSED_BY_HOOK"
    HOOK_FAILED = "HOOK_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The activation that asks: mobile-token-api.md 9.3, step 1."""

    application_id: str
    activation_id: str
    user_id: str
    flags: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpawnOrder:
    """A request for another activation of the same user.

    Args:
        requested: the application as the phone names it; a rule or the hook says which one it is.
        otp: the one-time password that the new phone has to show.
    """

    source: Source
    requested: str
    otp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewActivation:
    """An activation to create; its OTP is due when the new phone exchanges keys.

    Args:
        parent_activation_id: the activation that asks.
    """

    user_id: str
    parent_activation_id: str
    application_id: str
    flags: tuple[str, ...]
    otp: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedActivation:
    """A new activation with its code, signed by the master key of its application."""

    activation_id: str
    application_id: str
    code: str = field(repr=False)
    signature: str = field(repr=False)
