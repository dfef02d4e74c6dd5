"""What registries are told about a device. Pure values."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """An app on a phone, as its provider knows it.

    Args:
        platform: `apns`, `fcm` or `hms`.
        token: the provider's address of the app on this device; opaque and case-sensitive.
        environment: `development` or `production`; empty if the app does not say.
        language: primary subtag of what the user reads; empty if nobody says, which leaves what
            is known.
    """

    platform: str
    token: str = field(repr=False)
    environment: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Device):
    """The wish of an app to get messages: mobile-token-api.md 8.

    Args:
        application_id: of the authenticated activation, as the two following.
        activation_id: which activation the messages are for.
        user_id: whose activation it is.
    """

    application_id: str
    activation_id: str
    user_id: str
