"""Identifiers as they arrive: texts that may or may not name something."""

import uuid

from powerauth.protocol.encoding import is_uuid

NOBODY = uuid.UUID(int=0)  # never given to a row: ours are of version 4


def parse_id(text: str) -> uuid.UUID:
    """Give the UUID that `text` spells, one that names nothing for any other text.

    Source: protocol.md 1.2.
    """
    return uuid.UUID(text) if is_uuid(text) else NOBODY
