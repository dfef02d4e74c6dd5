"""Texts as QR codes, drawn into the page itself: no image that a cache could keep."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """Draw a text as an SVG element, dark on white whatever the theme of the page."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#000", light="#fff", svgclass="qr-code", omitsize=True
    )
    # Only squares: the text itself does not appear in the markup.
    return mark_safe(drawn)  # noqa: S308
