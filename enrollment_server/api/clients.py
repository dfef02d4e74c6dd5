"""Where a request came from, and what its client wrote into its headers."""

from collections.abc import Iterable
from functools import cache
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.request import HttpHeaders


def header_of(request: HttpRequest, name: str) -> str | None:
    """Give one header, None without it; `request.headers` copies all of them to give the first."""
    value: str | None = request.META.get(_key(name))
    return value


@cache
def _key(name: str) -> str:
    return str(HttpHeaders.to_wsgi_name(name))


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Tell whether an address is one of, or in one of, the networks; no text that is none."""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    # A socket for both families gives peers of IPv4 as ::ffff:192.0.2.1.
    peer = getattr(peer, "ipv4_mapped", None) or peer
    return any(peer in ip_network(entry, strict=False) for entry in networks)


def client_address(request: HttpRequest) -> str:
    """Give the address of the client, empty text if unknown.

    `X-Forwarded-For` counts only as far as `TRUSTED_PROXIES` vouch for it: the entries are read
    from the right, and the first one that is not a trusted proxy is the client
    (mobile-token-api.md 1.1).
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    while hops and is_within(address, settings.TRUSTED_PROXIES):
        hop = hops.pop()
        try:
            address = str(ip_address(hop))
        except ValueError:
            break
    return address
