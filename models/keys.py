"""How an entry of the ledger is keyed: by what it is and whose, so that the same fact is never written twice."""

import base64

from models import vault


def entry_key(*parts: object) -> str:
    """The key of an entry. A colon inside any part but the last is escaped, so that no two facts share a key."""
    *inner, last = map(str, parts)
    return ":".join([*(part.replace("%", "%25").replace(":", "%3A") for part in inner), last])


def reference(press: str) -> str:
    """A reference for money that was noted on a phone: the same press gives the same one, two presses differ."""
    drawn = bytes.fromhex(vault.digest("reference", press))[:10]
    return "TEL-" + base64.b32encode(drawn).decode()[:10]
