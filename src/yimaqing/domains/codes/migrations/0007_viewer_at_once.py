"""Who scans, and what of this code they may see, read in one statement.

The rules are those of accounts.queries.scope_of, for one place: an assignment that holds
today, of a role that may scan this kind, at a place above it or naming the household. Roles
come in as 'kind:role', from accounts/roles.py. A subtree is a prefix, cut by level.
"""

from importlib import import_module

from django.db import migrations

opened = import_module("yimaqing.domains.codes.migrations.0005_who_is_answered")
viewed = import_module("yimaqing.domains.codes.migrations.0003_scan")
named = import_module("yimaqing.domains.codes.migrations.0006_named_today")

_SESSION = """
    SELECT u.id, u.display_name, s.session_data, u.password_changed_at
      INTO user_id, user_name, session_data, password_changed_at
      FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
     WHERE"""

_SESSION_AND_VIEW = """
    SELECT u.id, u.display_name, s.session_data, u.password_changed_at,
           CASE WHEN v.fully THEN 'member' WHEN v.partly THEN 'limited' ELSE 'outside' END
      INTO user_id, user_name, session_data, password_changed_at, seen_as
      FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
     CROSS JOIN LATERAL (
       SELECT bool_or(code.kind || ':' || a.role = ANY(p_full)) AS fully,
              bool_or(code.kind || ':' || a.role = ANY(p_limited)) AS partly
         FROM accounts_assignment a
        WHERE a.user_id = u.id AND a.starts_on <= p_today
          AND (a.ends_on IS NULL OR a.ends_on > p_today)
          AND (starts_with(prefix, left(a.place_code, CASE a.place_level
                 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 12
                 ELSE length(a.place_code) END))
            OR code.household_id IS NOT NULL AND EXISTS (
                 SELECT FROM accounts_assignedhousehold h
                  WHERE h.assignment_id = a.id AND h.household_id = code.household_id
                    AND (h.starts_on IS NULL OR h.starts_on <= p_today)
                    AND (h.ends_on IS NULL OR h.ends_on > p_today)))) v
     WHERE"""

_PREFIX_LATE = """  prefix := left(place_code, CASE kind WHEN 'county' THEN 6 WHEN 'township' THEN 9
                               WHEN 'village' THEN 12 ELSE length(place_code) END);
"""
_PREFIX = """  prefix text := left(code.place_code, CASE code.kind WHEN 'county' THEN 6
    WHEN 'township' THEN 9 WHEN 'village' THEN 12 ELSE length(code.place_code) END);
  seen_as text;
"""
_ROLE = """    role := CASE WHEN user_id IS NULL THEN 'stranger' ELSE codes_view(
      user_id, kind, prefix, code.household_id, p_today, p_full, p_limited) END;
"""


def _with(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        if text.count(old) != 1:
            raise ValueError(f"the function is not the one that was to change: {old!r}")
        text = text.replace(old, new)
    return text


OPEN = _with(
    named.replaced(opened.OPEN),
    (_SESSION, _SESSION_AND_VIEW),
    (_PREFIX_LATE, ""),
    ("  prefix text;\n", _PREFIX),
    (_ROLE, "    role := coalesce(seen_as, 'stranger');\n"),
)
VIEW = viewed.VIEW.replace(named.NAMED, named.NAMED + named.TODAY)
DROP_VIEW = "DROP FUNCTION codes_view(bigint, text, text, bigint, date, text[], text[])"


class Migration(migrations.Migration):
    dependencies = [("codes", "0006_named_today"), ("accounts", "0005_named_from_to")]
    operations = [
        migrations.RunSQL([OPEN, DROP_VIEW], [VIEW, named.replaced(opened.OPEN)]),
    ]
