"""The file outside the database where the ends of the chains are kept: a line after each commit that moved one.

It is only ever added to. Processes that add to it at the same time take turns: a line that is being written would look
torn to another.
"""

import fcntl
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import SEEK_END
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from models import heads
from models.chain import Head
from models.grievances.linked import Link

log = logging.getLogger(__name__)
OPTION = "ledger_heads"  # what an engine calls the file
LONGEST = 1_000


def file(made: Engine) -> Path | None:
    """Where they are kept for a database; None where nothing is."""
    found: Path | None = made.get_execution_options().get(OPTION)
    return found


def keep(made: Engine, moved: Mapping[int, Head]) -> None:
    """Keep the ends of these chains. What is committed is committed: a disk that is full is told in the log."""
    now = _now()
    _add(made, "".join(heads.line(heads.Kept(now, cooperative_id, end)) for cooperative_id, end in moved.items()))


def keep_cases(made: Engine, end: Link) -> None:
    """Keep where the chain of the cases stands, whether it moved or not."""
    now = _now()
    _add(made, heads.Mark(now, end.mark(now)).line)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _add(made: Engine, lines: str) -> None:
    path = file(made)
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)
            torn = kept.tell() > 0 and kept.seek(-1, SEEK_END) >= 0 and kept.read(1) != b"\n"
            kept.write(b"\n" * torn + lines.encode())
    except OSError as error:
        log.error("the ends of the chains could not be kept: %s", type(error).__name__)


def size(path: Path) -> int:
    """How much is kept now: what stands before this was committed before this."""
    return path.stat().st_size if path.exists() else 0


def lines(path: Path, upto: int) -> Iterator[str]:
    """The lines up to there, one after the other."""
    if upto:
        with path.open("rb") as kept:
            while kept.tell() < upto and (line := kept.readline(LONGEST)):
                yield line.decode(errors="replace")


def set_aside(made: Engine) -> None:
    """Give what was kept of another database another name, so that it is not held against an empty one."""
    path = file(made)
    if path is not None and path.exists():
        free = next(each for number in count(1) if not (each := path.with_name(f"{path.name}.{number}")).exists())
        path.rename(free)
