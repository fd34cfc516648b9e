"""A PostgreSQL server of the tests' own, where Debian's package is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port

# As which user it runs: it refuses to be root's.
_USER = "postgres"


def find_binaries() -> Path | None:
    """The newest version's programs, which Debian puts beside the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if found:
        return found[-1].parent
    program = shutil.which("pg_ctl")
    return Path(program).parent if program else None


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of an empty server that keeps nothing safe, for as long as the block lasts."""
    binaries = find_binaries()
    assert binaries is not None
    data, port = folder / "data", free_port()
    if os.getuid() == 0:
        # Its way there has to be open to it.
        user = pwd.getpwnam(_USER)
        for each in (folder, *folder.parents):
            each.chmod(each.stat().st_mode | 0o011)
        os.chown(folder, user.pw_uid, user.pw_gid)
    _as_user([binaries / "initdb", "--auth=trust", "--no-sync", f"--username={_USER}", data])
    options = (
        f"-p {port} -k {folder} -c fsync=off -c full_page_writes=off -c listen_addresses=127.0.0.1"
    )
    log = folder / "log"
    _as_user([binaries / "pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", options])
    try:
        yield f"postgresql+psycopg://{_USER}@127.0.0.1:{port}"
    finally:
        _as_user([binaries / "pg_ctl", "stop", "-m", "immediate", "-D", data])


def _as_user(command: Sequence[str | Path]) -> None:
    before = ["runuser", "-u", _USER, "--"] if os.getuid() == 0 else []
    subprocess.run(
        [*before, *map(str, command)], check=True, capture_output=True, cwd="/", timeout=60
    )
