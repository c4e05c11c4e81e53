"""Commands for the surplus of the year: see how it would be shared, and propose it to a second officer."""

import json
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import Connection

from models import surplus
from models.hands import Hand
from models.surplus import Decision, Interest, Measure, Measured, Optional, Reserve, Ristournes, books, measures
from ussd_app.commands.acting import BY, acting, proposed
from ussd_app.commands.refusing import in_a_sentence
from ussd_app.commands.typed import DAY, FILE, PERCENT, read
from ussd_app.registers.weights import weights

WHOLE = click.IntRange(min=0)
ALL = "all"

years = AppGroup("surplus", help="The surplus of the year.")


@years.command()
@click.argument("file", type=click.Path(path_type=Path))
def preview(file: Path) -> None:
    """Share the surplus of FILE (- for standard input): JSON in, JSON out; nothing is kept.

    \b
    In: {"surplus": n, "capital": n, "brought": n,
     "reserves": {"general": {"before": n, "rate_ppm": n, "more": n}, "training": {…}},
     "bylaws": {"stop_at_capital": false, "no_sharing": false},
     "optional": [{"label", "amount"}],
     "ristournes": {"amount": n or "rest", "by": "deliveries|work|lots", "members": [{"member", "weight"}]},
     "interest": {"rate_ppm": n, "most_ppm": n, "paid_up": [{"member", "weight"}]}}
    Needed are surplus, capital and the reserves' before. Out: {"lines": [{"step", "label", "to", "amount",
    "rest", "article"}], "shares": {to: n}, "ristournes": {"4": n}, "interest": {"4": n}, "carried": n}

    What the law forbids, or cannot be shared, is said in one sentence on standard error, with exit code 1.
    """
    with in_a_sentence():
        sharing = surplus.share_out(surplus.read(read(file)))
    click.echo(json.dumps(_shown(sharing), ensure_ascii=False))


def _shown(sharing: surplus.Sharing) -> dict[str, object]:
    keys = ("step", "label", "to", "amount", "rest")
    lines = [{key: getattr(each.line, key) for key in keys} | {"article": each.article} for each in sharing.steps]
    members = {"ristournes": sharing.ristournes, "interest": sharing.interest}
    return {"lines": lines, "shares": sharing.shares, **members, "carried": sharing.carried}


class Kept(click.ParamType[Optional]):
    """An optional reserve: its name and an amount, such as Outils=150000."""

    name = "name=amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Optional:
        """Read it."""
        label, _sign, amount = str(value).rpartition("=")
        try:
            return Optional(label.strip(), int(amount))
        except ValueError:
            self.fail(f"{value} is not a name and an amount such as Outils=150000", param, ctx)


