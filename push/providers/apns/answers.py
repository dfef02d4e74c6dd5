"""What Apple's answers mean: push-and-inbox.md 6."""

from datetime import UTC, datetime
from http import HTTPStatus

from push.providers import reading
from push.providers.transport.values import Answer
from push.providers.values import Result

EXPIRED_PROVIDER_TOKEN = "ExpiredProviderToken"  # noqa: S105
BAD_DEVICE_TOKEN = "BadDeviceToken"  # noqa: S105

# Our key, team or bundle is wrong, or our clock: no device is to blame.
_CREDENTIALS = {
    EXPIRED_PROVIDER_TOKEN,
    "InvalidProviderToken",
    "MissingProviderToken",
    "UnrelatedKeyIdInToken",
    "BadEnvironmentKeyIdInToken",
}
# A wrong bundle or environment of ours is answered the same.
_DOUBTFUL = {BAD_DEVICE_TOKEN, "DeviceTokenNotForTopic", "TopicDisallowed"}
_LATEST_MS = 253_402_300_799_000  # the year 9999


def read(answer: Answer, *, at: datetime) -> Result:
    """Read what became of a message."""
    if answer.status == HTTPStatus.OK:
        return reading.SENT
    found = reading.members(answer)
    reason = reading.word(found.get("reason"))
    if reading.is_busy(answer) or not reason:
        return reading.pending(reason or reading.status_word(answer), answer, at=at)
    if reason in _CREDENTIALS:
        return reading.refused(reason)
    if reason in _DOUBTFUL:
        return reading.dead(reason, is_doubtful=True)
    since = _moment(found.get("timestamp"))
    if answer.status == HTTPStatus.GONE and since is not None:
        return reading.dead(reason, since=since)
    return reading.failed(reason)


def _moment(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int) or not 0 < milliseconds <= _LATEST_MS:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
