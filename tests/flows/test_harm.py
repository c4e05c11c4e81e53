"""A wrong that somebody tells of in their own spelling is heard; what people write every day is not taken for one."""

import pytest

from flows.keywords_plain import complains, may_hurt

HARM = [
    # on one's body, in the past and now
    "on m'a tapee hier", "on ma taper", "il matapé", "le chef m'a touchee la nuit", "il m'a touchée",
    "il ma toucher", "il m'a forcée", "le chef me force la nuit", "on nous a chassé", "il m'a chassée de la mine",
    "il nous chase du puit", "ils ont frape mon mari", "on ma frapé", "mon chef ma fraper", "i me frap",
    "mafrapé hier soir", "on m'a cogné", "ils mont batu", "ils nous ont battus", "je suis battue",
    "j'ai été tapé par le chef", "il a tapé ma femme", "ils ont touché ma fille",
    "il force les enfants a descendre", "il m'a violer", "on a vyolé ma soeur", "il m'a giflée devant tous",
    "jiflé par le secretaire", "il m'a poussé dans le trou", "il m'a blessé", "il veut me tuer",
    "ils vont nous tuer", "il menace mon frere", "on me menasse", "il me manace", "ils m'ont attaché",
    "il m'a enfermée", "il me suit partout", "il me derange chaque nuit", "il m'a déshabillée",
    "il veut coucher avec moi", "il veut dormir avec moi sinon pas de travail", "il m'a mise enceinte",
    "il me fait mal", "on nous fait du mal", "on m'oblige a travailler", "mariage forcé de ma fille",
    "les enfants travaillent dans le puits", "coups de baton", "il m'a insulté", "il me insulte",
    "ils m'ont chicoté", "j'ai peur de lui", "je suis en danger",
    # to be helped, and to be alone with it
    "au secour", "au secours", "o sekour", "osecour", "a l'aide", "alaide", "sauvez moi", "SOS",
    "je veux parler en prive",
    # what is one's own
    "le chef a pris mon or", "il a pris notre part", "on a pri ma part", "ils ont cassé ma maison",
    "on a brulé mon champ", "il a bouffé notre argent", "ma part n'est pas juste", "c pa juste",
    "le partage est injuste", "l'argent a disparu", "il manque de l'argent dans la caisse", "on ne m'a pas paye",
    "on ne nous paye pas", "je n'ai pas recu ma part", "je suis pas payé", "ils ont refusé ma part",
    "on m'a refusé l'argent", "on m'a volé", "il a vole mon sac d'or", "on m'a viré", "on m'a exclu du groupe",
    "ils ont arraché mes outils", "le tresorier cache l'argent", "on ma renvoyé sans rien",
    "il m'a trompé sur le poids", "ils bloquent, ils nous bloquent la route",
    # in English
    "he hit me", "he touched me", "he tuched me", "he forced me", "they beat my husband",
    "the chairman took my gold", "they took our money", "he wants to sleep with me", "they have not paid us",
    "i was not paid", "not fair", "he wants to kill me", "they hurt my son", "he slaped me",
    "he pushed me in the pit", "money is missing", "i am afraid of him", "they chased us from the site",
    "i want to talk in private", "he raped me", "i was robbed",
    # written down before the stems were tried on them
    "le president ma tape dessu", "kelkun ma touché les fesses", "il ma caressé",
    "mon patron me tape tout les jours", "on a frapper mon petit frere", "ils me frape",
    "les gardien nous on frapés", "il a levé la main sur moi", "il m'a menacer avec un couteau",
    "il ma dit kil va me tué", "il ma pris de force", "il ma attrapé par la force", "il ma violée dans la brousse",
    "le secretair a manger largent", "le tresorier ne me donne pas ma part", "on me donne pas mon argent",
    "il garde mon argent", "ils ont pris tout mon or", "le chef de puit a pris notre or",
    "les militaires nous ont chassés", "les gendarme nous tape", "on m'a jeté des pierres", "il ma craché dessus",
    "il ma mordu", "il m'a traité de voleur", "mon chef veut mon corps", "il veut faire l'amour avec moi",
    "il me demande de coucher", "je suis violée", "aidez moi on me tape", "au secours on me bat", "il ma etranglé",
    "on m'a brûlé la main", "il m'a fouetté", "il m'a ligotée", "ils ont enlevé ma fille", "on mavolé",
    "on a volé mon telephone", "on m'a arnaqué", "il ma escroqué", "le poids est pas juste",
    "la balance est truquée", "ils trichent sur le poid", "on me paye moins que les hommes",
    "on m'a enlevé de la liste", "on a retiré mon nom", "il refuse de me payer", "ils veulent pas me payer",
    "ils ont detruit mon champ", "il maltraite les femmes", "the boss beats us", "he beat me last night",
    "he kicked me", "they steal our gold", "the treasurer ate the money", "he try to rape me",
    "he forced my daughter", "they dont pay us", "nobody paid me", "he is touching me", "he hits me",
    "they threaten me", "they treaten to kill me", "he follows me at night", "my money disappeared",
    "he refused to pay me", "somebody hurt me", "please help he is beating me", "they burned my house",
    "he took my phone", "il m'harcele", "il me harcelle", "il profite de moi", "il abuse de moi",
    "on nous exploite", "on m'a agressé", "on nous a deguerpi", "il m'a battue", "j'ai ete battu",
    "j'ai été violée", "j'ai été frappé hier", "je me suis fait tapé", "je me suis fait voler",
    "le vieux ma touché", "il a touché a ma petite soeur", "ils ont tué mon chien",
    "la police m'a arrêté pour rien", "il m'a forcé", "on force les petits a travailler", "ma patronne me frape",
    "il ma gifler", "il menasse de me virer", "on ma menacé de mort", "il m'a poussee", "ils ont pousé ma mere",
]  # fmt: skip
EVERYDAY = [
    "merci", "merci beaucoup monsieur", "grand merci pour l'argent", "bonjour", "bonsoir a tous", "salut ca va",
    "bonne fete", "que Dieu vous benisse", "combien je dois payer", "j'ai paye", "j'ai pas payé ma cotisation",
    "je n'ai pas encore paye ma cotisation", "j'ai payé hier 2000", "je vais payer demain", "on a pris le car",
    "on a pris la route hier", "nous avons touché notre part merci", "j'ai touché l'argent",
    "j'ai pris ma part merci", "c'est combien le gramme", "le prix de l'or aujourd'hui", "l'or est a combien",
    "quand est la reunion", "la reunion est a quelle heure", "je viens a la reunion",
    "je ne viens pas je suis malade", "je tape 4 et rien", "quand je tape le code ca ne marche pas",
    "le reseau ne passe pas", "je suis fatigué aujourd'hui", "mon numero a changé", "j'ai changé de telephone",
    "il pleut beaucoup au site", "ma femme a accouché d'une fille", "mon pere est mort je ne viens pas",
    "je suis a bamako", "envoyez la liste", "quel jour la paie", "ou est le magasin", "le sac de riz est arrivé",
    "on commence a 8h", "je n'ai pas reçu le sms", "i paid yesterday", "i have not paid my dues",
    "thank you very much", "good morning", "when is the meeting", "what is the price of gold", "i took the bus",
    "we got our share thanks", "i am coming tomorrow", "call me tomorrow", "je me suis trompé de numero",
    "la pompe est cassée", "le gravier bat bien son plein", "on mange a midi", "Beatrice est arrivée",
    "le robinet est ouvert", "il a pris le train", "je chasse le poulet", "il tire l'eau du puits",
    # written down before the stems were tried on them
    "je veux ma carte de membre", "la réunion c'est où", "combien coute le dynamite", "il y a combien de membres",
    "j'arrive a 10h", "ok", "d'accord", "bien reçu", "c'est noté merci", "nous sommes en route",
    "je suis malade aujourd'hui", "on se voit demain inchallah", "mon enfant est malade", "ma mère est à l'hopital",
    "je change de site", "j'ai oublié mon code", "mon code ne marche pas", "je veux changer mon numéro",
    "j'ai donné 2000 hier", "combien il reste", "le total est combien", "quand arrive l'argent",
    "quand on partage l'or", "on vend quand", "prix du carat", "le camion est arrivé", "la pluie arrive",
    "il fait chaud", "on a trouvé de l'or hier", "nous avons trouvé 12 grammes", "j'ai mes papiers",
    "je suis en voyage", "appelez moi demain", "merci au comité", "bonne année", "je touche mon salaire demain",
    "je force un peu sur le puits", "je cherche du travail", "nous prenons la route", "on prend le car demain",
    "il a payé", "j'ai fini de payer", "tout est payé merci", "mon argent est arrivé", "ma part est bonne merci",
    "i lost my phone", "i am sick", "my number changed", "thanks for the money", "how much is my share",
    "what time is the meeting", "we found gold", "i will pay tomorrow", "i already paid", "can you call me",
    "i hit gold today",
]  # fmt: skip


@pytest.mark.parametrize("text", HARM)
def test_a_wrong_is_heard_however_it_is_spelt(text: str) -> None:
    assert complains(text)


@pytest.mark.parametrize("text", HARM)
def test_a_wrong_is_heard_among_greetings_without_accents_and_in_capitals(text: str) -> None:
    assert complains(f"Bonjour monsieur, {text.upper()} svp.")


@pytest.mark.parametrize("text", EVERYDAY)
def test_what_is_written_every_day_is_no_complaint(text: str) -> None:
    assert not complains(text)
    assert not may_hurt(text)


@pytest.mark.parametrize(
    "text",
    [
        *("le président est encore venu la nuit", "mon chef veut autre chose", "je pleure chaque jour", "j'ai honte"),
        *("on se dispute au puits", "j'ai versé 5000 au tresorier", "the chairman came again", "il y a du sang"),
    ],
)
def test_what_may_be_about_a_leader_or_a_hurt_is_not_for_an_office(text: str) -> None:
    assert may_hurt(text)


@pytest.mark.parametrize("text", ["Bonjour président", "merci au trésorier", "bonsoir secrétaire, ça va bien"])
def test_a_greeting_is_for_the_office(text: str) -> None:
    assert not may_hurt(text)
