"""What the mobile inbox endpoints read: mobile-token-api.md 10.

Explicit null means absent, and unknown members are ignored.
"""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from enrollment_server.api.payloads.fields import Switch, Text, WholeNumber

ID_LENGTH = 255  # characters


class PageInput(serializers.Serializer[Any]):
    """Which part of the list is asked for."""

    page = WholeNumber("From 0.")
    size = WholeNumber(
        f"0 means {settings.INBOX_DEFAULT_PAGE_SIZE}; at most {settings.INBOX_MAX_PAGE_SIZE}."
    )
    onlyUnread = Switch("Leave out what was read.")  # noqa: N815


class MessageInput(serializers.Serializer[Any]):
    """The message that is asked for."""

    id = Text(max_length=ID_LENGTH)
