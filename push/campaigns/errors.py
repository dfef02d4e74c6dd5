"""What a campaign refuses with."""

from enum import Enum, auto


class Obstacle(Enum):
    """Why something cannot be done with a campaign."""

    NO_USERS = auto()
    ALREADY_SENT = auto()
    UNDER_WAY = auto()


class CampaignRefused(Exception):
    """The campaign does not allow it."""

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(obstacle.name)
