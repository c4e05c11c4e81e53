"""What an SMS can ask: the word is found in any language, the reply waits in the outbox, amounts only on request."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from flows import i18n, money_notices, notices, receipt_words
from flows.engine.pages import CALL_ME
from flows.keywords_match import Intent, argument, match
from flows.keywords_plain import about_office, complains, may_hurt, says_something
from flows.letter import Letter
from flows.meeting_words import ASKING
from models import (
    announcing,
    attendance,
    callers,
    calls,
    dues,
    grievances,
    inbox,
    invitations,
    members,
    messages,
    payouts,
    reached,
    receipts,
)
from models.calls import Asked
from models.grievances import Category, Complaint, Concerned, Flooded, Name
from models.meetings import STILL_ON, Announced
from models.members import Speaker

ANSWER_TO_NOTICE = timedelta(days=60)  # a notice of assembly comes weeks before; its day ends it

# What they say is a case, its number and code, or might be one: it is kept with no phone, and answered like a page.
APART = (Intent.COMPLAINT, Intent.FOLLOW, Intent.UNSURE)

NINE, ANSWER_TO_NINE = "9", timedelta(days=7)


def intent(letter: Letter) -> Intent | None:
    """What an SMS asks for, or None. 8 asks for a call, as on the screens; a 9 after a notice to many for no more."""
    if letter.sms.text.strip() == CALL_ME:
        return Intent.CALL
    if letter.sms.text.strip() == NINE and reached.last_was_notice(
        letter.db, letter.sms.phone, letter.now - ANSWER_TO_NINE
    ):
        return Intent.STOP
    if complains(letter.sms.text):
        return Intent.COMPLAINT
    return match(letter.sms.text) or (Intent.UNSURE if may_hurt(letter.sms.text) else None)


def _language(letter: Letter, speakers: list[Speaker]) -> str:
    chosen = speakers[0].language if speakers else callers.language(letter.db, letter.sms.phone)
    return chosen or i18n.SOURCE


def show(letter: Letter, page: str) -> None:
    """Queue a page of the conversation as the reply."""
    letter.reply(_language(letter, members.on_phone(letter.db, letter.sms.phone)), "page", {"text": page})


def answer(letter: Letter) -> None:
    """Do what an SMS asks and queue the reply."""
    speakers = members.on_phone(letter.db, letter.sms.phone)
    found = intent(letter)
    ANSWERS.get(found, _not_understood)(letter, speakers, _language(letter, speakers))


Answering = Callable[[Letter, list[Speaker], str], None]


def _alone(speakers: list[Speaker]) -> Speaker | None:
    """The member who writes, when nobody else has this number: else it cannot be known who."""
    return speakers[0] if len(speakers) == 1 else None


def _dues(letter: Letter, speakers: list[Speaker], language: str) -> None:
    who = _alone(speakers)
    if who is None or not who.amounts_by_sms:
        letter.reply(language, "dial", {"page": "dues" if speakers else "stranger"})
        return
    standing = dues.standing(letter.db, who.member_id, who.today(letter.now))
    letter.reply(language, "dues", money_notices.dues_facts(standing, who.currency))


def _share(letter: Letter, speakers: list[Speaker], language: str) -> None:
    who = _alone(speakers)
    newest = payouts.shares(letter.db, who.member_id, 1) if who and who.amounts_by_sms else []
    if who is None or not newest:
        letter.reply(language, "dial", {"page": "share" if speakers else "stranger"})
        return
    letter.reply(language, "share", money_notices.share_facts(newest[0], who.currency))


def _meeting(letter: Letter, speakers: list[Speaker], language: str) -> None:
    """The next meeting of whoever has this phone. Who comes to one that began is not asked any more."""
    theirs = [
        (meeting, who)
        for who in speakers
        for meeting in invitations.upcoming(letter.db, who.cooperative_id, who.member_id, letter.now, 1)
    ]
    if not theirs:
        letter.reply(language, "no_meeting")
        return
    meeting, who = min(theirs, key=lambda each: each[0].starts_at)
    facts = notices.meeting_facts(who.cooperative, meeting, who.zone, asking=_alone(speakers) is not None)
    letter.reply(language, "meeting_begun" if meeting.starts_at < letter.now else "meeting", facts)


def _asked(letter: Letter, who: Speaker) -> Announced | None:
    """The meeting that a member alone on the phone was last asked about, as long as it is theirs and not over."""
    told = reached.last_of_kind(letter.db, letter.sms.phone, ASKING, letter.now - ANSWER_TO_NOTICE)
    found = told and invitations.one(letter.db, who.cooperative_id, who.member_id, int(told["meeting_id"]))
    return found if found and found.standing and found.starts_at >= letter.now - STILL_ON else None


def _says(coming: bool) -> Answering:
    def rsvp(letter: Letter, speakers: list[Speaker], language: str) -> None:
        who = _alone(speakers)
        if who is None and speakers:
            letter.reply(language, "dial", {"page": "meeting"})
            return
        meeting = who and _asked(letter, who)
        if not who or not meeting:
            letter.reply(language, "what_about")
        elif meeting.starts_at < letter.now:
            facts = notices.meeting_facts(who.cooperative, meeting, who.zone, asking=False)
            letter.reply(language, "meeting_begun", facts)
        else:
            attendance.answer(letter.db, meeting.meeting_id, who.member_id, coming, letter.now)
            day = meeting.starts_at.astimezone(who.zone).date().isoformat()
            letter.reply(language, "coming", {"coming": coming, "day": day})

    return rsvp


def _by_dialling(letter: Letter, _speakers: list[Speaker], language: str) -> None:
    letter.reply_apart(language, "dial", {"page": "complaint"})


def _complaint(letter: Letter, speakers: list[Speaker], language: str) -> None:
    words = letter.sms.text.strip()  # all of them: the first may be a name
    if not says_something(words):
        _by_dialling(letter, speakers, language)
        return
    who = _alone(speakers)
    cooperative_id = speakers[0].cooperative_id if len({each.cooperative_id for each in speakers}) == 1 else None
    complaint = Complaint(
        Category.OTHER,
        Concerned.OFFICER if about_office(words) else Concerned.UNSAID,
        Name.HANDLER,
        words,
        cooperative_id,
        who.member_id if who else None,
        letter.sms.phone,
    )
    try:
        grievances.file_by_sms(letter.db, complaint, letter.key, letter.now)
    except Flooded:
        # The sixth of a day is kept like the others, and nothing of it is written down for the office.
        grievances.file_by_sms(letter.db, complaint, letter.key, letter.now, beyond=True)
    letter.reply_apart(language, "complaint_received", {"shared": len(speakers) > 1})


def _unsure(letter: Letter, _speakers: list[Speaker], language: str) -> None:
    """It may name who runs the office: nobody there reads it, and who wrote it is told so and how to complain."""
    letter.reply_apart(language, "not_for_office", {})


def _verify(letter: Letter, speakers: list[Speaker], language: str) -> None:
    wanted = receipts.asked(argument(letter.sms.text))
    if wanted is None:
        letter.reply(language, "verify")
        return
    answer = receipts.verify(letter.db, wanted, [each.cooperative_id for each in speakers])
    letter.reply(language, "verify", receipt_words.verify_facts(wanted.printed, answer))


def missed_call(letter: Letter) -> None:
    """A call that nobody picked up asks for a call back, and for no SMS: who calls would rather hear than read."""
    speakers = members.on_phone(letter.db, letter.sms.phone)
    _ask_for_call(letter, speakers, _language(letter, speakers), "missed_call")


def _ask_for_call(letter: Letter, speakers: list[Speaker], language: str, topic: str) -> bool:
    """Have somebody called back; False when they were called often enough that day."""
    who = _alone(speakers)
    given = (letter.sms.phone, who.member_id if who else None, language, topic, letter.now)
    return calls.ask_for_call(letter.db, *given) is Asked.NOTED


def _call(letter: Letter, speakers: list[Speaker], language: str) -> None:
    letter.reply(language, "call_back" if _ask_for_call(letter, speakers, language, "sms") else "enough_calls")


def _stop(letter: Letter, _speakers: list[Speaker], language: str) -> None:
    announcing.silence(letter.db, letter.sms.phone, letter.now)
    letter.reply(language, "stopped")


def _start(letter: Letter, _speakers: list[Speaker], language: str) -> None:
    inbox.opt_in(letter.db, letter.sms.phone)
    letter.reply(language, "started")


def _says_only(kind: str, **facts: object) -> Answering:
    return lambda letter, _speakers, language: letter.reply(language, kind, dict(facts))


def _not_understood(letter: Letter, _speakers: list[Speaker], language: str) -> None:
    """The office reads it; the phone is told so once a day."""
    day = letter.now - timedelta(days=1)
    if not messages.queued_since(letter.db, letter.sms.phone, day, "not_understood"):
        letter.reply(language, "not_understood")


ANSWERS: Mapping[Intent | None, Answering] = {
    Intent.DUES: _dues,
    Intent.SHARE: _share,
    Intent.MEETING: _meeting,
    Intent.COMPLAINT: _complaint,
    Intent.FOLLOW: _by_dialling,
    Intent.PRICE: _says_only("prices"),
    Intent.RIGHTS: _says_only("rights"),
    Intent.LANGUAGE: _says_only("languages"),
    Intent.CALL: _call,
    Intent.STOP: _stop,
    Intent.START: _start,
    Intent.HELP: _says_only("help_words"),
    Intent.YES: _says(coming=True),
    Intent.NO: _says(coming=False),
    Intent.VERIFY: _verify,
    Intent.UNSURE: _unsure,
}
