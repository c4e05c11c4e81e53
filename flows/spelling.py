"""How a short message is spelt: its words in plain small letters, how a word sounds, how far it is from another."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({
    "ɛ": "e", "ε": "e", "ɔ": "o", "ɲ": "ny", "ñ": "ny", "ŋ": "ng", "ɓ": "b", "ɗ": "d", "ƴ": "y", "œ": "oe",
})  # fmt: skip
_SOUNDS = [
    (re.compile(pattern), written)
    for pattern, written in (
        (r"(?:t|ss?|c|z)[iy]+ons?$", "son"),
        (r"eau|au", "o"),
        (r"ou", "u"),
        (r"gn|ny|ni(?=[aeou])", "N"),
        (r"dj|dy", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"tch|ty", "C"),
        (r"kh", "x"),
        (r"ph", "f"),
        (r"c(?=[eiy])|z", "s"),
        (r"qu?|c", "k"),
        (r"h", ""),
        (r"(.)\1+", r"\1"),
        (r"(?<=...)[est]$", ""),
    )
]


def plain(text: str) -> str:
    """A message in plain small letters."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a message in plain small letters, with the zero and the one typed for o and i."""
    text = re.sub(r"(?<=[a-z])0(?=[a-z])", "o", plain(text))
    text = re.sub(r"(?<=[a-z])1(?=[a-z])", "i", text)
    text = re.sub(r"\bs\W?il (?:vous|te) plait\b", "svp", text)
    return re.findall(r"[a-z0-9]+", text)


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A spelling shared by the ways French, Manding and Wolof write the same sounds."""
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word


def edits(one: str, other: str, limit: int) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); above limit, any."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (char != wanted))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
    return row[-1]
