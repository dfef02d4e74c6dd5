"""The limits of the mobile operation endpoints, as configured: mobile-token-api.md 15."""

from django.conf import settings

from operations.screen.locales import parse_accept_language
from operations.template_checks.urls import UrlRules


def api_enabled() -> bool:
    """Tell whether the endpoints exist."""
    return bool(settings.OPERATION_API_ENABLED)


def list_limit() -> int:
    """Give how many operations one answer lists."""
    return int(settings.OPERATION_LIST_LIMIT)


def default_language() -> str:
    """Give the language of texts where the asked one has none."""
    return parse_accept_language(None, default=settings.DEFAULT_LANGUAGE).language


def disallowed_flags() -> frozenset[str]:
    """Give the activation flags that forbid to approve."""
    return frozenset(settings.DISALLOWED_ACTIVATION_FLAGS)


def disallowed_flags_answer() -> str:
    """Give the error code for an activation with such a flag."""
    return str(settings.DISALLOWED_FLAGS_ANSWER)


def retention_days() -> int:
    """Give how many days finished operations are kept; 0: for ever."""
    return int(settings.OPERATION_RETENTION_DAYS)


def parameters_required() -> bool:
    """Tell whether an operation that lacks a parameter of its templates is refused."""
    return bool(settings.OPERATION_PARAMETERS_REQUIRED)


def unsigned_parameters() -> frozenset[str]:
    """Give the parameters that users may decide by although they are no part of the data."""
    return frozenset(settings.FORM_TEMPLATE_UNSIGNED_PARAMETERS)


def url_rules() -> UrlRules:
    """Give where the screens of form templates may lead."""
    return UrlRules(
        schemes=tuple(settings.FORM_TEMPLATE_URL_SCHEMES),
        hosts=tuple(settings.FORM_TEMPLATE_URL_HOSTS),
    )
