"""What a user agent tells of a device: integration-api.md 13.8. Pure."""

import re

NAMES = (
    "networkVersion",
    "language",
    "connection",
    "product",
    "version",
    "platform",
    "os",
    "osVersion",
    "model",
)

_USER_AGENT = re.compile(
    r"(?:\APowerAuthNetworking|PowerAuth2)/(?P<networkVersion>1\.\d+\.\d+)\ "
    r"(?:\((?P<language>[A-Za-z]{2});\ (?P<connection>[^()]+)\)\ )?"
    r"(?:(?P<product>[^\s/()]+)/(?P<version>\d[\d.]*(?:-[^\s()]+)?)\ )?"
    r"(?:\((?:(?P<platform>[^;()]+);\ )?(?P<os>[^;,/()\ ]+)[/\ ](?P<osVersion>[^;,()]+)"
    r"[;,]\ (?P<model>[^()]+)\))?",
    re.ASCII | re.VERBOSE,
)


def parse_user_agent(text: object) -> dict[str, str | None] | None:
    """Describe the device behind a user agent; None for one that is not recognised.

    Returns: all of `NAMES` in their order, None for parts that are missing.
    """
    if not isinstance(text, str):
        return None
    match = _USER_AGENT.search(text)
    if match is None:
        return None
    return {name: match[name] for name in NAMES}
