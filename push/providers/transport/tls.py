"""Whom to believe that it is a provider."""

import ssl


def tls_context(ca_file: str, *, http2: bool = False) -> ssl.SSLContext:
    """Give what proves a provider; certificates are always checked.

    Args:
        ca_file: certificates of authorities to trust instead of the system's; empty for those.

    Raises:
        OSError: the file cannot be used.
    """
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["h2"] if http2 else ["http/1.1"])
    return context
