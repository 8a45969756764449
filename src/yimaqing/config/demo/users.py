"""Who can log in to the demonstration: one user per typical role, passwords made here.

The county has two: what one of them submits, the other confirms.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connections, transaction

from yimaqing.config.demo.memory import Memory
from yimaqing.domains.accounts.actions import assign, create_user, temporary_password
from yimaqing.domains.accounts.models import User

ACTOR = "system:demo"
PREFECTURE = "141100000000"


@dataclass(frozen=True)
class DemoUser:
    """Log-in name, shown name, role, and where: a key of truth.json's showcase, or a code.

    A helper has no place: the imported pairings say which households are his.
    """

    username: str
    display_name: str
    role: str
    office: str
    where: str


HELPER = DemoUser("bangfu", "演示·帮扶责任人", "helper", "县直帮扶单位", "")
USERS = (
    DemoUser("lingdao", "演示·市领导", "leader", "市领导驾驶舱", PREFECTURE),
    DemoUser("xianqu", "演示·县级干部", "county_officer", "县乡村振兴局", "county"),
    DemoUser("fuhe", "演示·县级复核人", "county_officer", "县乡村振兴局", "county"),
    DemoUser("xiangzhen", "演示·乡镇干部", "township_officer", "乡镇便民服务中心", "township"),
    DemoUser("cunli", "演示·村级工作人员", "village_worker", "村委会", "village"),
    HELPER,
    DemoUser("shenji", "演示·审计人员", "auditor", "审计局", PREFECTURE),
    DemoUser("guanli", "演示·系统管理员", "administrator", "信息中心", PREFECTURE),
)


def create_users(memory: Memory) -> str:
    """Create those that are missing, with the passwords that memory holds."""
    places = {"": ""} | memory.truth()["showcase"]
    made = 0
    for one in USERS:
        password = memory.passwords.setdefault(one.username, temporary_password())
        memory.save()
        if _user(one.username) is not None:
            continue
        with transaction.atomic():
            user = create_user(
                username=one.username,
                display_name=one.display_name,
                office=one.office,
                password=password,
                must_change_password=False,
                by=None,
                actor=ACTOR,
            )
            place = places.get(one.where, one.where)
            assign(user=user, role=one.role, place_code=place, by=None, actor=ACTOR)
        made += 1
    return f"{made} 个新用户 new"


def helped_households() -> list[int]:
    """The households whose pairings name the helper's log-in."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.household_id FROM registry_pairing p JOIN accounts_user u"
            " ON u.id = p.user_id WHERE u.username = %s ORDER BY 1",
            [HELPER.username],
        )
        return [household for (household,) in cursor.fetchall()]


def _user(username: str) -> User | None:
    return get_user_model().objects.filter(username=username).first()
