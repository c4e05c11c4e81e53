import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import gsm

ANY_TEXT = st.text(st.characters(exclude_categories=[]) | st.sampled_from("èòéàŋŊɲƝɛƐɔ’½²1\x1b\r\n\u0300\u200b€[ê"))
LANGUAGE = st.sampled_from(gsm.LANGUAGES)
EMOJI = "\U0001f600"

SAMPLES = [
    (
        "fr",
        "Coopérative de Kéniéba : votre cotisation de 5 000 F est bien reçue. Solde dû : 12 500 F. Tapez 1.",
        "Coopérative de Kéniéba : votre cotisation de 5 000 F est bien recue. Solde du : 12 500 F. Tapez 1.",
    ),
    (
        "fr",
        "Réunion le 14 août à 8h chez M. Koné. Répondez OUI si vous êtes là, NON sinon.",
        "Réunion le 14 aout à 8h chez M. Koné. Répondez OUI si vous etes là, NON sinon.",
    ),
    (
        "fr",
        "Votre plainte nº 27 a été enregistrée. Le comité vous répondra d’ici 7 jours – merci.",
        "Votre plainte no 27 a été enregistrée. Le comité vous répondra d'ici 7 jours - merci.",
    ),
    (
        "fr",
        "« Part de l’or » : 3,25 g à 62 €/g. Cœur du prix : cours du 1er février.",
        '" Part de l\'or " : 3,25 g à 62 €/g. Coeur du prix : cours du 1er février.',
    ),
    (
        "fr",
        "Où êtes-vous ? Ça va ? Fenêtre fermée, île, naïf, Noël, sûr, gêné, forêt, leçon, ŒUVRE, À BIENTÔT.",
        "Où etes-vous ? Ça va ? Fenetre fermée, ile, naif, Noel, sur, gené, foret, lecon, OEUVRE, A BIENTOT.",
    ),
    (
        "bm",
        "Hadamadenw bɛɛ danmakɛɲɛnen bɛ bange, danbe ni josiraw la.",
        "Hadamadenw bèè danmakènyènen bè bange, danbe ni josiraw la.",
    ),
    ("bm", "Yɛlɛmaliw kura fitini dogo", "Yèlèmaliw kura fitini dogo"),
    (
        "bm",
        "I ni ce! I ka wari sarala. Tɔ: 12 500 F. Ɲɛ 1 digi dɛmɛ kama.",
        "I ni ce! I ka wari sarala. Tò: 12 500 F. Nyè 1 digi dèmè kama.",
    ),
    (
        "bm",
        "Ɲɔgɔnye bɛ kɛ alamisa don, nɛgɛ kaɲɛ 8 la. Ɔwɔ = 1, Ayi = 2",
        "Nyògònye bè kè alamisa don, nègè kanyè 8 la. Owò = 1, Ayi = 2",
    ),
    (
        "dyu",
        "Adamaden bɛɛ ye hɔrɔn ye, u bɛɛ danbe ni u ka sariya bɛ kelen.",
        "Adamaden bèè ye hòròn ye, u bèè danbe ni u ka sariya bè kelen.",
    ),
    (
        "dyu",
        "K’à mìna à mà à ká kán tériya’ yé kɛ jàmanaw ni ɲgɔn cɛ,",
        "K'a mina a ma a ka kan teriya' ye kè jamanaw ni nygòn cè,",
    ),
    (
        "dyu",
        "I ni wari ! I ka wari sɔnna. Ŋɔmi feere wari: 2 000 F.",
        "I ni wari ! I ka wari sònna. Ngòmi feere wari: 2 000 F.",
    ),
    ("emk", "Hadamadennu bɛɛ sɔdɔnɲa kan ka bɛɛ tɛnbɛ la.", "Hadamadennu bèè sòdònnya kan ka bèè tènbè la."),
    (
        "emk",
        "Bani adamaya lakanda ye wajibi le di, fo jamana ye kɛ jamana dafani le di",
        "Bani adamaya lakanda ye wajibi le di, fo jamana ye kè jamana dafani le di",
    ),
    ("emk", "I nuwali. Ladɛ di kɛ taratalon sɔɔma. Ɔɔn=1 Adɛ=2", "I nuwali. Ladè di kè taratalon sòòma. Oòn=1 Adè=2"),
    ("ff", "Suuɗ taƴtanɗe pamare e bayle cakkitiiɗe", "Suud taytande pamare e bayle cakkitiide"),
    ("ff", "Ɗaccu hakke, carworɗe ɗee ko keewraa oo sahaa.", "Daccu hakke, carworde dee ko keewraa oo sahaa."),
    (
        "ff",
        "E tuugnaade ina teeŋti nde ɓamtatoo ɓiyngu yummaagu hakkunde leyɗeele",
        "E tuugnaade ina teengti nde bamtatoo biyngu yummaagu hakkunde leydeele",
    ),
    (
        "ff",
        "A jaaraama. Njoɓdi maa heɓaama: 5 000 F. Ñaamaande: 2 500 F.",
        "A jaaraama. Njobdi maa hebaama: 5 000 F. Ñaamaande: 2 500 F.",
    ),
    ("wo", "Nëbb coppite yu néewal yi mujj", "Nebb coppite yu néewal yi mujj"),
    ("wo", "Rëddaatu lëkkalekaay yi :", "Reddaatu lekkalekaay yi :"),
    (
        "wo",
        "Ñu jàpp ne ci bataaxal boobule mbootaayu xeet yi yeesalaat na",
        "Ñu jàpp ne ci bataaxal boobule mbootaayu xeet yi yeesalaat na",
    ),
    (
        "wo",
        "Jërëjëf! Sa fey jot na: 5 000 F. Ndaje mi: àjjuma ci 8i waxtu. Bésal 1 ngir ndimbal. Ŋank.",
        "Jerejef! Sa fey jot na: 5 000 F. Ndaje mi: àjjuma ci 8i waxtu. Bésal 1 ngir ndimbal. Ngank.",
    ),
    (
        "snk",
        "O ga na a faayi nan ti mejanŋaaxun nan siri ñaana jamaanun naxa.",
        "O ga na a faayi nan ti mejanngaaxun nan siri ñaana jamaanun naxa.",
    ),
    (
        "snk",
        "Sere su yan saareyen ga na, a d’i bataaxun ŋa kaane.",
        "Sere su yan saareyen ga na, a d'i bataaxun nga kaane.",
    ),
    (
        "snk",
        "Nawari ! An tugande dugutaana : 5 000 F. Yillaade xaranŋe 1.",
        "Nawari ! An tugande dugutaana : 5 000 F. Yillaade xarannge 1.",
    ),
    ("sg", "Hônde âkêtê lönzïngö-sû sô asï fadê na yâ tî gbâsû", "Honde akete lonzingo-su so asi fade na ya ti gbasu"),
    (
        "sg",
        "Âlêmbëtï sô mbï sâra, zîa nî kûê na yâ tî molongö tî mbï tî bängö-pekô.",
        "Alembeti so mbi sara, zia ni kue na ya ti molongo ti mbi ti bango-peko.",
    ),
    (
        "sg",
        "Singîla mîngi! Mo futa 5 000 F awe. Bûngbi: bïkuatâ. Pîka 1 tî wara mungö-mabôko.",
        "Singila mingi! Mo futa 5 000 F awe. Bungbi: bikuata. Pika 1 ti wara mungo-maboko.",
    ),
    (
        "sg",
        "Kodë « FÎNÏ » : mo yê mo hûnda mbênî tënë, to na ë 2.",
        'Kode " FINI " : mo ye mo hunda mbeni tene, to na e 2.',
    ),
]