@years.command()
@click.argument("cooperative")
@click.argument("year", type=click.IntRange(2000, 2100))
@click.option("--amount", type=WHOLE, required=True, help="The net surplus that the assembly approved.")
@click.option("--capital", type=WHOLE, required=True, help="The capital as the bylaws state it.")
@click.option("--resolution", required=True, help="The resolution of the assembly, such as 'AG 12/03, n° 4'.")
@click.option("--held-on", type=DAY, required=True, help="The day of the assembly.")
@click.option("--general-before", type=WHOLE, help="The general reserve before; known from the second year on.")
@click.option("--training-before", type=WHOLE, help="The training reserve before; known from the second year on.")
@click.option("--general", type=PERCENT, help="Percentage for the general reserve; else what the law asks.")
@click.option("--training", type=PERCENT, help="Percentage for the training reserve; else what the law asks.")
@click.option("--more-general", type=WHOLE, default=0, help="Added to the general reserve from the balance.")
@click.option("--more-training", type=WHOLE, default=0, help="Added to the training reserve from the balance.")
@click.option("--optional", type=Kept(), multiple=True, help="An optional reserve, NAME=AMOUNT; may be repeated.")
@click.option("--brought", type=WHOLE, help="Carried over from earlier years; known from the second year on.")
@click.option("--ristournes", help="The amount that goes back to members, or 'all' that the reserves leave.")
@click.option("--deliveries", type=FILE, help="Ristournes by this file: member,weight (milligrams).")
@click.option("--work", type=FILE, help="Ristournes by this file: member,weight (days).")
@click.option("--lots", is_flag=True, help="Ristournes by the shares of the lots of the year, as the books have them.")
@click.option("--interest", type=PERCENT, help="Percentage on the shares paid up at the end of the year.")
@click.option("--discount-rate", type=PERCENT, help="The central bank's discount rate, which interest may not pass.")
@click.option("--paid-up", type=FILE, help="What is paid up by this file: member,weight (francs); else by the books.")
@click.option("--stop-at-capital", is_flag=True, help="Bylaws: a reserve stops where it meets the capital.")
@click.option("--no-sharing", is_flag=True, help="Bylaws: nothing is shared for a time (article 241).")
@BY
def propose(cooperative: str, year: int, by: str, **said: Any) -> None:
    """Propose to share the surplus of YEAR: a second officer approves it on their own phone, within 24 hours."""
    with acting(cooperative, by) as office:
        decision = _decision(office.db, office.hand, year, said)
        resolved = books.Resolved(year, said["held_on"].date(), said["resolution"], decision)
        number = books.propose(office.db, office.hand, resolved, office.now)
    proposed(number)


def _decision(db: Connection, officer: Hand, year: int, said: dict[str, Any]) -> Decision:
    last = books.last_shared(db, officer.cooperative_id)
    general, training = said["general_before"], said["training_before"]
    if last is None and (general is None or training is None):
        raise click.UsageError("--general-before and --training-before: no earlier year is in the books, so say them")
    if last is not None:
        general = last.general if general is None else general
        training = last.training if training is None else training
    brought = said["brought"] if said["brought"] is not None else last.carried if last else 0
    return Decision(
        surplus=said["amount"],
        capital=said["capital"],
        general=Reserve(general, said["general"], said["more_general"]),
        training=Reserve(training, said["training"], said["more_training"]),
        brought=brought,
        stop_at_capital=said["stop_at_capital"],
        no_sharing=said["no_sharing"],
        optional=said["optional"],
        ristournes=_ristournes(db, officer, year, said),
        interest=_interest(db, officer, year, said),
    )


def _ristournes(db: Connection, officer: Hand, year: int, said: dict[str, Any]) -> Ristournes | None:
    """Ristournes, by one measure that is said: nothing is taken for granted."""
    measured = [each for each in Measure if said[each.value]]
    if len(measured) != (said["ristournes"] is not None):
        raise click.UsageError("--ristournes goes with one of --deliveries FILE, --work FILE and --lots")
    if said["ristournes"] is None:
        return None
    if said["ristournes"] != ALL and not said["ristournes"].isdecimal():
        raise click.UsageError(f"--ristournes is an amount or '{ALL}'")
    (by,) = measured
    in_the_books = by is Measure.LOTS
    members = measures.lot_shares(db, officer.cooperative_id, year) if in_the_books else _members(said[by.value])
    return Ristournes(None if said["ristournes"] == ALL else int(said["ristournes"]), by, members)


def _interest(db: Connection, officer: Hand, year: int, said: dict[str, Any]) -> Interest | None:
    if said["interest"] is None:
        return None
    if said["discount_rate"] is None:
        raise click.UsageError("--interest goes with --discount-rate: article 209 allows no more than that")
    given = said["paid_up"]
    members = _members(given) if given else measures.paid_up(db, officer.cooperative_id, year)
    return Interest(said["interest"], said["discount_rate"], members)


def _members(file: Path) -> tuple[Measured, ...]:
    return tuple(Measured(member, weight) for member, weight in weights(file, "member", "weight").items())


COMMANDS = (years,)
