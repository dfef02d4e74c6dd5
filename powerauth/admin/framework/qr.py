"""Texts as QR codes, drawn into the page itself: no image that a cache could keep."""

from django.utils.safestring import SafeString, mark_safe

from powerauth import qr_code


def qr_svg(text: str) -> SafeString:
    """Draw a text as an SVG element, dark on white whatever the theme of the page.

    Raises:
        TextTooLong: no QR code holds it.
    """
    drawn = qr_code.make(text).svg_inline(
        scale=qr_code.SCALE,
        border=qr_code.BORDER,
        dark="#000",
        light="#fff",
        svgclass="qr-code",
        omitsize=True,
    )
    # Only squares: the text itself does not appear in the markup.
    return mark_safe(drawn)  # noqa: S308  # nosec B308, B703 # drawn here
