"""What must not be readable in a stolen database: text is sealed, numbers and codes are looked up by keyed digest.

The keys come from the environment and are handed over once, at the start; they are never in the database.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

# The first byte of what is sealed: how it was sealed, and under which derived key. It is authenticated with the rest.
_FORM = b"\x01"
_NONCE = 12
_TAG = 16


class InvalidToken(ValueError):
    """What is to be read was changed, or sealed with a key that is gone."""


class Unopened(RuntimeError):
    """The vault was used before its keys were handed over."""


@dataclass(frozen=True)
class Keys:
    """The three secrets of the service: to seal fields (newest first), to index them, to pepper secret codes."""

    fields: tuple[str, ...]
    index: str
    pepper: str

    @cached_property
    def boxes(self) -> tuple[AESGCM, ...]:
        """The first one seals, any of them opens, so that keys can be rotated."""
        return tuple(AESGCM(hmac.digest(field_key(key), b"seal" + _FORM, hashlib.sha256)) for key in self.fields)

    @cached_property
    def indexing(self) -> hmac.HMAC:
        """What every digest begins with: the index key, taken in once."""
        return hmac.new(self.index.encode(), digestmod=hashlib.sha256)


_held: list[Keys] = []


def field_key(text: str) -> bytes:
    """A field key as bytes. Raises ValueError when it is not 32 bytes in URL-safe base64."""
    try:
        key = base64.urlsafe_b64decode(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ValueError("a field key is 32 bytes in URL-safe base64")
    return key


def use(keys: Keys) -> None:
    """Hand the keys over. The last ones given count. Raises ValueError when a field key is none."""
    _ = keys.boxes
    _held[:] = [keys]


def keys() -> Keys:
    """The keys in use. Raises Unopened when there are none yet."""
    if not _held:
        raise Unopened("the vault has no keys yet")
    return _held[0]


def seal(text: str) -> str:
    """Encrypt and authenticate a text (AES-256-GCM, its nonce drawn); equal texts give different seals."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = keys().boxes[0].encrypt(nonce, text.encode(), _FORM)
    return binascii.b2a_base64(_FORM + nonce + sealed, newline=False).decode()


def unseal(sealed: str) -> str:
    """Read what `seal` wrote. Raises InvalidToken when it was changed or sealed with a key that is gone."""
    try:
        token = binascii.a2b_base64(sealed, strict_mode=True)
    except ValueError as error:
        raise InvalidToken from error
    if token[:1] != _FORM or len(token) < 1 + _NONCE + _TAG:
        raise InvalidToken
    for box in keys().boxes:
        try:
            return box.decrypt(token[1 : 1 + _NONCE], token[1 + _NONCE :], _FORM).decode()
        except InvalidTag:
            continue
    raise InvalidToken


def renewed(sealed: str) -> str | None:
    """What was sealed under an older key, sealed under the newest; None when it is already. Raises InvalidToken."""
    text, (newest, *_older) = unseal(sealed), keys().boxes
    token = binascii.a2b_base64(sealed, strict_mode=True)
    try:
        newest.decrypt(token[1 : 1 + _NONCE], token[1 + _NONCE :], _FORM)
    except InvalidTag:
        return seal(text)
    return None


def digest(purpose: str, text: str) -> str:
    """A keyed digest (HMAC-SHA256) to look a text up by, never to read it. The purpose keeps two uses apart.

    A plain hash would not do: all phone numbers of a country are tried in minutes.
    """
    mac = keys().indexing.copy()
    mac.update(f"{purpose}\0{text}".encode())
    return mac.hexdigest()


def fingerprint() -> str:
    """What the index key and the pepper can be known by: a digest of nothing under both."""
    return digest("fingerprint", keys().pepper)


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
