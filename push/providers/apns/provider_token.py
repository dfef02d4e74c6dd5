"""The token by which we prove ourselves to Apple, signed by the key of the application."""

from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from push.providers.attempt import Refused
from push.providers.values import ApnsKey

# Apple refuses tokens older than an hour, and new ones more often than each 20 minutes.
REFRESH = timedelta(minutes=40)
SOONEST_REFRESH = timedelta(minutes=20)
UNUSABLE = "UnusableKey"


class ProviderToken:
    """The present token of one key."""

    def __init__(self, key: ApnsKey) -> None:
        self._key = key
        self._token = ""
        self._made_at: datetime | None = None
        self._replaced_at: datetime | None = None

    def get(self, at: datetime) -> str:
        """Give a token that Apple takes.

        Raises:
            Refused: the key is none.
        """
        if self._made_at is None or not timedelta(0) <= at - self._made_at < REFRESH:
            self._token, self._made_at = _signed(self._key, at), at
        return self._token

    def replacement(self, token: str, at: datetime) -> str | None:
        """Give another token for one that Apple calls expired; None if that was of no use lately.

        Raises:
            Refused
        """
        if token != self._token:
            return self.get(at)
        if self._replaced_at and abs(at - self._replaced_at) < SOONEST_REFRESH:
            return None
        self._made_at, self._replaced_at = None, at
        return self.get(at)


def _signed(key: ApnsKey, at: datetime) -> str:
    try:
        private_key = ECKey.import_key(key.private_key)
        if private_key.curve_name != "P-256" or not private_key.is_private:
            raise Refused(UNUSABLE)
        return jwt.encode(
            {"alg": "ES256", "kid": key.key_id},
            {"iss": key.team_id, "iat": int(at.timestamp())},
            private_key,
        )
    except (JoseError, ValueError, TypeError) as error:
        raise Refused(UNUSABLE) from error
