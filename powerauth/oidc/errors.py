"""Why an OIDC login is refused."""


class OidcRefused(Exception):
    """The login does not prove who the user is.

    The text names what is wrong, for the log. It carries nothing that the phone or the provider
    sent: codes, tokens and claims are secrets of a user.
    """
