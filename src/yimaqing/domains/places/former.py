"""Codes that a file should no longer use: what they are now, where that is known.

Divisions are merged, renamed and renumbered; lists go on with the codes of their time. For
datasets with a column ``place_code`` whose lookup tells ``known`` (the code is in the table of
places) and ``place_valid_to``.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Message, Rule

# From code to code as places were recoded, each time by the nearest place above that was, cut
# off at ``cut`` digits; ``whole``: it was the place itself each time. Of the codes on the way
# the first that is valid counts. What took over from the widest place is ``above``.
_PRESENT = """
LEFT JOIN LATERAL (
  WITH RECURSIVE step (code, cut, whole, n) AS (
    SELECT r.place_code, length(r.place_code), true, 0
    UNION ALL
    SELECT left(c.new_code, c.cut) || substr(s.code, c.cut + 1), least(s.cut, c.cut),
           s.whole AND c.cut = length(s.code), s.n + 1
      FROM step s, LATERAL (
        SELECT k.cut, e.new_code FROM (VALUES (length(s.code)), (9), (6), (4)) k (cut)
          JOIN places_recode e
            ON e.old_code = rpad(left(s.code, k.cut), greatest(12, k.cut), '0')
         ORDER BY k.cut DESC, e."on" DESC LIMIT 1) c
     WHERE s.n < 8)
  SELECT p.code AS new_code, p.name AS new_name, s.whole, a.code AS above, a.name AS above_name
    FROM step s
    LEFT JOIN places_place p ON p.code = s.code AND p.valid_to IS NULL
    LEFT JOIN places_place a ON a.code = rpad(left(s.code, s.cut), greatest(12, s.cut), '0')
     AND a.valid_to IS NULL
   WHERE s.n > 0 ORDER BY p.code IS NULL, a.code IS NULL, s.n LIMIT 1) n ON true
"""

# A village below a recoded place keeps its digits where this register carried it along; of a
# code that the register never held nobody can say that.
_SELF = "(r.known OR n.whole)"
_RULE = (
    "SELECT r.row_no, r.place_code AS value, jsonb_build_object({params}) AS params"
    " FROM (SELECT * FROM intake_found WHERE NOT known OR place_valid_to IS NOT NULL) r"
    f"{_PRESENT} WHERE {{where}}"
)
_COUNTY = (
    "EXISTS (SELECT FROM places_place q WHERE q.code = left(r.place_code, 6) || '000000'"
    " AND q.valid_to IS NULL)"
)


def _rule(code: str, where: str, params: str = "") -> Rule:
    params = f"'place', r.place_code{params}"
    return Rule(code, "place_code", _RULE.format(params=params, where=where))


#: In the place of a plain "unknown". ``place_unknown`` is explained by the dataset.
CODE_RULES = (
    _rule(
        "place_outdated",
        f"(n.new_code IS NOT NULL AND {_SELF})"
        " OR (r.known AND (n.whole IS NOT NULL OR r.place_valid_to <= %(as_of)s))",
        f", 'new', CASE WHEN {_SELF} THEN coalesce(n.new_code, '') ELSE '' END,"
        f" 'name', CASE WHEN {_SELF} THEN coalesce(n.new_name, '') ELSE '' END",
    ),
    _rule(
        "place_renumbered",
        f"NOT r.known AND n.above IS NOT NULL AND NOT (n.new_code IS NOT NULL AND {_SELF})",
        ", 'above', n.above, 'name', n.above_name",
    ),
    _rule(
        "place_former",
        f"NOT r.known AND n.above IS NULL AND n.new_code IS NULL AND NOT {_COUNTY}",
        ", 'county', left(r.place_code, 6)",
    ),
    _rule(
        "place_unknown",
        f"NOT r.known AND n.above IS NULL AND n.new_code IS NULL AND {_COUNTY}",
    ),
)

CODE_MESSAGES = {
    "place_outdated": Message(
        _n("区划代码 %(place)s 已停用"), _n("改用现行代码 %(new)s %(name)s；没有给出的查区划表")
    ),
    "place_renumbered": Message(
        _n("区划代码 %(place)s 已停用，上级现为 %(above)s %(name)s"),
        _n("在 %(name)s 之下查这个村现行的 12 位代码"),
    ),
    "place_former": Message(
        _n("区划代码 %(place)s 不在现行区划中：没有县级代码 %(county)s"),
        _n("是已撤销或改设区划的旧代码的，查该村现行的 12 位代码；外地的请由当地导入"),
    ),
}
