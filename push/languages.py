"""Which language the user of a phone reads: mobile-token-api.md 1.6."""

from django.utils.translation.trans_real import parse_accept_lang_header

from push.models import LANGUAGE_LENGTH

_LONGEST_HEADER = 500  # characters; whatever is longer is no phone's


def primary_language(header: str | None) -> str:
    """Give the primary subtag of the preferred entry of an `Accept-Language` header.

    Returns: small letters, such as `cs`; empty if the header says nothing.
    """
    if not header or len(header) > _LONGEST_HEADER:
        return ""
    for tag, _ in parse_accept_lang_header(header):
        primary = tag.partition("-")[0].lower()
        if primary.isascii() and primary.isalpha() and len(primary) <= LANGUAGE_LENGTH:
            return primary
    return ""
