"""The shape of log lines: readable on a terminal, JSON for a log collector.

What is logged are ids and the names of errors; never a header, a body, a key or a code.
"""

from typing import Any

import structlog

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
STYLES = ("console", "json")
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_configuration(*, level: str, style: str) -> dict[str, Any]:
    """Build the logging configuration of the standard library.

    Args:
        level: lowest level that is written, such as INFO.
        style: `console` for people, `json` for machines.
    """
    renderer: Any
    if style == "json":
        renderer = structlog.processors.JSONRenderer()
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=False)
    processors = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        renderer,
    ]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": processors,
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's own line for each 4xx would repeat the path of every refused request.
            "django.request": {"level": "ERROR"},
            "django": {"handlers": [], "propagate": True},
            # They would write addresses and headers, and so tokens of devices and of ours.
            **{name: {"level": "WARNING"} for name in ("h2", "hpack", "httpcore", "httpx")},
        },
    }
