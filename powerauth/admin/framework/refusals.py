"""What the back office says where the engine refuses."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from powerauth.errors import EngineRefusal, ErrorCode

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

_TEXTS = {
    ErrorCode.INVALID_OTP: _("The one-time password is wrong."),
    ErrorCode.ACTIVATION_STATE: _("The state of the activation does not allow this."),
    ErrorCode.ACTIVATION_EXPIRED: _("The activation has expired."),
    ErrorCode.ACTIVATION_NOT_FOUND: _("The activation does not exist any more."),
    ErrorCode.OPERATION_STATE: _("The operation is not pending any more."),
    ErrorCode.OPERATION_NOT_APPROVABLE: _("The operation cannot be approved this way."),
    ErrorCode.OPERATION_NOT_FOUND: _("The operation does not exist any more."),
    ErrorCode.DUPLICATE_APPLICATION: _("This name is taken."),
    ErrorCode.APPLICATION_NOT_FOUND: _("The application does not exist."),
    ErrorCode.INVALID_REQUEST: _("A value is missing or too long."),
    ErrorCode.ACTIVATION_PROPERTIES: _("An activation cannot have these values."),
    ErrorCode.URL_FORMAT: _("A URL is not one that may be called."),
    ErrorCode.NO_MASTER_KEY_PAIR: _("The application has no key pair."),
}


def refusal_text(refusal: EngineRefusal) -> "_StrOrPromise":
    """Explain a refusal in the language of the page."""
    return _TEXTS.get(refusal.code, refusal.message)
