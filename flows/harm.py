"""Whether words tell of a wrong that is done to somebody, in the French and English of people with little schooling.

Heard, not read: a stem by how it sounds, whatever its ending and its spelling. One taken wrongly for a wrong costs a
look by the committee; one that is missed lies before the office that may have done it.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from flows.spelling import sound

# What is done to somebody, whoever it is done to. What else it may mean is rare in a message to a cooperative.
_ALWAYS = re.compile(
    "v[iy]+ol|frap|[gj]ifl|agres|ara?[sc]el|atuX|tabas|abus|eskro|arnak|deturn|[ie]nsult|injur|umil|esklav|raket?$"
    "|kor(up|omp)|tortur|masakr|asasin|Xanta[gj]|maltr|bagar|sexu|sexe?$|kares|de[sX]abi|[iu]njus|frod|triX|truk|maguil"
    "|expuls|degerp|eksklu|sekestr|kidnap|Xikot|etrangl|ligot|dan[gj]er|o?sekurs?$|maXet|fusil|kuto$|pistol|polu"
    "|empois|ran[sk]on$|vol(er?|en|eur|ai|eus)?$|saiN|peur$|batu[es]?$"
)
_ALWAYS_IN_ENGLISH = re.compile(
    "beat(?!ri)|steal|stole|robb|threat|treten|haras|rap(e[ds]?|ing|ist)$|thie[fv]|theft|asault|assault|molest|abduct"
    "|bull(y|ied)|cheat|brib|extort|murder|blackmail|unfair|afraid$|scared$|sos$|attacke?d"
)
_OTHERWISE = re.compile("viol(et|on|in)|batu$|secours?$|robinet")

# Of these it depends on whom: "je tape 4", "menace de pluie", "le puits est touché".
_ON_SOMEBODY = re.compile(
    "(tap|tuX|fors|Xas|ko[Ng]n?|pus|tir|vir|klak|box|grif|pins|mor[dt]u?|jet|lans|tromp|drag|trait|kri|kraX|fuet|grond|blok|aret)"
    "(e|er|en|ai|ain|e[rst]|an|an[ts])?$"
    "|bat(u|en|r|ai|er)?$|m[ea]n[ae]s|tu(e[rst]?|en|e[sr])$|bles|renvo[iy]|refus|empeX|pursui|deran[gj]|embras|atak"
    "|buskul|enferm|enlev|obli[gj]|explo[iy]t(?!ation)|interdi|exklu|priv[es]?$|akus|ataX|deplas|atrap|seku[es]?$"
    "|brul|mepri|(doi|doiv|doiven|sui|suiv|suiven)$"
)
_SOMEBODY = frozenset({"me", "m", "ma", "mon", "mont", "mas", "nous", "nou", "lui", "te", "t"})
_THEM = frozenset({"l", "les", "leur"})  # "l a tapee": without what comes between it would be "la touche"
_DID = frozenset({
    *("a", "as", "ont", "on", "avait", "avaient", "va", "vont", "veut", "veulent", "vou", "veu", "voulait", "fait"),
    *("peut", "failli", "plus", "deja", "encore", "toujours", "trop", "souvent", "aussi", "beaucoup", "bien", "mal"),
    *("tous", "tout", "fort", "vraiment", "pas", "jamais", "etre", "ete", "meme", "viens", "vient", "de", "hier"),
})  # fmt: skip
_SUFFERED = re.compile("(je|j|nous|on|ai|sui[st]?|sommes|ete|fait|il|elle|est|sont|ont|a|avons|ici|ils|elles)$")
_WAS = frozenset({"suis", "sommes", "ete", "fait", "sui"})
_UNDONE = re.compile("(tap|Xas|fors|tuX|bat|bles|m[ea]n[ae]s|aret|tue|tuer|vir|renvo|blok|atak|akus|priv)")
_PEOPLE = re.compile(
    "(moi|mwa|nous|mari|peti|fam$|famil|fem|fil(e|s)?$|filet|enfan|anfan|garson|frer|ser$|soeur|mer$|per$|maman|papa|vieu"
    "|gens|jen$|travail|orpai|epou|mer$|bebe|kop|ami|kon$)"
)

# What is taken, kept or spoiled: theirs, when it is said whose it is, or when it is the gold or the money.
_TAKES = re.compile(
    "(pri[est]?$|pren|mang|man[gj]|buf|kas(e|er|en)?$|brul|sakag|sakaj|detrui|araX|aras|vend|gard|kaX|kup(e|er|en)?$"
    "|retir|ratir|efas|konfisk|diminu|redui|refus|ramas|rama$|enlev|sort|vid(e|er|en)?$|depens|bles|tap(e|er|en)?$"
    "|tuX|fors|pus(e|er|en)?$|bat|Xas|tue|m[ea]n[ae]s)"
)
_MINE = frozenset({"mon", "ma", "mes", "notre", "nos", "not", "leur", "leurs", "nautre", "notr"})
_RICHES = re.compile("(l|d)?(ar[gj][ea]n|or$|kes$|kais)")
_BY_ONESELF = frozenset({"j", "je", "jai", "ai", "avons", "i", "we"})

# Of pay that did not come. Who did not pay a due says so of themselves.
_NOT = frozenset({"pas", "rien", "jamais", "not", "never", "dont", "didnt", "hasnt", "havent", "pa", "nobody"})
_PAID = re.compile("(pay|pai[eé]?$|paid|peye|peie|remun|rembours|donn?e|don$|remi)")
_GOT = re.compile("(resu|rekus|reku|reci|eu$|gagne|gaN|get$|got$|receiv|tuX)")
_SHARE = re.compile("(part?$|par$|ar[gj]en|largen|or$|lor$|salair|pai|paye|du$|du[es]$|mon[ey]+$|share|gold|pay|wage)")

_TOGETHER = tuple(
    (re.compile(f"({first})$"), re.compile(f"({second})$"))
    for first, second in (
        ("kuX(er?|e)?|dorm(ir)?|kuXe|kuXer", "moi|mwa|nous|el|fil"),
        ("fai|fe|fair|fer|faisai|faison|fon", "mal"),
        ("en|an", "prive?"),
        ("parl(er?|e)?", "seul|prive?|sekre"),
        ("talk|speak", "private|alone|privat|privatel[yi]"),
        ("pa|pas", "just|jus|normal|oner?e|eg(al|o)|egal|onnete|onet"),
        ("not", "fair|right|equal|just|honest"),
        ("mi|mis|met|mise", "enseint|ansaint|enseinte|ansint"),
        ("sov(er?|e)?|protej(e[rs]?)?|proteg(e[rs]?)?", "moi|mwa|nous"),
        ("save|protect", "me|us"),
        ("sle?p", "me"),
        ("ea|eats?|ate", "money"),
        ("l?ar[gj][ea]n|l?or|keis|kais|money|gold", "dispar.*|mank.*|perdu|mising|gon|gone|disap.*|lost"),
        ("mank.*|mising|dispar.*", "l?ar[gj][ea]n|l?or|money|gold"),
        ("ku|kup|kou", "poin[gt]?|baton|pie|pied|kuto|fuet?|poin"),
        ("maria[gj]|travail|travo", "fors(e|es)?"),
        ("[ea]nfan.*", "travail.*|puit?s?|puis"),
        ("Xildren|kids?", "work.*"),
        ("po", "vin"),
        ("main", "moi|mwa"),
        ("pri|par|de|a", "fors"),
        ("l?amur", "avek|moi"),
        ("mon", "kor|korp|kors"),
        ("profi.*", "moi|mwa|nous|fam|fil"),
        ("demand.*", "kuX.*"),
        ("pay.*|pai.*", "moin|moins|mwin"),
        ("probl?em", "avek|entre|entr|with"),
    )
)
_HURTS = re.compile(
    "(hit(s|ted|ting)?|hits|tuch|touch|forc|fors|push|kick|kill|hurt|chas|grab|slap|shot|shoot|burn|bit|bite|bites"
    "|punch|attack|cut|cuts|stab|follow(s|ed|ing)|arrest|fired|sack|refus|scream|shout|beet|bully|deny|denied)"
)
_TAKES_IN_ENGLISH = re.compile("(took|takes?$|taken|taking|keeps|kept|sold|ate$|broke|destroy|tok$|hid|hides|spent)")
_ME = frozenset({"me", "us", "my", "him", "her", "them", "our", "mi"})
_OURS = frozenset({"my", "our", "me", "us"})
_PROFITS = frozenset({"gold", "money", "share", "shares", "cash"})


@lru_cache(maxsize=4096)
def heard(word: str) -> str:
    """How a word sounds; X is the sound of "ch"."""
    return sound(re.sub("s?ch|sh", "X", word))


def tells_of_harm(words: Sequence[str]) -> bool:
    """Whether words, in plain small letters, tell of a wrong done to somebody, or call for help."""
    sounds = [heard(word) for word in words]
    if _calls_for_help(words, sounds) or _unpaid(words, sounds):
        return True
    return any(
        _a_wrong(words[at], sounds[at])
        or _on_somebody(words, sounds, at)
        or _takes(words, sounds, at)
        or _in_english(words, at)
        or _together(sounds, at)
        for at in range(len(words))
    )


def _calls_for_help(words: Sequence[str], sounds: Sequence[str]) -> bool:
    said = " ".join([*words, "."])
    if re.search(r"\b(a l ?aide|al aide|alaide)\b(?! d)", said):
        return True
    return re.search(r"\b(o|a|os) ?sekurs?\b", " ".join(sounds)) is not None


def _a_wrong(word: str, heard_as: str) -> bool:
    if _OTHERWISE.match(word):
        return False
    joined = re.sub("^(ma|me|mon|l|j|d|la)(?=[a-zX]{3})", "", heard_as)
    return bool(
        _ALWAYS.match(heard_as) or _ALWAYS_IN_ENGLISH.match(word) or (joined != heard_as and _ALWAYS.match(joined))
    )


def _before(words: Sequence[str], at: int) -> tuple[str, int]:
    """The first word before a verb that is no part of it, and how many are between."""
    between = 0
    while at - between > 0 and between < 4 and words[at - between - 1] in _DID:
        between += 1
    return (words[at - between - 1] if at - between > 0 else ""), between


def _on_somebody(words: Sequence[str], sounds: Sequence[str], at: int) -> bool:
    word, verb = words[at], sounds[at]
    if joined := re.match("(ma|me|mon|nu)(?=...)", verb):
        rest = verb[joined.end() :]
        if _UNDONE.match(rest) and _ON_SOMEBODY.match(rest):
            return True
    if not _ON_SOMEBODY.match(verb) or word.endswith("ons") or word in ("suis", "sui"):
        return False
    whom, between = _before(words, at)
    if whom in _SOMEBODY or (whom in _THEM and between):
        return True
    if _UNDONE.match(verb) and (whom in _WAS or words[max(at - 1, 0)] in ("ete", "fait")):
        return True
    return any(_PEOPLE.match(each) for each in sounds[at + 1 : at + 4])


def _takes(words: Sequence[str], sounds: Sequence[str], at: int) -> bool:
    if not _TAKES.match(sounds[at]) or words[at] == "prix" or _oneself(words, at):
        return False
    after = words[at + 1 : at + 4]
    return bool(_MINE.intersection(after[:2])) or any(_RICHES.match(each) for each in sounds[at + 1 : at + 4])


def _oneself(words: Sequence[str], at: int) -> bool:
    """Whether it is who writes that does it: "j ai pris ma part"."""
    return bool(_BY_ONESELF.intersection(words[max(at - 3, 0) : at])) or words[at].endswith(("ons", "ez"))


def _in_english(words: Sequence[str], at: int) -> bool:
    after = words[at + 1 : at + 4]
    if _HURTS.match(words[at]) and _ME.intersection(after):
        return True
    whose = bool(_OURS.intersection(after) or _PROFITS.intersection(after))
    return bool(_TAKES_IN_ENGLISH.match(words[at])) and whose and not _oneself(words, at)


def _together(sounds: Sequence[str], at: int) -> bool:
    after = sounds[at + 1 : at + 4]
    return any(one.match(sounds[at]) and any(other.match(each) for each in after) for one, other in _TOGETHER)


def _unpaid(words: Sequence[str], sounds: Sequence[str]) -> bool:
    return any(
        _not_paid(words, sounds, at) or _not_received(sounds, at) for at, word in enumerate(words) if word in _NOT
    )


def _not_paid(words: Sequence[str], sounds: Sequence[str], at: int) -> bool:
    before, after = words[max(at - 4, 0) : at], words[at + 1 : at + 5]
    if not any(_PAID.match(each) for each in sounds[at + 1 : at + 3]):
        return bool(sounds[:at] and _PAID.match(sounds[at - 1]) and {"me", "m", "nous"}.intersection(before))
    if {"me", "m", "ma", "nous", "suis", "sommes", "was", "were", "been", "am"}.intersection(before):
        return "avons" not in before
    if {"us", "me", "moi", "nous"}.intersection(after):
        return True
    return not _any_of(before, _BY_ONESELF) and bool({"mon", "ma", "notre", "nos", "my", "our"}.intersection(after))


def _any_of(words: Collection[str], some: Collection[str]) -> bool:
    return any(each in some for each in words)


def _not_received(sounds: Sequence[str], at: int) -> bool:
    after = sounds[at + 1 : at + 6]
    got = next((index for index, each in enumerate(after[:3]) if _GOT.match(each)), None)
    return got is not None and any(_SHARE.match(each) for each in after[got + 1 :])
