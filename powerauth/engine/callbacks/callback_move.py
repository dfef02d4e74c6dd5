"""A callback that goes elsewhere: what was stored of its credentials stays behind.

Whoever may change a URL would else have passwords, tokens and client certificates sent to a host of
their own. The signing secret stays: it is never sent, and what is signed with it does not tell it.
"""

from powerauth.engine.callbacks import callback_urls
from powerauth.engine.callbacks.callback_authentication import Authentication
from powerauth.errors import EngineRefusal, ErrorCode

Credential = tuple[str, str]
"""A way to authenticate and its secret, such as `("http_basic", "password")`."""


class CredentialsNeeded(EngineRefusal):
    """A callback goes elsewhere, and proves itself there by what is stored only.

    Args:
        needed: what has to be given again.
    """

    def __init__(self, needed: tuple[Credential, ...]) -> None:
        super().__init__(
            ErrorCode.INVALID_REQUEST,
            "Scheme, host or port of a URL has changed, so its credentials have to be given again.",
        )
        self.needed = needed


def goes_elsewhere(
    *, url: str | None, wanted: Authentication, old_url: str, stored: Authentication
) -> bool:
    """Tell whether events go, or tokens are asked for, at another scheme, host or port than before.

    Args:
        url, wanted: as they shall be.
        old_url, stored: as they are.
    """
    token_uri = wanted.oauth2.token_uri
    return _differ(url, old_url) or (
        bool(token_uri) and _differ(token_uri, stored.oauth2.token_uri)
    )


def _differ(url: str | None, old: str | None) -> bool:
    return callback_urls.origin(url or "") != callback_urls.origin(old or "")


def check(wanted: Authentication, stored: Authentication) -> None:
    """Refuse an authentication elsewhere that would need what is stored.

    Raises:
        CredentialsNeeded: naming what.
    """
    needed = needed_again(wanted, stored)
    if needed:
        raise CredentialsNeeded(needed)


def needed_again(wanted: Authentication, stored: Authentication) -> tuple[Credential, ...]:
    """Give the secrets that `wanted` uses and does not name; None for a secret names none."""
    certificate, old = wanted.certificate, stored.certificate
    http_basic, oauth2 = wanted.http_basic, wanted.oauth2
    shows_key = certificate.enabled and certificate.use_custom_key_store
    key_passwords = certificate.key_store_password, certificate.key_password
    trusts = certificate.enabled and certificate.use_custom_trust_store
    lacking = {
        ("http_basic", "password"): http_basic.enabled and http_basic.password is None,
        ("oauth2", "client_secret"): oauth2.enabled and oauth2.client_secret is None,
        ("certificate", "key_store_password"): shows_key
        and key_passwords == (None, None)
        and (old.key_store_password, old.key_password) != (None, None),
        ("certificate", "trust_store_password"): trusts
        and certificate.trust_store_password is None
        and old.trust_store_password is not None,
    }
    return tuple(credential for credential, lacks in lacking.items() if lacks)


def shows_same_key(wanted: Authentication, stored: Authentication) -> bool:
    """Tell whether `wanted` shows a client certificate by naming nothing but its stored file."""
    new, old = wanted.certificate, stored.certificate
    return (
        new.enabled
        and new.use_custom_key_store
        and new.key_store_location == old.key_store_location
        and (new.key_store_password, new.key_password) == (None, None)
    )
