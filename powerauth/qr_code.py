"""Texts as QR codes."""

import io
from enum import StrEnum

import segno
from segno.encoder import DataOverflowError

SCALE = 4  # pixels of a square
BORDER = 4  # squares around it, which readers need


class ImageFormat(StrEnum):
    """The kinds of an image, with their media types."""

    PNG = "image/png"
    SVG = "image/svg+xml"


class TextTooLong(ValueError):
    """No QR code holds so much text."""


def make(text: str) -> segno.QRCode:
    """Make the QR code of a text in UTF-8, as robust as its length allows.

    Raises:
        TextTooLong: no QR code holds it.
    """
    for robustness in ("m", "l"):
        try:
            return segno.make_qr(text, error=robustness, encoding="utf-8")
        except DataOverflowError:
            continue
    raise TextTooLong


def image(text: str, image_format: ImageFormat) -> bytes:
    """Draw a text, dark on white; see `make` for errors."""
    drawn = io.BytesIO()
    make(text).save(
        drawn,
        kind=image_format.name.lower(),
        scale=SCALE,
        border=BORDER,
        dark="#000",
        light="#fff",
    )
    return drawn.getvalue()
