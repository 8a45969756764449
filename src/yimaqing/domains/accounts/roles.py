"""Roles as code: what each may do. An assignment says where.

Permissions are slugs ``domain.verb``; a test checks that every permission asked for
in the code stands here, and that every one here is asked for somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.functional import Promise

READ = frozenset({"registry.read", "monitoring.read", "codes.scan"})
FIELD = READ | {"registry.unmask", "registry.edit"}
OFFICE = FIELD | {"intake.import", "codes.issue", "codes.revoke", "cockpit.view", "places.edit"}


@dataclass(frozen=True)
class Role:
    """A role: slug, Chinese name, permissions."""

    slug: str
    label: str | Promise
    permissions: frozenset[str]
    by_household: bool = False


ROLES: dict[str, Role] = {
    role.slug: role
    for role in (
        Role("village_worker", _("村级工作人员"), FIELD),
        Role("grid_worker", _("网格员"), FIELD),
        Role("building_leader", _("楼栋长"), frozenset({"codes.scan", "registry.read"})),
        Role("helper", _("帮扶责任人"), FIELD, by_household=True),
        Role("interviewer", _("调查员"), frozenset({"registry.read", "codes.scan"}), True),
        Role("property_company", _("物业公司"), frozenset({"codes.scan"})),
        Role("township_officer", _("乡镇干部"), OFFICE),
        Role("county_officer", _("县级干部"), OFFICE | {"monitoring.run"}),
        Role("department_officer", _("部门干部"), READ | {"intake.import"}),
        Role("leader", _("领导"), frozenset({"cockpit.view", "registry.read", "monitoring.read"})),
        Role("auditor", _("审计人员"), frozenset({"audit.view", "registry.read"})),
        Role("administrator", _("系统管理员"), frozenset({"accounts.manage", "audit.view"})),
    )
}

#: Columns of the household file that a department may see besides name and place.
DEPARTMENT_COLUMNS: dict[str, frozenset[str]] = {
    "medical_insurance": frozenset({"health", "resident_medical", "employee_medical"}),
    "health": frozenset({"health"}),
    "education": frozenset({"student_status", "education"}),
    "housing": frozenset({"house_grade", "house_structure", "dangerous_house"}),
    "water": frozenset({"water_safe", "water_difficult"}),
    "civil_affairs": frozenset({"minimum_living", "income"}),
    "disability": frozenset({"health", "labour_skill"}),
    "employment": frozenset({"labour_skill", "work_area", "work_months"}),
    "finance": frozenset({"payments"}),
}
