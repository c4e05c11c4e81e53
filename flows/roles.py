"""What members do for the cooperative, as it is called."""

from collections.abc import Mapping

from flows import i18n
from models.members import Role

_ = i18n.words(__name__)
mark = i18n.mark

ROLES: Mapping[Role, str] = {
    Role.MEMBER: mark("membre sans fonction"),
    Role.TEAM_LEADER: mark("chef d'équipe"),
    Role.PRESIDENT: mark("présidence"),
    Role.SECRETARY: mark("secrétariat"),
    Role.TREASURER: mark("trésorerie"),
    Role.SURVEILLANCE: mark("surveillance"),
    Role.COMMITTEE: mark("comité des plaintes"),
    Role.GENDER_PRESIDENT: mark("présidence des femmes"),
}


def role(held: Role) -> str:
    """What a role is called."""
    return _(ROLES[held])
