"""The vault: what is sealed opens with its key alone, keys are rotated, and nothing that was changed is read."""

import base64
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models import vault

OLD, NEW = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture(autouse=True)
def keys() -> Iterator[None]:
    before = vault.keys()
    yield
    vault.use(before)


def use(*fields: str) -> None:
    vault.use(replace(vault.keys(), fields=fields))


@pytest.mark.parametrize("text", ["", "1", "payé ɛɔ €", "x" * 100_000])
def test_what_is_sealed_is_read_again_and_never_looks_the_same(text: str) -> None:
    seals = [vault.seal(text) for _time in range(20)]
    assert {vault.unseal(sealed) for sealed in seals} == {text}
    assert len(set(seals)) == 20
    assert all(sealed.isascii() and (len(text) < 4 or text not in sealed) for sealed in seals)


def test_keys_are_rotated_by_putting_the_new_one_first() -> None:
    use(OLD)
    before = vault.seal("words")
    use(NEW, OLD)
    after = vault.seal("words")
    assert (vault.unseal(before), vault.unseal(after)) == ("words", "words")
    use(NEW)
    assert vault.unseal(after) == "words"
    with pytest.raises(vault.InvalidToken):
        vault.unseal(before)


def test_a_seal_that_was_changed_anywhere_is_not_read() -> None:
    token = base64.b64decode(vault.seal("4821"))
    for index in range(len(token)):
        changed = bytearray(token)
        changed[index] ^= 1
        with pytest.raises(vault.InvalidToken):
            vault.unseal(base64.b64encode(changed).decode())


@pytest.mark.parametrize("sealed", ["", "A", "AQ==", "not base64!", "é", "AQ" * 12, "AQ" * 300])
def test_what_is_no_seal_is_not_read(sealed: str) -> None:
    with pytest.raises(vault.InvalidToken):
        vault.unseal(sealed)


def test_a_seal_that_was_cut_or_grew_is_not_read() -> None:
    sealed = vault.seal("4821")
    for wrong in (sealed[:-4], sealed[4:], sealed + "AAAA", sealed + "\n", " " + sealed):
        with pytest.raises(vault.InvalidToken):
            vault.unseal(wrong)


@pytest.mark.parametrize("key", ["", "short", base64.urlsafe_b64encode(b"x" * 31).decode(), "é" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        use(key)
