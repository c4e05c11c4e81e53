import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.keywords_match import Intent, argument, match

COTISATION = (
    "KOTISASON Kotizasyon COTISASSION cotisacion kotisation COTIZATION cotisaton ctoisation cotiz C0TISAT1ON "
    "kotisasiyɔn"
)

MEANT = {
    Intent.DUES: [
        *COTISATION.split(), "COTI", "Cotis", "je veux payer ma cotisation", "solde", "SOLDDE", "sodle",
        "mon solde svp", "Compte", "BALANCE", "balence", "dues", "i want to pay", "SARALI", "Sara", "njoɓdi", "fey",
        "tugaadi", "Tɔ", "des",
    ],
    Intent.SHARE: ["PART", "ma part", "my share"],
    Intent.MEETING: [
        "REUNION", "réunion", "reunyon", "REUN1ON", "AG", "meeting", "Ɲɔgɔnye", "gnogonye", "nyogonye", "ndaje", "batu",
        "bûngbi", "quand la reunion ?",
    ],
    Intent.COMPLAINT: [
        "PLAINTE", "plinte", "Réclamation", "complaint", "Gɛlɛya", "guèlèya", "kalaame",
        "PLAINTE le chef a volé l'argent de la part et le solde",
        "plainte: arret de travail",
    ],
    Intent.FOLLOW: ["SUIVI", "SUIVI 482915 3071", "suivie 482915"],
    Intent.PRICE: ["prix", "le prix de l'or svp", "prix Kayes 24k", "sɔngɔ", "njëg"],
    Intent.RIGHTS: ["DROIT", "DROIT eau", "droits", "rights"],
    Intent.LANGUAGE: ["LANGUE", "langues", "language", "kan", "làkk", "ɗemngal", "yângâ"],
    Intent.CALL: ["RAPPEL", "rapel", "appelez-moi", "Appelle moi", "call me", "wele", "ecouter"],
    Intent.STOP: ["STOP", "STOP SVP", "je veux arreter", "Arrêtez", "stop all", "OPT-OUT", "unsubscribe", "Stope"],
    Intent.START: ["START", "reprendre", "UNSTOP"],
    Intent.HELP: ["AIDE", "A1DE", "aide stp", "Aide s'il vous plaît", "help me please", "dɛmɛ", "ndimbal", "info"],
    Intent.YES: ["oui", "Oui !", "OUI SVP", "yes", "awɔ", "waaw", "Yo"],
    Intent.NO: ["NON", "non merci", "no", "ayi", "déedéet", "Én-en"],
    Intent.VERIFY: ["VERIF 12345-6", "verif", "vérifier 12345-6"],
}  # fmt: skip

NOT_MEANT = [
    "sarati", "Sarah", "soldat", "stp", "Ayité", "Kanté", "Kotia", "Sarr", "Sara Koné", "Balla", "Ndiaye", "Zongo",
    "Paré", "Conté", "Faye", "Nonna", "Yoro", "comité", "plante", "CANCEL", "ANNULER", "FIN", "END", "1", "482915",
    "A", "O", "", "...", "\U0001f600", "N", "no money", "oui non", "ouii", "noon", "to yo", "prix solde",
    "cotisation ou plainte ?",
    "oui cotisation", "pas de plainte", "il part demain", "le chef aide son frère",
    "Le président a parlé du prix et de la cotisation mais personne n'a rien vu",
    "il faut stopper les travaux", "reprend", "Kalam", "mon kan", "sonde", "mangue", "yo svp", "oui je veux", "deedet",
]  # fmt: skip


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in MEANT.items() for text in texts])
def test_a_keyword_is_recognised(intent: Intent, text: str) -> None:
    assert match(text) is intent


@pytest.mark.parametrize("text", NOT_MEANT)
def test_what_is_no_keyword_or_two_is_not_guessed(text: str) -> None:
    assert match(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("PLAINTE Le chef a volé l'argent ", "Le chef a volé l'argent"),
        ("plainte : été, hiver\nligne deux", "été, hiver\nligne deux"),
        ("VERIF 12345-6", "12345-6"),
        ("SUIVI 482915 3071", "482915 3071"),
        ("DROIT", ""),
        ("", ""),
    ],
)
def test_the_argument_keeps_its_spelling(text: str, rest: str) -> None:
    assert argument(text) == rest


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    match(text)
    assert argument(text) in text


@given(st.sampled_from(["oui", "non", "yes", "waaw"]), st.characters(codec="ascii", categories=["Ll"]), st.data())
def test_yes_and_no_are_never_guessed(word: str, letter: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    assert match(word[:at] + letter + word[at:]) not in {Intent.YES, Intent.NO}
