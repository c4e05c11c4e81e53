"""What must not be readable in a stolen database: text is sealed, numbers and codes are looked up by keyed digest.

The keys come from the environment and are handed over once, at the start; they are never in the database.
"""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Unopened(RuntimeError):
    """The vault was used before its keys were handed over."""


@dataclass(frozen=True)
class Keys:
    """The three secrets of the service: to seal fields (newest first), to index them, to pepper secret codes."""

    fields: tuple[str, ...]
    index: str
    pepper: str

    @cached_property
    def box(self) -> MultiFernet:
        """Seals with the first field key, opens with any of them, so that keys can be rotated."""
        return MultiFernet([Fernet(key) for key in self.fields])

    @cached_property
    def index_bytes(self) -> bytes:
        """The index key as the digests use it."""
        return self.index.encode()


_held: list[Keys] = []


def use(keys: Keys) -> None:
    """Hand the keys over. The last ones given count. Raises ValueError when a field key is not a Fernet key."""
    _ = keys.box
    _held[:] = [keys]


def keys() -> Keys:
    """The keys in use. Raises Unopened when there are none yet."""
    if not _held:
        raise Unopened("the vault has no keys yet")
    return _held[0]


def seal(text: str) -> str:
    """Encrypt and authenticate a text (Fernet: AES-128-CBC with HMAC-SHA256); equal texts give different seals."""
    return keys().box.encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Read what `seal` wrote. Raises InvalidToken when it was changed or sealed with a key that is gone."""
    return keys().box.decrypt(sealed.encode()).decode()


def digest(purpose: str, text: str) -> str:
    """A keyed digest (HMAC-SHA256) to look a text up by, never to read it. The purpose keeps two uses apart.

    A plain hash would not do: all phone numbers of a country are tried in minutes.
    """
    return hmac.digest(keys().index_bytes, f"{purpose}\0{text}".encode(), hashlib.sha256).hex()


def fingerprint() -> str:
    """What the index key and the pepper can be known by: a digest of nothing under both."""
    return digest("fingerprint", keys().pepper)


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


__all__ = ["InvalidToken", "Keys", "Unopened", "digest", "fingerprint", "keys", "same", "seal", "unseal", "use"]
