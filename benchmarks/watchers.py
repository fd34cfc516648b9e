"""Those who watch, in a process of their own: `python -m benchmarks.watchers ADDRESS COUNT`.

Prints, as JSON lines, "there" once all are connected and, once all connections are closed, what
each has got. With `--bare SECONDS` in place of an address it is the server itself, one that does
nothing but send: what the watchers cost is measured with it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
import time

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, broadcast, serve

_AT = re.compile(r'"at":([0-9.]+)')
_ID = re.compile(r'\{"id":"([0-9-]+)"')
# Of a message of ten events with their frames.
_BARE_BYTES, _BARE_PAUSE = 20_000, 0.5


class Heard:
    """What one watcher has got: which messages, and how late each was."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.delays: list[float] = []

    def take(self, message: str, parsed: dict[str, list[str]]) -> None:
        """Note a message; each that many get is looked into once."""
        now = time.time()
        if (at := _AT.search(message, 0, 80)) is None:
            return
        self.delays.append(now - float(at[1]))
        key = hashlib.md5(message.encode(), usedforsecurity=False).hexdigest()
        if key not in parsed:
            parsed[key] = _ID.findall(message)
        self.messages.append(key)


async def watch(address: str, count: int) -> None:
    """Connect ``count`` times and listen until the server closes."""
    everybody = [Heard() for _ in range(count)]
    parsed: dict[str, list[str]] = {}
    there = asyncio.Semaphore(0)

    async def listen(heard: Heard) -> None:
        options = {"compression": None, "max_size": None, "open_timeout": 60}
        async with connect(address, **options) as socket:
            there.release()
            async for message in socket:
                heard.take(str(message), parsed)

    tasks = []
    for heard in everybody:
        tasks.append(asyncio.create_task(listen(heard)))
        # They do not all come in the same moment.
        await asyncio.sleep(0.005)
    for _ in everybody:
        await there.acquire()
    print(json.dumps("there"), flush=True)
    await asyncio.gather(*tasks)
    ids = [[each for key in heard.messages for each in parsed[key]] for heard in everybody]
    delays = [delay for heard in everybody for delay in heard.delays]
    print(json.dumps({"ids": ids, "delays": delays, "seconds": time.process_time()}), flush=True)


async def bare(seconds: float) -> None:
    """Send messages of the same size to all who come, and nothing else."""
    connected: set[ServerConnection] = set()

    async def handle(socket: ServerConnection) -> None:
        connected.add(socket)
        await socket.wait_closed()

    async with serve(handle, "127.0.0.1", 0, compression=None) as server:
        print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        for _ in range(int(seconds / _BARE_PAUSE)):
            message = f'{{"kind":"events","at":{time.time()},"events":[{"x" * _BARE_BYTES}]}}'
            broadcast(connected, message)
            await asyncio.sleep(_BARE_PAUSE)


if __name__ == "__main__":
    address, amount = sys.argv[1:]
    asyncio.run(bare(float(amount)) if address == "--bare" else watch(address, int(amount)))
