"""Roles as code: what each may do. An assignment says where.

Permissions are slugs ``domain.verb``; a test checks that every permission asked for in
the code stands here, and that every one here is asked for somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

READ = frozenset({"registry.read", "monitoring.read", "recognition.read", "codes.scan"})
FIELD = READ | {"lists.export", "registry.unmask", "registry.edit", "work.act"}
FIELD |= {"recognition.village"}
OFFICE = FIELD | {
    "intake.import",
    "codes.issue",
    "codes.revoke",
    "codes.print",
    "cockpit.view",
    "places.edit",
    "registry.merge",
}

PROVINCE, PREFECTURE, COUNTY, TOWNSHIP, VILLAGE, BELOW = range(1, 7)


class AllColumns(frozenset[str]):
    """Every column: whatever is asked for is in it."""

    def __contains__(self, column: object) -> bool:
        return True


ALL = AllColumns()
#: Who lives there and where: all that somebody needs who knocks at the door.
DOOR = frozenset({"members", "address"})


@dataclass(frozen=True)
class Role:
    """What a role may do, at which levels it may be held, and what of a file it sees.

    ``by_household`` roles may name households instead of a place. ``columns`` is None where
    the assignment's department decides. ``home`` names the pages that the role comes for,
    first of all first.
    """

    slug: str
    label: str | Promise
    permissions: frozenset[str]
    levels: tuple[int, int]
    home: tuple[str, ...]
    by_household: bool = False
    columns: frozenset[str] | None = ALL


_WORKER_HOME = ("work", "monitoring", "registry")
_OFFICER_HOME = ("work", "intake", "monitoring", "registry", "cockpit")

ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        Role("village_worker", _("村级工作人员"), FIELD, (VILLAGE, BELOW), _WORKER_HOME),
        Role("grid_worker", _("网格员"), FIELD, (VILLAGE, BELOW), _WORKER_HOME),
        Role(
            "building_leader",
            _("楼栋长"),
            frozenset({"codes.scan", "registry.read"}),
            (VILLAGE, BELOW),
            ("registry",),
            columns=DOOR,
        ),
        Role(
            "helper",
            _("帮扶责任人"),
            FIELD,
            (VILLAGE, BELOW),
            ("registry", "monitoring", "work"),
            by_household=True,
        ),
        Role(
            "interviewer",
            _("调查员"),
            frozenset({"registry.read", "codes.scan"}),
            (COUNTY, BELOW),
            ("registry",),
            by_household=True,
            columns=DOOR,
        ),
        Role(
            "property_company",
            _("物业公司"),
            frozenset({"codes.scan"}),
            (VILLAGE, BELOW),
            ("codes",),
            columns=frozenset(),
        ),
        Role(
            "township_officer",
            _("乡镇干部"),
            OFFICE | {"recognition.township"},
            (TOWNSHIP, TOWNSHIP),
            _OFFICER_HOME,
        ),
        Role(
            "county_officer",
            _("县级干部"),
            OFFICE | {"monitoring.rules", "recognition.county"},
            (PREFECTURE, COUNTY),
            _OFFICER_HOME,
        ),
        Role(
            "department_officer",
            _("部门干部"),
            # Warnings and whole datasets show more than a department answers for; its own
            # lists come with datasets of their own.
            (READ - {"monitoring.read", "recognition.read"}) | {"lists.export"},
            (PREFECTURE, TOWNSHIP),
            ("registry",),
            columns=None,
        ),
        Role(
            "leader",
            _("领导"),
            (READ - {"codes.scan"}) | {"cockpit.view", "lists.export"},
            (PROVINCE, VILLAGE),
            ("cockpit", "monitoring"),
        ),
        Role(
            "auditor",
            _("审计人员"),
            frozenset({"audit.view", "registry.read", "lists.export"}),
            (PROVINCE, TOWNSHIP),
            ("accounts:trail", "registry"),
        ),
        Role(
            "administrator",
            _("系统管理员"),
            frozenset({"accounts.manage", "audit.view"}),
            (PROVINCE, TOWNSHIP),
            ("accounts:users", "accounts:trail"),
            columns=frozenset(),
        ),
    )
}


@dataclass(frozen=True)
class Department:
    """A department of government and the columns of a file that it may see beside the door's."""

    slug: str
    label: str | Promise
    columns: frozenset[str]


DEPARTMENTS: dict[str, Department] = {
    department.slug: department
    for department in (
        Department(
            "medical_insurance",
            _("医保局"),
            frozenset({"health", "resident_medical", "employee_medical"}),
        ),
        Department("health", _("卫健局"), frozenset({"health"})),
        Department("education", _("教育局"), frozenset({"student_status", "education"})),
        Department(
            "housing",
            _("住建局"),
            frozenset({"house_grade", "house_structure", "dangerous_house"}),
        ),
        Department("water", _("水利局"), frozenset({"water_safe", "water_difficult"})),
        Department("civil_affairs", _("民政局"), frozenset({"minimum_living", "income"})),
        Department("disability", _("残联"), frozenset({"health", "labour_skill"})),
        Department(
            "employment", _("人社局"), frozenset({"labour_skill", "work_area", "work_months"})
        ),
        Department("finance", _("财政局"), frozenset({"payments"})),
    )
}
DEPARTMENT_COLUMNS: dict[str, frozenset[str]] = {d.slug: d.columns for d in DEPARTMENTS.values()}

#: Why a sealed value may be opened. ``other`` is written out by hand.
PURPOSES: dict[str, str | Promise] = {
    "visit": _("入户核实"),
    "comparison": _("信息比对"),
    "payment": _("发放核对"),
    "petition": _("信访答复"),
    "other": _("其他（注明）"),
}
