"""What Huawei's answers mean: push-and-inbox.md 6. Its codes stand in the body."""

from datetime import datetime
from http import HTTPStatus

from push.providers import reading
from push.providers.transport.values import Answer
from push.providers.values import Result

SUCCESS = "80000000"
ALL_TOKENS_INVALID = "80300007"
_ACCESS_TOKEN = {"80200001", "80200003"}  # not taken, expired


def read(answer: Answer, *, at: datetime) -> Result:
    """Read what became of a message."""
    code = _code(answer)
    if reading.is_busy(answer):
        return reading.pending(code or reading.status_word(answer), answer, at=at)
    if wants_another_token(answer):
        return reading.refused(code or reading.status_word(answer))
    if not code:
        return reading.pending(reading.status_word(answer))
    if code == SUCCESS and answer.status == HTTPStatus.OK:
        return reading.SENT
    if code == ALL_TOKENS_INVALID:
        # Tokens of another app, too, if our project is the wrong one.
        return reading.dead(code, is_doubtful=True)
    return reading.failed(code)


def wants_another_token(answer: Answer) -> bool:
    """Tell whether Huawei does not take our access token."""
    return _code(answer) in _ACCESS_TOKEN or answer.status == HTTPStatus.UNAUTHORIZED


def _code(answer: Answer) -> str:
    return reading.word(reading.members(answer).get("code"))
