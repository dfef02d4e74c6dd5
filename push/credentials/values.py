"""What is said of credentials when they are set: push-and-inbox.md 9. Pure."""

from dataclasses import dataclass, field


class InvalidCredentials(Exception):
    """Credentials that no provider would take.

    Args:
        member: what is wrong with them, by its name here.
        rule: what it has to be; it tells nothing of what came.
    """

    def __init__(self, member: str, rule: str) -> None:
        super().__init__(f"{member} {rule}")
        self.member = member
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class ApnsSettings:
    """What Apple knows an application by.

    Args:
        private_key: PEM of the .p8 file; None leaves the stored one.
        environment: `development`, `production`, or empty for the server's own.
    """

    key_id: str
    team_id: str
    bundle: str
    private_key: bytes | None = field(repr=False, default=None)
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FcmSettings:
    """What Google knows an application by.

    Args:
        service_account: JSON of the account's key file; None leaves the stored one.
    """

    project_id: str
    service_account: bytes | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HmsSettings:
    """What Huawei knows an application by.

    Args:
        client_secret: None leaves the stored one.
    """

    project_id: str
    client_id: str
    client_secret: bytes | None = field(repr=False, default=None)


Settings = ApnsSettings | FcmSettings | HmsSettings
