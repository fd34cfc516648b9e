"""From where an address can be opened, as far as the name of its host says so."""

from __future__ import annotations

import ipaddress
from typing import Literal
from urllib.parse import urlsplit

Reach = Literal["machine", "network", "anywhere"]

# Names that no server of the public network resolves.
_LOCAL = (".local", ".lan", ".internal", ".home.arpa")


def reach_of(host: str) -> Reach:
    """Who can reach a host: this machine, its network, or, as far as one can tell, anybody."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return _reach_of_name(name)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback or address.is_unspecified:
        return "machine"
    return "anywhere" if address.is_global else "network"


def _reach_of_name(name: str) -> Reach:
    if name == "localhost" or name.endswith(".localhost"):
        return "machine"
    return "network" if "." not in name or name.endswith(_LOCAL) else "anywhere"


def warning_of(link: str) -> str:
    """Who cannot open a link, and what to do about that; nothing where anybody can."""
    host = urlsplit(link).hostname or ""
    match reach_of(host):
        case "machine":
            return (
                f"Only this machine can open this link: {host} leads every computer to itself. "
                "Start PruneLab with a password and --host 0.0.0.0, open it by the address that "
                "others have for it, and share from there; or name that address in PRUNELAB_URL."
            )
        case "network":
            return (
                f"Only computers in the same network can open this link: {host} means nothing "
                "elsewhere. For others, put PruneLab at a public address, and share from there or "
                "name that address in PRUNELAB_URL."
            )
        case "anywhere":
            return ""
