"""The lines of an operation in a QR code: mobile-token-api.md 13.1, protocol.md 11.2."""

from dataclasses import replace

from operations.screen.form_data import TemplateTexts
from operations.screen.locales import RequestLocale
from operations.screen.translation import build_translated_form_data
from operations.values import OperationFacts
from powerauth.protocol.v3.offline import build_offline_data

BIOMETRY_FLAG = "B"
RISK_FLAGS = "XFC"


def offline_text(operation: OperationFacts, *, biometry: bool, locale: RequestLocale) -> str:
    """Write the five lines that the app shows and signs.

    Args:
        operation: with its form; title and message are empty for a type without texts.
        biometry: whether biometry may approve it.
        locale: of title and message.

    Raises:
        ProtocolError: the operation data do not fit into a line.
    """
    title, message = _texts(operation, locale)
    flags = BIOMETRY_FLAG if biometry else ""
    flags += "".join(flag for flag in RISK_FLAGS if flag in operation.risk_flags)
    return build_offline_data(operation.id, title, message, operation.data, flags)


def _texts(operation: OperationFacts, locale: RequestLocale) -> tuple[str, str]:
    if operation.form is None:
        return "", ""
    # The rest of the form has no place in the code, and must not be able to spoil it.
    texts: TemplateTexts = replace(operation.form, attributes="", ui="", result_texts="")
    form_data = build_translated_form_data(texts, operation.parameters, locale)
    return _printable(form_data["title"]), _printable(form_data["message"])


def _printable(text: str) -> str:
    """Keep line feeds, and put spaces in the place of other control characters."""
    lines = text.replace("\r\n", "\n")
    return "".join(" " if _is_control(character) else character for character in lines)


def _is_control(character: str) -> bool:
    return character != "\n" and (ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0)
