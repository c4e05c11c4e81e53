"""What the registers of money share: how an entry of the ledger is keyed, and which entries stand."""

from sqlalchemy import exists
from sqlalchemy.orm import aliased

from models.ledger import Entry

AUTHOR = "import"

_undoing = aliased(Entry)
STANDS = ~exists().where(_undoing.reverses_id == Entry.id)


def entry_key(*parts: object) -> str:
    """The key of an entry. A colon inside any part but the last is escaped, so that no two facts share a key."""
    *inner, last = map(str, parts)
    return ":".join([*(part.replace("%", "%25").replace(":", "%3A") for part in inner), last])
