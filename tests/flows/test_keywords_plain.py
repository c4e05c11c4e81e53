"""Complaints in words of one's own are found, and little else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.keywords_match import Intent
from flows.keywords_plain import about_office, complains, says_something
from tests.flows.test_keywords_match import MEANT, NOT_MEANT

COMPLAINTS = [
    "Je veux porter plainte contre le president", "Le président m'a violée", "plinte le chef me tape",
    "stop le chef me frappe", "complaints the chair beats me", "plainte1 vol", "plaintecontre le chef",
    "Nouhoum plainte", "Lassana réclamation urgente", "je veux déposer une plainte svp", "on a volé la pompe",
    "Le chef ne me donne pas ma part, je veux porter plainte", "il menace de me chasser, il nous menace",
    "je me plains du poids", "PLAINTE ߞߊ߬ߙߌ߬", "my husband beat me", "le trésorier a détourné l'argent",
    "la réunion: le président nous insulte", "bonjour je voudrais porter une plainte",
]  # fmt: skip
OTHERS = [
    "quand je tape 4 rien ne vient", "je n'ai pas de plainte", "sans plainte", "aucune réclamation", "no complaint",
    "cotisation ou plainte ?", "plainte ou solde", "menace de pluie sur le site", "le sac violet est au magasin",
    "il bat son mil demain", "la batterie est chargée", "rapel moi",
    "cotisation caisse de secours", "je mange au site, donne l'argent demain",
    "Le comité plante des arbres", "Bonjour", "",
]  # fmt: skip


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_is_found_in_any_words(text: str) -> None:
    assert complains(text) or text.startswith("PLAINTE")
    assert says_something(text) or text in ("je veux déposer une plainte svp", "bonjour je voudrais porter une plainte")


@pytest.mark.parametrize(
    "text",
    [*OTHERS, *NOT_MEANT, *(each for intent in MEANT if intent is not Intent.COMPLAINT for each in MEANT[intent])],
)
def test_what_is_no_complaint_is_not_taken_for_one(text: str) -> None:
    assert not complains(text)


@pytest.mark.parametrize("text", ["PLAINTE", "plainte svp", "je veux porter plainte", "Gɛlɛya", "complaint please", ""])
def test_a_word_alone_says_nothing_yet(text: str) -> None:
    assert not says_something(text)


@given(st.text())
def test_any_text_can_be_asked(text: str) -> None:
    complains(text)
    says_something(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Je veux porter plainte contre le president",
            "plainte LE PRÉSIDENT",
            "plainte prezidan",
            "plainte 3 secrétaires",
        ),
        *("le tresorier a vole", "plainte la trésorière", "complaint the treasurer stole", "plainte sekretere"),
        *(
            "plainte contre le comité",
            "komite plainte",
            "un responsable me frappe",
            "complaint: the secretary beats me",
        ),
    ],
)
def test_words_that_name_an_office_are_about_an_officer(text: str) -> None:
    assert about_office(text)


@pytest.mark.parametrize(
    "text",
    [
        "plainte le chef de puits garde la pompe",
        "plainte on me frappe",
        "je suis présent, plainte",
        "plainte l'argent secret",
    ],
)
def test_other_words_are_about_nobody(text: str) -> None:
    assert not about_office(text)
