"""Addresses that a template sends a user to."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from operations.screen.placeholders import references


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """Where templates may lead.

    Args:
        schemes: in lower case.
        hosts: names, with `*.` in front for all below a name; none at all allows every host.
    """

    schemes: tuple[str, ...] = ("https",)
    hosts: tuple[str, ...] = ()


def url_problem(url: str, rules: UrlRules) -> str | None:
    """Tell what is wrong with an address; for a whole parameter, the back end answers."""
    if _is_parameter(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return _("'{url}' is no address").format(url=url)
    if any(character <= " " for character in url):
        return _("'{url}' has a blank in it").format(url=url)
    if parts.scheme not in rules.schemes:
        return _("'{url}' has to begin with {schemes}").format(
            url=url, schemes=", ".join(f"{scheme}:" for scheme in rules.schemes)
        )
    return _host_problem(url, host, has_user="@" in parts.netloc, rules=rules)


def _host_problem(url: str, host: str | None, *, has_user: bool, rules: UrlRules) -> str | None:
    if not host or has_user:
        return _("'{url}' has to name a host, and no user").format(url=url)
    if list(references(url.partition("://")[2].partition("/")[0])):
        return _("'{url}' takes its host from a parameter").format(url=url)
    if rules.hosts and not any(_covers(pattern.lower(), host) for pattern in rules.hosts):
        return _("'{url}' leads to a host that is not allowed").format(url=url)
    return None


def _covers(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _is_parameter(url: str) -> bool:
    return url.startswith("${") and url.find("}") == len(url) - 1
