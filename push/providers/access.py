"""Access tokens of OAuth 2, kept until shortly before they expire: RFC 6749 5."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlencode

from push.providers.attempt import Later, Refused
from push.providers.reading import is_busy, members, pending, status_word, word
from push.providers.sharing import Shared
from push.providers.transport.http1 import Http1
from push.providers.transport.values import Answer

MARGIN = timedelta(minutes=2)  # a token is not used in its last minutes
_LIFETIME_S = 300  # of a token whose answer names none
_LONGEST_S = 86_400
_TOKEN = re.compile("[!-~]+")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a provider takes as a proof, and for how long."""

    token: str = field(repr=False)
    lifetime: timedelta

    def until(self, asked_at: datetime) -> datetime:
        """Give when another one is needed."""
        return asked_at + max(self.lifetime - MARGIN, self.lifetime / 2)


class AccessTokens:
    """The present token of one account.

    Args:
        ask: gets a new one, at a moment.
    """

    def __init__(self, ask: Callable[[datetime], Awaitable[AccessToken]]) -> None:
        self._ask = ask
        self._renew = Shared(self._renewed)
        self._token = ""
        self._from: datetime | None = None
        self._until: datetime | None = None

    async def get(self, at: datetime) -> str:
        """Give a token that is valid for some time yet.

        Raises:
            Refused: the account is not taken.
            Later, NoAnswer: there is none at present.
        """
        if self._from and self._until and self._from <= at < self._until:
            return self._token
        return await self._renew(at)

    def forget(self, token: str) -> None:
        """Do not use a token again, unless there is another one already."""
        if token == self._token:
            self._until = None

    async def close(self) -> None:
        await self._renew.close()

    async def _renewed(self, at: datetime) -> str:
        granted = await self._ask(at)
        self._token, self._from, self._until = granted.token, at, granted.until(at)
        return granted.token


async def ask(http: Http1, url: str, form: dict[str, str], *, at: datetime) -> AccessToken:
    """Ask a token endpoint.

    Raises:
        Refused, Later, NoAnswer
    """
    answer = await http.post(
        url,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
    )
    return _granted(answer, at=at)


async def post(
    http: Http1,
    url: str,
    body: bytes,
    *,
    tokens: AccessTokens,
    wants_another: Callable[[Answer], bool],
    at: datetime,
) -> Answer:
    """Post JSON with the present token, and once more with a new one if it is not taken.

    Raises:
        Refused, Later, NoAnswer
    """

    async def attempt(token: str) -> Answer:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await http.post(url, headers=headers, body=body)

    token = await tokens.get(at)
    answer = await attempt(token)
    if wants_another(answer):
        tokens.forget(token)
        answer = await attempt(await tokens.get(at))
    return answer


def _granted(answer: Answer, *, at: datetime) -> AccessToken:
    found = members(answer)
    token = found.get("access_token")
    if answer.status == HTTPStatus.OK and isinstance(token, str) and _TOKEN.fullmatch(token):
        return AccessToken(token, timedelta(seconds=_seconds(found.get("expires_in"))))
    error = word(found.get("error"))
    reason = f"OAuth {error}" if error else f"OAuth {status_word(answer)}"
    if error and not is_busy(answer) and error != "temporarily_unavailable":
        raise Refused(reason)
    raise Later(pending(reason, answer, at=at))


def _seconds(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if not isinstance(value, int) or value <= 0:
        return _LIFETIME_S
    return min(value, _LONGEST_S)
