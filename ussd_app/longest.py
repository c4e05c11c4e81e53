"""The longest values that can stand on a screen: what the walk shows every page with."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, insert, update

from flows import account, by_sms, closing, declaration, figures, grievance, home, opened, party, receipt
from flows import dues as dues_flow
from flows.code import mark_of
from flows.engine import Place, to
from flows.engine.memory import Known
from flows.talk import Talk, begin
from models import (
    capital,
    closings,
    codes,
    dues,
    grievances,
    ledger,
    members,
    payouts,
    plan_terms,
    plans,
    proposals,
    raising,
    writing,
)
from models.chain import Chain, Link
from models.cooperatives import Cooperative, Kind
from models.entries import Account
from models.grievances import Category, Complaint, Concerned, Name
from models.hands import Hand
from models.lots import Lot
from models.meetings import Meeting, MeetingKind
from models.members import Member, Phone, Role
from models.money import AT_MOST, Currency
from models.payouts import Part
from models.proposals import Deed, Proposal, Proposed, State, Wish
from ussd_app import (
    longest_alerts,
    longest_cases,
    longest_desk,
    longest_following,
    longest_lots,
    longest_meetings,
    longest_office,
    longest_year,
)

NOW = datetime(2026, 12, 28, 12, 30, tzinfo=UTC)
TODAY = date(2026, 12, 28)
MOST = 999_999_999
PRICES = {"*": 9_999_999}
WORDS = "Le chef du puits a gardé l'argent de l'équipe, été comme hiver. " * 6
NOTICE = "Code faux, essayez encore une fois."
ALONE, SHARED, STRANGER = "+22370000001", "+22370000002", "+22379999999"


def callers(db: Connection, spoken: str) -> Iterator[tuple[Talk, Sequence[Place]]]:
    """Every kind of caller, and where each may start."""
    member_id = _fill(db, spoken)
    _sent(db, member_id)
    kept = longest_following.fill(db, _cooperative_of(db, member_id), member_id, NOW)
    marks = {opened.mark_of(each) for each in kept.values()}
    stranger = Known(opened=marks, resume=to(grievance.home))
    known = Known(opened={mark_of(member_id), *marks}, resume=to(grievance.home))
    anywhere = [to(home.home), to(home.lost, to(home.home)), *longest_following.starts(kept, TODAY)]
    anywhere += [to(receipt.found, "1-7"), to(receipt.found, "1-7", "LONGEST-13")]
    anywhere += [to(by_sms.dialled), to(by_sms.complaint)]
    yield _talk(db, STRANGER, Known(), spoken), [to(home.home)]
    yield _talk(db, ALONE, known, spoken), [to(party.home)]
    yield _talk(db, STRANGER, stranger, spoken), anywhere
    yield _talk(db, ALONE, Known(), spoken), [to(home.home), to(home.first)]
    yield _talk(db, SHARED, Known(), spoken), [to(home.home), to(home.first), to(dues_flow.home)]
    _choose_code(db, member_id)
    yield _talk(db, ALONE, Known(), spoken), [to(home.home), to(account.home)]
    told = [to(closing.home), to(figures.home)]
    yield _talk(db, ALONE, known, spoken), told
    _close(db, member_id)
    longest_year.publish(db, _cooperative_of(db, member_id), member_id, NOW)
    shares, leads = longest_lots.starts(db, _cooperative_of(db, member_id), spoken, NOW)
    leader = Known(opened={mark_of(each.member_id) for each in members.on_phone(db, longest_lots.LEADER)})
    yield _talk(db, longest_lots.LEADER, leader, spoken), leads
    longest_meetings.fill(db, members.on_phone(db, ALONE)[0], NOW)
    yield (
        _talk(db, ALONE, known, spoken),
        [*shares, *anywhere, *told, *longest_meetings.refusals()],
    )
    yield from _officers(db, member_id, known, spoken)
    for phone, codes_given, starts in longest_alerts.callers(db, spoken, NOW):
        yield _talk(db, phone, Known(opened=codes_given), spoken), starts
    yield _talk(db, ALONE, Known(opened=known.opened, draft=WORDS[:400]), spoken), anywhere
    for cases, places in longest_cases.desks(db, spoken, WORDS[:400], NOW):
        yield _talk(db, longest_desk.PHONE, Known(opened=cases), spoken), places


def _cooperative_of(db: Connection, member_id: int) -> int:
    return next(each.cooperative_id for each in members.on_phone(db, ALONE) if each.member_id == member_id)


def _officers(db: Connection, member_id: int, known: Known, spoken: str) -> Iterator[tuple[Talk, Sequence[Place]]]:
    """The same member with what waits for them, then as each officer."""
    longest_office.two_sides(db, members.on_phone(db, ALONE)[0], SHARED, NOW)
    yield _talk(db, ALONE, known, spoken), [to(home.first), to(declaration.home), to(declaration.too_many)]
    for role in (Role.TREASURER, Role.SECRETARY):
        db.execute(update(Member).where(Member.id == member_id).values(role=role))
        longest_office.propose_all(db, members.on_phone(db, ALONE)[0], WORDS[:200], NOW)
        starts = [to(home.first), to(home.home), *longest_office.starts(), *longest_meetings.starts(db)]
        yield _talk(db, ALONE, known, spoken), starts


def _talk(db: Connection, phone: str, known: Known, spoken: str) -> Talk:
    talk = begin(db, NOW, phone, "walk", "*384*77777#", known, prices=PRICES)
    talk.language = spoken
    if not talk.speakers:
        talk.greeted = bool(known.opened)
    return talk


def _fill(db: Connection, spoken: str) -> int:
    cooperative_id = _cooperative(db, spoken)
    for number in ("99999", "99998"):
        row = {"cooperative_id": cooperative_id, "number": number, "name": "Aïssatou-Fatoumata Coulibaly-Traoré"}
        more = {"language": spoken, "role": Role.MEMBER, "joined_on": TODAY, "amounts_by_sms": False}
        writing.insert_once(db, Member, row | more)
    first, second = (members.numbered(db, "LONGEST", number) for number in ("99999", "99998"))
    assert first is not None and second is not None  # noqa: S101, PT018 - they were just written
    phones = [(first, ALONE), (first, SHARED), (second, SHARED)]
    db.execute(insert(Phone), [{"member_id": member_id, "number": number} for member_id, number in phones])
    _money(db, cooperative_id, first)
    _meetings(db, cooperative_id)
    longest_year.decide(db, cooperative_id, (first, "99999"), NOW)
    return first


def _cooperative(db: Connection, spoken: str) -> int:
    rows = [
        {"code": code, "name": name, "kind": Kind.SCOOPS, "district": "Kangaba", "country": "ML"}
        | {"currency": Currency.GNF, "language": spoken, "time_zone": "Africa/Bamako"}
        for code, name in [("LONGEST", "Sanoudougou-Kogberani"), *((f"C{n}", f"Coopérative {n}") for n in range(12))]
    ]
    ids = [writing.insert_once(db, Cooperative, row) for row in rows]
    assert ids[0] is not None  # noqa: S101 - it was just written
    return ids[0]


def _money(db: Connection, cooperative_id: int, member_id: int) -> None:
    label = "Cotisation exceptionnelle pour la pompe"
    days = [TODAY - timedelta(days=30 * back) for back in range(14)]
    entries = [
        dues.charge(cooperative_id, member_id, f"due:{day}", (day, label, MOST)) for day in (*days, date(2027, 1, 28))
    ]
    reference = "OM-2612-28.1230.C99999"
    entries += [
        dues.payment(
            cooperative_id, member_id, f"payment:{day}", (day, f"{reference}-{day:%d%m}", MOST // 2), Account.CASH
        )
        for day in days[:8]
    ]
    for number in range(8):
        row = {"cooperative_id": cooperative_id, "number": f"2026-{number:04d}", "sold_on": days[number]}
        lot_id = writing.insert_once(db, Lot, row | {"weight_mg": 99_999_990, "fineness_ppt": 999})
        assert lot_id is not None  # noqa: S101 - it was just written
        part = Part(member_id, MOST, MOST // 3)
        sold = (days[number], row["number"], MOST)
        entries.append(payouts.sale(cooperative_id, lot_id, f"lot:{number}", (sold[0], str(sold[1]), MOST), [part]))
    ledger.post(db, entries, "walk", NOW)
    _plans(db, cooperative_id, member_id)
    ledger.reverse(db, 1, "Erreur de saisie du mois de décembre", "walk", NOW)
    db.execute(update(Chain).values(entries=MOST))
    db.execute(update(Link).where(Link.position == 1).values(position=572_946))  # what the walk types for a sheet


def _plans(db: Connection, cooperative_id: int, member_id: int) -> None:
    """A plan with a penalty, capital in instalments, a waiver: each charged by what made it."""
    president = {"cooperative_id": cooperative_id, "number": "99997", "name": "P", "language": "fr"}
    officer = writing.insert_once(db, Member, president | {"role": Role.PRESIDENT, "amounts_by_sms": False})
    assert officer is not None  # noqa: S101 - it was just written
    base = {
        "label": "Cotisation exceptionnelle pour la pompe",
        "amount": AT_MOST,
        "first_on": "2026-12-01",
    }
    base |= {"basis": "resolution", "reference": "résolution 13 de l'AG extraordinaire", "decided_on": "2026-11-28"}
    special = base | {"kind": "special", "penalty_ppm": 999_999, "penalty_after": 1}
    parts = base | {"kind": "capital", "label": "Part sociale, souscription de 2026", "period": "month"}
    for document in (special, parts | {"amount": 99_999, "instalments": 12}):
        facts = plan_terms.read(document).facts()
        plans.change(db, _decided(db, cooperative_id, officer, Wish(Deed.CHANGE_PLAN, {"plan": facts})), NOW)
    plan_id = plans.of(db, cooperative_id)[-1].plan_id
    taken = {"plan_id": plan_id, "member_id": member_id, "shares": 9_999, "subscribed_on": "2026-10-28"}
    capital.subscribe(
        db, _decided(db, cooperative_id, officer, Wish(Deed.SUBSCRIBE, taken | {"reference": "B 1"})), NOW
    )
    for now in (NOW - timedelta(days=20), NOW):
        while raising.raise_due(db, cooperative_id, TODAY, now):
            pass
    on_capital = (TODAY, "OM-2612-28.1230.C99999-parts", MOST // 2)
    paid = dues.payment(cooperative_id, member_id, "payment:parts", on_capital, Account.CASH, Account.CAPITAL)
    last = dues.charge(cooperative_id, member_id, "due:waived", (TODAY, str(base["label"]), MOST))
    ledger.post(db, [paid, last], "walk", NOW)
    due = dues.allocation(db, member_id).dues[-1]
    reason = (TODAY, "Maladie longue, décidé avec la surveillance", MOST // 3)
    given_up = dues.waiver(cooperative_id, member_id, dues.waiver_key(due.entry_id, 1), reason)
    ledger.post(db, [given_up], "walk", NOW)


def _decided(db: Connection, cooperative_id: int, officer: int, wish: Wish) -> Proposed:
    hand = Hand(officer, cooperative_id, Role.PRESIDENT)
    made = proposals.propose(db, hand, wish, NOW)
    db.execute(update(Proposal).where(Proposal.id == made).values(state=State.APPROVED, decided_by=officer))
    found = proposals.proposal(db, made)
    assert found is not None  # noqa: S101 - it was just written
    return found


def _meetings(db: Connection, cooperative_id: int) -> None:
    agenda = "\n".join(["Comptes de l'année 2026 et rapport de gestion", "Réserves et ristournes", "Élection"] * 3)
    for number, kind in enumerate(MeetingKind):
        for days in (number + 1, -number - 1):
            when = NOW + timedelta(days=days)
            row = {"cooperative_id": cooperative_id, "starts_at": when, "kind": kind, "agenda": agenda}
            writing.insert_once(db, Meeting, row | {"place": "École fondamentale de Sanoudougou-Kogberani, cour nord"})


def _close(db: Connection, member_id: int) -> None:
    cooperative_id = members.on_phone(db, ALONE)[0].cooperative_id
    counted = closings.Count(date(2026, 11, 1), -MOST // 10)
    closings.close(db, Hand(member_id, cooperative_id, Role.TREASURER), counted, NOW)


def _sent(db: Connection, member_id: int) -> None:
    """A case whose number waits to be shown."""
    complaint = Complaint(Category.MONEY, Concerned.OFFICER, Name.HANDLER, WORDS, None, member_id, ALONE)
    grievances.file_by_sms(db, complaint, "walk:sms", NOW)


def _choose_code(db: Connection, member_id: int) -> None:
    hashed = codes.hashed("4826")
    codes.propose(db, member_id, hashed)
    codes.settle(db, member_id, hashed, changing=False)
