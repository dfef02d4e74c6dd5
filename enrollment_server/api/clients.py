"""Where a request came from, for audit."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def _trusted(address: str) -> bool:
    try:
        peer = ip_address(address)
        return any(peer in ip_network(entry, strict=False) for entry in settings.TRUSTED_PROXIES)
    except ValueError:
        return False


def client_address(request: HttpRequest) -> str:
    """Give the address of the client, empty text if unknown.

    `X-Forwarded-For` counts only as far as `TRUSTED_PROXIES` vouch for it: the entries are read
    from the right, and the first one that is not a trusted proxy is the client
    (mobile-token-api.md 1.1).
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and _trusted(address):
        hop = hops.pop()
        try:
            address = str(ip_address(hop))
        except ValueError:
            break
    return address