@pytest.mark.parametrize(("language", "text", "expected"), SAMPLES)
def test_a_message_is_spelt_in_the_alphabet(language: str, text: str, expected: str) -> None:
    converted = gsm.to_gsm7(text, language)
    assert (converted.text, converted.unmapped) == (expected, ())
    assert converted.septets == gsm.septets(expected)
    assert converted.segments == 1


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("bm", "Ŋomi ŊOMI KAŊ Ɲɛ ƝƐ", "Ngomi NGOMI KANG Nyè NYE"),
        ("fr", "Œuvre ŒUVRE ÀÈÙ Çç", "Oeuvre OEUVRE AEU Çc"),
        ("bm", "tεnεn Ƞomi ƞ ɳ ℇ", "tènèn Ngomi ng ny E"),
        ("dyu", "kò fɔ̀ mìna", "ko fò mina"),
        ("dyu", "bè kò à", "bè kò a"),
        ("ff_GN", "ɓiɗɗo ƴiiƴam Ŋari ɠ Ɓii", "bhidhdho yhiiyham Nhari gh Bhii"),
        ("sg", "bängö É ñ ɛɔ", "bango E n eo"),
        ("fr", "Re\u0301union\u200b\u00ad\ufeff\r\nnº 3\u202f000\u00a0F…", "Réunion\nno 3 000 F..."),
        ("fr", "a\r\r\nb", "a\nb"),
        ("fr", "1½ g ×2, 10² et ½", "1 1/2 g x2, 10 2 et 1/2"),
        ("fr", "\x1b ߒߞߏ `", "? ??? '"),
    ],
)
def test_letters_marks_and_signs(language: str, text: str, expected: str) -> None:
    assert gsm.to_gsm7(text, language).text == expected


