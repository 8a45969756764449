"""The register's lists: households, persons, payments, incomes …, and what departments say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.listings import department_listings
from yimaqing.domains.registry.loaders.help import measures, payments
from yimaqing.domains.registry.loaders.households import households
from yimaqing.domains.registry.loaders.incomes import PARTS, incomes
from yimaqing.domains.registry.loaders.persons import persons
from yimaqing.domains.registry.searches import searches
from yimaqing.kit.dataset import Dataset, Kind
from yimaqing.kit.listing import Column, Listing, Sort

__all__ = ["listings", "searches"]

HOUSEHOLD = {
    "h": "JOIN registry_household h ON h.place_code = t.place_code AND h.id = t.household_id"
}
BY_PLACE = Sort("place", _("按地点"), ("t.place_code", "t.id"))
PLACE = Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False)


def _of(dataset: Dataset, name: str, sql: str = "", **more: Any) -> Column:
    """A column of a list that says the same as one of the dataset, under the same name."""
    column = dataset.column(name)
    kind = column.kind
    value = sql or f"t.{name}"
    if kind not in {Kind.YES_NO, Kind.INTEGER, Kind.DATE, Kind.MONEY, Kind.CODES}:
        more.setdefault("blank", f"{value} = ''")
    if kind == Kind.CODES:
        more.setdefault("blank", f"cardinality({value}) = 0")
    more.setdefault("edit", not dataset.found_by(name))
    label = more.pop("label", None) or _(column.label)
    return Column(name, label, value, kind, table=column.table, **more)


def _rest(dataset: Dataset, rights: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns that stand off the page until they are chosen, each with the right to it."""
    return tuple(_of(dataset, name, right=right, shown=False) for name, right in rights.items())


#: Whose it is: columns of the household that a row belongs to.
HEAD = Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False)
NUMBER = Column("household_number", _("户编号"), "h.household_number", join="h")


_CLASS = "register_class"

_HOUSEHOLDS = Listing(
    slug="households",
    label=pgettext_lazy("list", "户"),
    unit=_("户"),
    permission=permissions.READ,
    table="registry_household",
    where="t.valid",
    household="t.id",
    dataset="households",
    address="registry:file",
    place_in_menu=1,
    empty=_("导入户名单后会显示在这里。"),
    columns=(
        _of(
            households,
            "head_name",
            part=True,
            within="t.id IN (SELECT g.household_id FROM registry_persongram g"
            " WHERE g.gram = %(gram)s)",
        ),
        PLACE,
        _of(households, "team"),
        _of(
            households,
            "address",
            right="address",
            part=True,
            within="t.place_code IN (SELECT s.place_code FROM registry_addressstem s"
            " WHERE strpos(s.stem, %(stem)s) > 0)",
        ),
        _of(households, "member_count"),
        _of(households, "register_class", right=_CLASS),
        _of(households, "monitored_group", 't."group"', right="causes", label=_("三类户类型")),
        _of(households, "household_number"),
        *_rest(
            households,
            {
                "poverty_status": _CLASS,
                "attribute": _CLASS,
                "standard": _CLASS,
                "main_cause": "causes",
                "other_causes": "causes",
                "return_cause": "causes",
                "recognised_year": _CLASS,
                "exit_year": _CLASS,
                "military_family": _CLASS,
                "only_child_family": _CLASS,
                "two_daughter_family": _CLASS,
                "bank_name": "bank",
            },
        ),
        _of(
            households,
            "phone",
            "t.phone_sealed",
            right="phone",
            shown=False,
            purpose=b"registry_household.phone",
            index="t.phone_index",
            blank="t.phone_index IS NULL",
        ),
        _of(
            households,
            "bank_account",
            "t.bank_account_sealed",
            right="bank",
            shown=False,
            purpose=b"registry_household.bank_account",
            index="t.bank_account_index",
            blank="t.bank_account_index IS NULL",
        ),
    ),
    sorts=(
        Sort("place", _("按地点、户主"), ("t.place_code", "t.head_pinyin", "t.id")),
        Sort("name", _("按户主拼音"), ("t.head_pinyin", "t.id")),
        Sort("number", _("按户编号"), ("t.household_number",)),
    ),
)

