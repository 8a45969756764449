"""A village's code by its name, within where the sender may write: names repeat in a county."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Finder

_ENDING = "(村民委员会|居民委员会|村委会|居委会|行政村|社区|村)$"

#: Administrative villages only; a name matches with or without its ending.
VILLAGE_BY_NAME = Finder(
    "village",
    _n("村名"),
    (
        *("村", "行政村", "村名称", "所在村", "村(社区)", "村委会", "所属村", "行政村名称", "村居"),
        *("村社区", "所在行政村", "village", "village name", "cun", "organisation unit name"),
        *(
            "org unit",
            "location",
            "村别",
            "村委",
            "村庄",
            "村居名称",
            "村(居)",
            "村(居)委会",
            "居住村",
        ),
        *("户籍所在村", "户籍村", "家庭所在村", "行政村(社区)", "村(社区)名称"),
    ),
    "SELECT a.asked, p.code, ARRAY[coalesce(c.name, ''), coalesce(t.name, ''), p.name]"
    " FROM unnest(%(asked)s::text[]) a(asked) JOIN places_place p"
    f" ON regexp_replace(p.name, '{_ENDING}', '') = regexp_replace(a.asked, '{_ENDING}', '')"
    " LEFT JOIN places_place t ON t.code = rpad(left(p.code, 9), 12, '0')"
    " LEFT JOIN places_place c ON c.code = rpad(left(p.code, 6), 12, '0')"
    " WHERE p.level = 5 AND (p.valid_to IS NULL OR p.valid_to > current_date)"
    " AND %(ranges)s::place_multirange @> p.code ORDER BY p.code",
    within=(
        ("县", "县区", "县(市、区)", "县市区", "区县", "所在县", "county", "district"),
        ("乡镇", "乡(镇)", "镇", "乡", "所在乡镇", "乡镇名称", "乡镇(街道)", "township", "town"),
    ),
    like=r"\p{Han}{1,20}(村|社区|居委会|村委会)",
)