def test_a_lone_confusable_is_greek_in_french() -> None:
    assert gsm.to_gsm7("ε", "fr").unmapped == ("ε",)


def test_what_is_lost_is_told_once_in_order() -> None:
    converted = gsm.to_gsm7("ɓê ɛɲŋ œ’ ê ߞ Ɛ é ߞ", "ff")
    assert converted.lossy == ("ɓ", "ê", "Ɛ")
    assert converted.unmapped == ("ߞ",)
    assert gsm.to_gsm7("kɔ̀ à ɲ", "bm").lossy == ("\u0300", "à")
    assert gsm.to_gsm7("ɓɗ", "ff_GN").lossy == ()


def test_ascii_for_gateways_that_garble_accents() -> None:
    converted = gsm.to_gsm7("Réunion ñ Ç ɛ Æ 5 €, Ω", "bm", ascii_only=True)
    assert converted.text == "Reunion n C e Ae 5 EUR, ?"
    assert converted.unmapped == ("Ω",)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(gsm.UnknownLanguageError, match="'xx'"):
        gsm.to_gsm7("ok", "xx")


def test_the_alphabet_has_127_letters_and_ten_extensions() -> None:
    assert (len(set(gsm.BASIC)), len(gsm.EXTENSION)) == (127, 10)
    assert "\x1b" not in gsm.GSM7
    assert "`" not in gsm.GSM7


@given(ANY_TEXT, LANGUAGE, st.booleans())
def test_conversion_stays_in_the_alphabet_and_changes_nothing_twice(text: str, language: str, ascii_only: bool) -> None:
    once = gsm.to_gsm7(text, language, ascii_only)
    assert gsm.is_gsm7(once.text)
    assert not ascii_only or once.text.isascii()
    assert (once.septets, once.segments) == (gsm.septets(once.text), len(gsm.split(once.text)))
    assert gsm.to_gsm7(once.text, language, ascii_only) == gsm.Converted(once.text, once.septets, once.segments)
    assert set(once.lossy + once.unmapped) <= set(unicodedata.normalize("NFC", text.replace("\u200b", ""))) | set(text)


@pytest.mark.parametrize("language", gsm.LANGUAGES)
def test_every_character_has_a_spelling_or_is_reported(language: str) -> None:
    for char in map(chr, [*range(0x3000), *range(0xFB00, 0x10000), *range(0x1D400, 0x1D800)]):
        converted = gsm.to_gsm7(char, language)
        assert gsm.is_gsm7(converted.text)
        assert converted.text or unicodedata.category(char)[0] == "M" or unicodedata.category(char) == "Cf"
        assert ("?" in converted.text) == bool(converted.unmapped) or "?" in unicodedata.normalize("NFKD", char)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 159 + "€", 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("[" * 153, 3),
        ("ɛ" * 70, 1),
        ("ɛ" * 69 + EMOJI, 2),
        ("ɛ" * 66 + EMOJI + "ɛ" * 66, 3),
        (EMOJI * 67, 3),
        ("ê" * 100, 2),
    ],
)
def test_parts_at_the_boundaries(text: str, parts: int) -> None:
    assert gsm.segments(text) == len(gsm.split(text)) == parts


def test_a_letter_keeps_its_marks_across_parts() -> None:
    assert gsm.split("ɛ" * 66 + "ɔ\u0300" + "a" * 10)[1].startswith("ɔ\u0300")


def test_marks_that_outgrow_a_part_are_cut() -> None:
    assert [len(part) for part in gsm.split("ɔ" + "\u0300" * 100)] == [67, 34]


def test_septets_of_a_text_outside_the_alphabet_are_refused() -> None:
    assert gsm.septets("a€[") == 5
    with pytest.raises(ValueError, match="'ê'"):
        gsm.septets("aê")


@given(st.text(st.sampled_from("aé€[") | st.sampled_from("aɛ\u0300" + EMOJI), max_size=400))
def test_parts_join_back_and_fit(text: str) -> None:
    parts = gsm.split(text)
    assert "".join(parts) == text
    assert all(parts)
    plain = gsm.is_gsm7(text)
    limit = {(True, 1): 160, (True, 2): 153, (False, 1): 70, (False, 2): 67}[plain, min(len(parts), 2) or 1]
    for part in parts:
        assert (gsm.septets(part) if plain else len(part.encode("utf-16-le")) // 2) <= limit
