"""What may happen to a file on its way, at random."""

from __future__ import annotations

import random

# As many of each kind of file: more find the same again.
MUTATIONS = 300


def damaged(content: bytes, seed: int) -> bytes:
    """Bytes are changed, left out, doubled or cut off, more of them near the ends."""
    draw = random.Random(seed)
    found = bytearray(content)
    for _ in range(draw.choice([1, 1, 2, 8])):
        place = draw.choice([draw.randrange(len(found)), draw.randrange(min(200, len(found)))])
        place = draw.choice([place, len(found) - 1 - place])
        match draw.randrange(5):
            case 0:
                found[place] ^= 1 << draw.randrange(8)
            case 1:
                found[place] = draw.choice([0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)])
            case 2:
                del found[place : place + draw.choice([1, 4, 30])]
            case 3:
                found[place:place] = found[place : place + draw.choice([1, 4, 30])]
            case _:
                del found[max(1, place) :]
        if not found:
            return b"x"
    return bytes(found)
