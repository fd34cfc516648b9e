"""Who can open a link, as far as its host says so."""

from __future__ import annotations

import pytest

from backend.reach import reach_of, warning_of

REACH = {
    "machine": "localhost LOCALHOST. x.localhost 127.0.0.1 127.8.0.1 [::1] ::1 0.0.0.0 "
    "::ffff:127.0.0.1",
    "network": "10.0.0.1 172.16.0.1 172.31.255.254 192.168.1.5 169.254.0.1 [fd12::1] fe80::1 "
    "100.64.0.1 studio studio.local nas.lan a.home.arpa",
    "anywhere": "example.org prune.example.org. 8.8.8.8 172.32.0.1 192.169.0.1 [2600::1] "
    "local.example 10.example.org",
}


@pytest.mark.parametrize(
    ("reach", "host"), [(reach, host) for reach, hosts in REACH.items() for host in hosts.split()]
)
def test_a_host_is_reached_from(reach: str, host: str):
    assert reach_of(host) == reach


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("http://127.0.0.1:8050/shares/x", "Only this machine"),
        ("http://[fd12::1]:8050/shares/x", "Only computers in the same network"),
        ("https://example.org/shares/x", ""),
    ],
)
def test_a_link_that_others_cannot_open_says_so_and_what_to_do(link: str, said: str):
    warning = warning_of(link)
    assert warning.startswith(said)
    assert bool(said) == ("PRUNELAB_URL" in warning)
