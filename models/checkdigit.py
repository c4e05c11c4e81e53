"""The digit at the end of a number that shows a slip of the finger."""

# The quasigroup of H. Michael Damm's check digit (2004): it finds every wrong digit and every swap of two neighbours.
_DAMM = (
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
)  # fmt: skip


def check_digit(digits: str) -> str:
    """The Damm check digit of a number."""
    row = "0"
    for digit in digits:
        row = _DAMM[int(row)][int(digit)]
    return row
