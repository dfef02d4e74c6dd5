"""One attempt from its begin to its end: in time, and with a result whatever happens."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable

from push.providers.reading import pending, refused
from push.providers.transport.values import NoAnswer, Trouble
from push.providers.values import Result

INTERNAL_ERROR = "InternalError"
logger = logging.getLogger(__name__)


class Refused(Exception):
    """The provider, or we ourselves, cannot do anything with the credentials."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Later(Exception):
    """There is a result already, before the message could be sent."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.reason)
        self.result = result


async def attempt(work: Awaitable[Result], *, total_s: float) -> Result:
    """Give the result of a work that may take so many seconds; a defect is a result, too."""
    try:
        async with asyncio.timeout(total_s):
            return await work
    except TimeoutError:
        return pending(Trouble.TIMEOUT)
    except NoAnswer as failure:
        return pending(failure.trouble)
    except Refused as refusal:
        return refused(refusal.reason)
    except Later as later:
        return later.result
    except Exception as error:
        # Its text may hold what must not be logged.
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.error(
            "an attempt to send failed: %s in %s, line %s",
            type(error).__name__,
            place.name,
            place.lineno,
        )
        return pending(INTERNAL_ERROR)
