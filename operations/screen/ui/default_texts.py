"""Texts of screens that have none of their own."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from operations.screen.locales import RequestLocale
from operations.screen.translation import catalogue_of

QR_SCAN = "QR_SCAN"
WITH_DEFAULT_TEXTS = frozenset({"WARNING", QR_SCAN})


def default_texts(kind: str, locale: RequestLocale) -> tuple[str, str]:
    """Choose heading and message for a screen that has none; empty if it says nothing."""
    if kind not in WITH_DEFAULT_TEXTS:
        return "", ""
    with override(catalogue_of(locale)):
        if kind == QR_SCAN:
            return _("Scan the QR code"), _(
                "Scan the QR code on the screen where you started this operation."
            )
        return _("Beware of fraud"), _(
            "This operation shows signs of a fraud. Continue only if you started it yourself."
        )
