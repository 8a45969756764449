"""The scan: one function that finds the code and its viewer, narrows the scope, and logs."""

from django.db import migrations

# A stranger has no scope, so the code itself is found with the owner's rights; nothing
# but where it leads comes back.
LOOKUP = """
CREATE TYPE codes_lead AS (id bigint, kind text, place_code text, subject_id bigint,
                           household_id bigint, state text);
CREATE FUNCTION codes_lookup(p_token text) RETURNS codes_lead
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  lead codes_lead;
BEGIN
  SELECT c.id, c.kind, c.place_code, c.subject_id, c.household_id, c.state INTO lead
    FROM codes_code c WHERE c.token = p_token;
  RETURN lead;
END $$;
REVOKE ALL ON FUNCTION codes_lookup(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION codes_lookup(text) TO yimaqing_app;
"""

# The same rules as accounts.queries.scope_of, for one place: an assignment that holds
# today, of a role that may scan this kind, at a place above it or naming the household.
# Roles come in as 'kind:role', from accounts/roles.py. A subtree is a prefix, cut by level.
VIEW = """
CREATE FUNCTION codes_view(
  p_user bigint, p_kind text, p_prefix text, p_household bigint, p_today date,
  p_full text[], p_limited text[])
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
  fully boolean;
  partly boolean;
BEGIN
  SELECT bool_or(p_kind || ':' || a.role = ANY(p_full)),
         bool_or(p_kind || ':' || a.role = ANY(p_limited))
    INTO fully, partly
    FROM accounts_assignment a
   WHERE a.user_id = p_user AND a.starts_on <= p_today
     AND (a.ends_on IS NULL OR a.ends_on > p_today)
     AND (starts_with(p_prefix, left(a.place_code, CASE a.place_level
            WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 6 WHEN 4 THEN 9 WHEN 5 THEN 12
            ELSE length(a.place_code) END))
       OR p_household IS NOT NULL AND EXISTS (
            SELECT FROM accounts_assignedhousehold h
             WHERE h.assignment_id = a.id AND h.household_id = p_household));
  RETURN CASE WHEN fully THEN 'member' WHEN partly THEN 'limited' ELSE 'outside' END;
END $$;
GRANT EXECUTE ON FUNCTION codes_view(bigint, text, text, bigint, date, text[], text[])
  TO yimaqing_app;
"""

# accounts keeps password hashes apart (accounts_credential), out of this role's reach: a session
# is checked by User(pk, password_changed_at).get_session_auth_hash().
# SECURITY INVOKER: whatever is read after it in the same statement is read under the
# scope that it sets, which is no wider than what the code stands for.
OPEN = """
CREATE FUNCTION codes_open(
  p_token text, p_session text, p_client bytea, p_today date, p_full text[], p_limited text[],
  p_keep jsonb, p_guesses int, p_window interval,
  OUT outcome text, OUT role text, OUT code_id bigint, OUT kind text, OUT place_code text,
  OUT subject_id bigint, OUT user_id bigint, OUT user_name text, OUT session_data text,
  OUT password_changed_at timestamptz, OUT kept jsonb)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  code codes_lead := codes_lookup(p_token);
  prefix text;
  guesses int;
BEGIN
  IF p_session <> '' THEN
    SELECT u.id, u.display_name, s.session_data, u.password_changed_at
      INTO user_id, user_name, session_data, password_changed_at
      FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
     WHERE s.session_key = p_session AND s.expire_date > now() AND u.is_active
       AND NOT u.must_change_password;
  END IF;

  IF code.id IS NULL THEN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO codes_guess AS g (client, since, tokens) VALUES (p_client, now(), 1)
      ON CONFLICT (client) DO UPDATE SET
        tokens = CASE WHEN g.since < now() - p_window THEN 1
                      ELSE least(g.tokens, p_guesses + 1) + 1 END,
        since = CASE WHEN g.since < now() - p_window THEN now() ELSE g.since END
      RETURNING tokens INTO guesses;
    outcome := CASE WHEN guesses > p_guesses THEN 'throttled' ELSE 'unknown' END;
    IF guesses <= p_guesses + 1 THEN
      INSERT INTO codes_scanlog (place_code, outcome, client) VALUES ('0', outcome, p_client);
    END IF;
    RETURN;
  END IF;

  code_id := code.id;
  kind := code.kind;
  place_code := code.place_code;
  subject_id := code.subject_id;
  outcome := CASE code.state WHEN 'active' THEN 'shown' ELSE code.state END;
  prefix := left(place_code, CASE kind WHEN 'county' THEN 6 WHEN 'township' THEN 9
                               WHEN 'village' THEN 12 ELSE length(place_code) END);
  IF outcome = 'shown' THEN
    role := CASE WHEN user_id IS NULL THEN 'stranger' ELSE codes_view(
      user_id, kind, prefix, code.household_id, p_today, p_full, p_limited) END;
    IF role IN ('member', 'limited') THEN
      PERFORM
        set_config('yimaqing.lo', CASE WHEN code.household_id IS NULL THEN prefix
                                       ELSE place_code END, true),
        set_config('yimaqing.hi', CASE WHEN code.household_id IS NULL
          THEN left(prefix, -1) || chr(ascii(right(prefix, 1)) + 1)
          ELSE place_code || chr(1) END, true),
        set_config('yimaqing.ranges', CASE WHEN code.household_id IS NULL THEN format(
          '{["%s","%s")}', prefix, left(prefix, -1) || chr(ascii(right(prefix, 1)) + 1))
          ELSE '{}' END, true),
        set_config('yimaqing.households', format('{%s}', code.household_id), true),
        set_config('yimaqing.user_id', user_id::text, true);
    ELSIF p_keep ? kind THEN
      SELECT k.card INTO kept FROM codes_keptcard k WHERE k.code_id = code.id
        AND k.kept_at > now() - make_interval(secs => (p_keep ->> code.kind)::int);
    END IF;
  END IF;

  IF user_id IS NOT NULL THEN
    INSERT INTO audit_entry (actor, user_id, action, place_code, household_id, subject_kind,
                             subject_id, purpose, after)
    VALUES ('user:' || user_id, user_id, 'codes.scanned', place_code, code.household_id, 'code',
            code_id::text, '扫码', jsonb_build_object('outcome', outcome, 'seen_as', role));
  ELSE
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO codes_scanlog (code_id, place_code, household_id, outcome, client)
    VALUES (code.id, code.place_code, code.household_id, outcome, p_client);
  END IF;
END $$;
GRANT EXECUTE ON FUNCTION codes_open(
  text, text, bytea, date, text[], text[], jsonb, int, interval) TO yimaqing_app;
"""


class Migration(migrations.Migration):
    dependencies = [("codes", "0002_scope"), ("accounts", "0003_credentials")]
    operations = [
        migrations.RunSQL(LOOKUP, "DROP FUNCTION codes_lookup(text); DROP TYPE codes_lead"),
        migrations.RunSQL(
            VIEW, "DROP FUNCTION codes_view(bigint, text, text, bigint, date, text[], text[])"
        ),
        migrations.RunSQL(
            OPEN,
            "DROP FUNCTION codes_open("
            "text, text, bytea, date, text[], text[], jsonb, int, interval)",
        ),
    ]
