"""What an adjustment of a published lot did, as a further step of the calculation that a member reads."""

from collections.abc import Sequence
from datetime import date

from flows import i18n, steps
from flows.talk import Talk
from models.lines import StoredLine
from models.sharing import Recover

_ = i18n.words(__name__)


def said(talk: Talk, published: Sequence[StoredLine], adjusted: Sequence[Sequence[StoredLine]]) -> str:
    """The last of these adjustments: its day, the difference of the sale, one's own part, and what others had."""
    here, member_id, money = adjusted[-1], talk.member.member_id, talk.member.money
    day = i18n.day(date.fromisoformat(here[0].label))
    text = _("Correction du {day}: {difference} sur la vente", day=day, difference=money(here[0].together).signed)
    others = [f"{steps.called(line.to)}: {money(line.amount).signed}" for line in here if line.member_id is None]
    mine = [line.amount for line in here if line.member_id == member_id]
    if not mine:
        return "\n".join([text, *others])
    own = _("à vous {amount}", amount=money(sum(mine)).signed)
    so_far = [line for lines in (published, *adjusted) for line in lines if line.member_id == member_id]
    share = sum(line.amount for line in so_far if line.step != Recover.step)
    return "\n".join([f"{text}, {own}", _("Votre part: {amount}", amount=money(share)), *others])