_NO_NUMBER = "t.person_number IS NULL"
_PERSONS = Listing(
    slug="persons",
    label=_("人员"),
    unit=pgettext_lazy("unit", "人"),
    permission=permissions.READ,
    table="registry_person",
    where="t.valid",
    joins=HOUSEHOLD,
    right="members",
    dataset="persons",
    beside=(_of(persons, "id_kind"),),
    address="registry:file",
    place_in_menu=2,
    empty=_("导入家庭成员后会显示在这里。"),
    columns=(
        _of(
            persons,
            "name",
            right="members",
            part=True,
            within="t.id IN (SELECT g.person_id FROM registry_persongram g"
            " WHERE g.gram = %(gram)s)",
        ),
        _of(persons, "sex", right="members"),
        _of(persons, "born_on", right="born_on"),
        _of(persons, "relation", right="members"),
        HEAD,
        PLACE,
        _of(
            persons,
            "id_number",
            "t.id_number_sealed",
            right="id_number",
            purpose=b"registry_person.id_number",
            index="t.id_number_index",
            blank="t.id_number_index IS NULL",
        ),
        _of(persons, "health", right="health"),
        NUMBER,
        *_rest(
            persons,
            {
                "ethnicity": "ethnicity",
                "education": "education",
                "student_status": "student_status",
                "labour_skill": "labour_skill",
                "resident_medical": "resident_medical",
                "employee_medical": "employee_medical",
                "major_illness_insurance": "resident_medical",
                "resident_pension": "pension",
                "employee_pension": "pension",
                "minimum_living": "minimum_living",
                "military": "military",
                "work_area": "work_area",
                "work_months": "work_months",
            },
        ),
        _of(persons, "person_number", right="members", shown=False, blank=_NO_NUMBER),
        _of(
            persons,
            "phone",
            "t.phone_sealed",
            right="phone",
            shown=False,
            purpose=b"registry_person.phone",
            index="t.phone_index",
            blank="t.phone_index IS NULL",
        ),
    ),
    sorts=(
        Sort("household", _("按地点、户"), ("t.place_code", "t.household_id", "t.id")),
        Sort("name", _("按姓名拼音"), ("t.name_pinyin", "t.id")),
    ),
)

_PAYMENTS = Listing(
    slug="payments",
    label=_("资金发放"),
    unit=_("笔"),
    permission=permissions.READ,
    table="registry_payment",
    joins=HOUSEHOLD,
    right="payments",
    dataset="payments",
    address="registry:file",
    place_in_menu=3,
    empty=_("导入资金发放名单后会显示在这里。"),
    columns=(
        HEAD,
        PLACE,
        _of(payments, "paid_on"),
        _of(payments, "fund"),
        _of(payments, "amount", "t.amount_fen"),
        _of(payments, "channel"),
        NUMBER,
        _of(payments, "serial", shown=False),
    ),
    sorts=(
        Sort("newest", _("最近的在前"), ("t.paid_on", "t.id"), descending=True),
        BY_PLACE,
        Sort("serial", _("按流水号"), ("t.serial",)),
    ),
)

_MEASURES = Listing(
    slug="measures",
    label=_("帮扶措施"),
    unit=_("项"),
    permission=permissions.READ,
    table="registry_measure",
    joins=HOUSEHOLD,
    right="measures",
    dataset="measures",
    address="registry:file",
    place_in_menu=4,
    empty=_("导入帮扶措施名单后会显示在这里。"),
    columns=(
        HEAD,
        PLACE,
        _of(measures, "year"),
        _of(measures, "measure_group"),
        _of(measures, "name"),
        _of(measures, "responsible_unit"),
        NUMBER,
        _of(measures, "starts_on", shown=False),
        _of(measures, "ends_on", shown=False),
        _of(measures, "note", shown=False, filter=False),
        _of(measures, "number", shown=False),
    ),
    sorts=(BY_PLACE, Sort("number", _("按措施编号"), ("t.number",))),
)

_FEN = ("wage", "operating", "property", "transfer", "operating_cost", "total", "net")

_INCOMES = Listing(
    slug="incomes",
    label=_("年度收入"),
    unit=_("户年"),
    permission=permissions.READ,
    table="registry_yearlyincome",
    joins=HOUSEHOLD,
    right="income",
    dataset="incomes",
    beside=tuple(_of(incomes, name, f"nullif(t.{name}_fen, 0)") for name in PARTS),
    address="registry:file",
    place_in_menu=5,
    empty=_("导入年度收入表后会显示在这里。"),
    columns=(
        HEAD,
        PLACE,
        _of(incomes, "year"),
        *(_of(incomes, name, f"t.{name}_fen", shown=name in {"total", "net"}) for name in _FEN),
        _of(incomes, "per_capita", "t.per_capita_fen"),
        _of(incomes, "divisor"),
        _of(incomes, "divisor_basis", shown=False),
        NUMBER,
    ),
    sorts=(
        BY_PLACE,
        Sort("lowest", _("人均纯收入低的在前"), ("t.per_capita_fen", "t.id")),
    ),
)

listings = [_HOUSEHOLDS, _PERSONS, _PAYMENTS, _MEASURES, _INCOMES, *department_listings]
