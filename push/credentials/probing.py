"""Whether providers take the credentials of an application: asked now, and of no device."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from powerauth.engine.storage.records import SecretUnreadable
from push.credentials.opening import Opened, opened
from push.models import Platform, PushAppCredentials
from push.outbox import policy
from push.outbox.reasons import CREDENTIALS_UNREADABLE
from push.providers.clients import client_of
from push.providers.environments import ApnsEnvironment
from push.providers.values import ApnsKey, Outcome, Result, Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a provider says of credentials.

    Args:
        environment: which of Apple's hosts was asked; empty for other providers.
        result: SENT if they are taken, FAILED if not, PENDING if nobody knows.
    """

    platform: Platform
    environment: str = ""
    result: Result


def probe(row: PushAppCredentials, *, at: datetime) -> list[Probe]:
    """Ask every provider of which an application has credentials, all at once.

    Raises:
        OSError: PUSH_CA_FILE cannot be used.
    """
    ready: list[tuple[Platform, Opened]] = []
    unreadable: list[Probe] = []
    for platform in Platform:
        try:
            credentials = opened(row, platform)
        except SecretUnreadable:
            failed = Result(outcome=Outcome.FAILED, reason=CREDENTIALS_UNREADABLE)
            unreadable.append(Probe(platform=platform, result=failed))
            continue
        if credentials is not None:
            ready.append((platform, credentials))
    settings = policy.provider_settings()
    base = row.apns_environment or policy.default_environment() or ""
    return [*unreadable, *asyncio.run(_ask_all(ready, settings, base=base, at=at))]


async def _ask_all(
    ready: Sequence[tuple[Platform, Opened]], settings: Settings, *, base: str, at: datetime
) -> list[Probe]:
    asked = (
        _ask(platform, credentials, settings, environment=environment, at=at)
        for platform, credentials in ready
        for environment in _environments(credentials, base)
    )
    return await asyncio.gather(*asked)


def _environments(credentials: Opened, base: str) -> Iterator[str]:
    """Give the hosts by which an application sends: where it is live, it is nothing else."""
    if not isinstance(credentials, ApnsKey):
        yield ""
        return
    yield ApnsEnvironment.PRODUCTION.value
    if base != ApnsEnvironment.PRODUCTION:
        yield ApnsEnvironment.DEVELOPMENT.value


async def _ask(
    platform: Platform, credentials: Opened, settings: Settings, *, environment: str, at: datetime
) -> Probe:
    client = client_of(credentials, settings)
    try:
        development = environment == ApnsEnvironment.DEVELOPMENT
        result = await client.probe(at=at, development=development)
    finally:
        await client.close()
    return Probe(platform=platform, environment=environment, result=result)
