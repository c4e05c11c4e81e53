"""The audit fund: a federation or confederation calls it from its affiliates each year, by their subscribed shares.

It pays for audits and outside controls of the affiliates (OHADA Uniform Act on cooperatives, articles 144 and 155).
Affiliates are cooperatives: what they owe stands in the books of the body above them.
"""

from models.audit_fund import books
from models.audit_fund.split import parts

__all__ = ["books", "parts"]
