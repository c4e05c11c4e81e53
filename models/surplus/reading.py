"""What an assembly decided, read from JSON and written: a proposal holds it so, and `surplus preview` takes it."""

from typing import Any

from models.sharing.documents import a_dict, an_object, loaded, record, records
from models.sharing.values import Unshareable, said, word
from models.surplus.decision import Decision, Interest, Measure, Measured, Optional, Reserve, Ristournes

REST = "rest"


def read(document: bytes) -> Decision:
    """A decision from JSON in UTF-8. Raises Unshareable, naming the place, and Unlawful, naming the article."""
    return decision_of(loaded(document))


def decision_of(found: object) -> Decision:
    """A decision from the object {"surplus", "capital", "reserves": {"general", "training"}}, and what may be left out:
    "brought", "bylaws", "optional", "ristournes", "interest". Raises Unshareable and Unlawful.
    """
    asked = ("brought", "bylaws", "optional", "ristournes", "interest")
    values = an_object("the document", found, ("surplus", "capital", "reserves"), asked)
    reserves = an_object("reserves", values["reserves"], ("general", "training"))
    bylaws = an_object("bylaws", values.get("bylaws", {}), (), ("stop_at_capital", "no_sharing"))
    for key, switch in bylaws.items():
        if not isinstance(switch, bool):
            raise Unshareable(f"bylaws: {key} must be true or false, not {said(switch)}")
    return Decision(
        surplus=values["surplus"],
        capital=values["capital"],
        general=_reserve("general", reserves["general"]),
        training=_reserve("training", reserves["training"]),
        brought=values.get("brought", 0),
        optional=records("optional", values.get("optional", []), Optional),
        ristournes=_ristournes(values["ristournes"]) if "ristournes" in values else None,
        interest=_interest(values["interest"]) if "interest" in values else None,
        **bylaws,
    )


def _reserve(place: str, found: object) -> Reserve:
    return record(f"reserves: {place}", {"rate_ppm": None, "more": 0, **a_dict(f"reserves: {place}", found)}, Reserve)


def _ristournes(found: object) -> Ristournes:
    values = an_object("ristournes", found, ("amount", "by", "members"))
    members = records("ristournes: members", values["members"], Measured)
    amount = None if values["amount"] == REST else values["amount"]
    if values["amount"] is None:
        raise Unshareable(f'ristournes: amount must be a whole number or "{REST}", not null')
    return Ristournes(amount, word("ristournes: by", values["by"], Measure), members)


def _interest(found: object) -> Interest:
    values = an_object("interest", found, ("rate_ppm", "most_ppm", "paid_up"))
    return Interest(values["rate_ppm"], values["most_ppm"], records("interest: paid_up", values["paid_up"], Measured))


def document_of(decision: Decision) -> dict[str, Any]:
    """The object that `decision_of` reads."""
    back, interest = decision.ristournes, decision.interest
    document: dict[str, Any] = {
        "surplus": decision.surplus,
        "capital": decision.capital,
        "brought": decision.brought,
        "bylaws": {"stop_at_capital": decision.stop_at_capital, "no_sharing": decision.no_sharing},
        "reserves": {"general": _kept(decision.general), "training": _kept(decision.training)},
        "optional": [{"label": each.label, "amount": each.amount} for each in decision.optional],
    }
    if back is not None:
        amount = REST if back.amount is None else back.amount
        document["ristournes"] = {"amount": amount, "by": back.by.value, "members": _measured(back.members)}
    if interest is not None:
        rates = {"rate_ppm": interest.rate_ppm, "most_ppm": interest.most_ppm}
        document["interest"] = rates | {"paid_up": _measured(interest.paid_up)}
    return document


def _kept(reserve: Reserve) -> dict[str, int]:
    rate = {} if reserve.rate_ppm is None else {"rate_ppm": reserve.rate_ppm}
    return {"before": reserve.before, "more": reserve.more} | rate


def _measured(members: tuple[Measured, ...]) -> list[dict[str, object]]:
    return [{"member": each.member, "weight": each.weight} for each in members]
