"""What push registration refuses with: to a phone, and to a back end."""

from enum import Enum, auto

from enrollment_server.api.errors import BadRequest


class PushRegistrationFailed(BadRequest):
    """The backend refused the registration, or could not be reached."""

    code = "PUSH_REGISTRATION_FAILED"
    message = "Push registration failed in Mobile Token API component."
    advice = "Register again at the next start of the app."


class Obstacle(Enum):
    """Why a back end cannot register a device for an activation."""

    UNKNOWN_APPLICATION = auto()
    UNKNOWN_ACTIVATION = auto()
    REMOVED_ACTIVATION = auto()


class NotRegistrable(Exception):
    """A device cannot be registered: push-and-inbox.md 3.2."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.name)
