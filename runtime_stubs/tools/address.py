# Part of the agentc runtime, copied as it is. Do not edit: changes are lost at the next build.
"""Which internet addresses a tool may talk to when a model chooses them."""

import asyncio
import ipaddress
import socket
from collections.abc import Sequence
from fnmatch import fnmatchcase

from ..errors import ToolError

__all__ = ["check_host", "find_addresses", "is_public"]

# Addresses that carry an IPv4 address of their own: RFC 6052 (NAT64), RFC 2765 (translated).
WRAPPED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::ffff:0:0:0/96"))
# Not public although Python's list does not say so: RFC 4291 2.5.5.1, RFC 8215, RFC 3879, RFC 7526.
LOCAL = tuple(map(ipaddress.ip_network, ("::/96", "64:ff9b:1::/48", "fec0::/10", "192.88.99.0/24")))


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public internet, whatever form it is wrapped in."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if any(ip in network for network in WRAPPED):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    is_local = any(ip in network for network in LOCAL)
    return ip.is_global and not ip.is_multicast and not is_local


def check_host(host: str, allowed: Sequence[str] | None) -> None:
    """Refuse a host that is not in `allowed` (names, or patterns such as `*.example.org`)."""
    if allowed is not None and not any(
        fnmatchcase(host.lower(), pattern.lower()) for pattern in allowed
    ):
        names = ", ".join(f"`{name}`" for name in allowed) or "none"
        raise ToolError(f"host `{host}` is not allowed; allowed: {names}")


async def find_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the IP addresses of a host, IPv4 first; refuse a host with any that is not public.

    The caller connects to what is returned here, so a second answer of the name server cannot
    lead elsewhere.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise ToolError(f"host `{host}` is not known") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise ToolError(f"host `{host}` is at the private address {address}")
    return sorted(addresses, key=lambda address: ":" in address)
