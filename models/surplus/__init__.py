"""The surplus of a year: what the assembly decides, held to the law, shared to the last franc by the sharing engine.

The law is the OHADA Uniform Act on cooperatives, articles 112 to 116, 209 and 239 to 241, in its order:
general reserve and training reserve, each 20 % at least while it is below the stated capital; optional reserves, 20 %
at most in all; ristournes by what each did with or for the cooperative; and the rest, with what was carried over from
earlier years, to the reserves again, to interest on paid-up shares, or carried over. Reserves are never shared (116).
`books` writes what was shared, `told` reads it, `measures` asks the books for weights; the others know no database.
"""

from models.surplus import books
from models.surplus.decision import (
    Decision,
    Interest,
    Measure,
    Measured,
    Optional,
    Reserve,
    Ristournes,
    Unlawful,
)
from models.surplus.reading import decision_of, document_of, read
from models.surplus.sharing import Sharing, share_out

__all__ = [
    "Decision",
    "Interest",
    "Measure",
    "Measured",
    "Optional",
    "Reserve",
    "Ristournes",
    "Sharing",
    "Unlawful",
    "books",
    "decision_of",
    "document_of",
    "read",
    "share_out",
]
