"""What roles are called, and the SMS that tells who has one from now on."""

from collections.abc import Mapping

from flows import i18n, names
from models.members import Role

_ = i18n.words(__name__)
mark = i18n.mark

ROLES: Mapping[Role, str] = {
    Role.MEMBER: mark("membre"),
    Role.TEAM_LEADER: mark("chef d'équipe"),
    Role.PRESIDENT: mark("président(e)"),
    Role.SECRETARY: mark("secrétaire"),
    Role.TREASURER: mark("trésorier(e)"),
    Role.SURVEILLANCE: mark("surveillance"),
    Role.COMMITTEE: mark("comité"),
    Role.GENDER_PRESIDENT: mark("présidente des femmes"),
}


def called(role: Role) -> str:
    """What a role is called."""
    return _(ROLES[role])


def role_handed_over(service_code: str, member: str, cooperative: str, role: str, yours: bool) -> str:
    """A role went from one member to another."""
    place = {"cooperative": names.called(cooperative), "member": member, "role": called(Role(role))}
    if yours:
        return _("{cooperative}: membre {member}, votre charge est maintenant: {role}.", **place)
    return _("{cooperative}: membre {member}, votre charge est passée à une autre personne: {role}.", **place)
