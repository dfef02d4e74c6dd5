"""gunicorn's configuration as it is when a process starts."""

from typing import Any


class FixedConfig:
    """Looks each setting up once.

    gunicorn's own object computes each of them anew, two dozen times for each request. A process
    keeps the configuration that it started with: a reload starts new processes.
    """

    def __init__(self, config: Any) -> None:
        self._config = config

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._config, name)
        setattr(self, name, value)
        return value
