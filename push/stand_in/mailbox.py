"""What the stand-in took, in the order in which it came; for threads."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from push.stand_in.values import Provider, Received

KEPT = 20_000  # messages


class Mailbox:
    """The last messages, and how many there were."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Received] = deque(maxlen=KEPT)
        self._count = 0

    def put(
        self,
        provider: Provider,
        token: str,
        payload: Mapping[str, Any],
        *,
        headers: Mapping[str, str] | None = None,
        development: bool = False,
        connection: int = 0,
    ) -> Received:
        """Keep a message."""
        with self._lock:
            self._count += 1
            received = Received(
                number=self._count,
                provider=provider,
                token=token,
                payload=payload,
                headers=headers or {},
                development=development,
                connection=connection,
            )
            self._kept.append(received)
        return received

    def look(self, *, after: int = 0, token: str = "") -> list[Received]:
        """Give the messages whose number is higher than `after`, of one device or of all."""
        with self._lock:
            kept = list(self._kept)
        return [each for each in kept if each.number > after and token in ("", each.token)]

    @property
    def count(self) -> int:
        return self._count

    def clear(self) -> None:
        """Forget all messages; the numbers go on."""
        with self._lock:
            self._kept.clear()
