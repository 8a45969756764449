"""A scan is written down as opened only for a session that holds; guessing has an end.

The session. Whether a session still holds (it was opened with the password of today) only
the application can compute: it has the key. It hands in what it found to hold for this
session key, ``p_standing`` = user and time of the last change of password. When that is not
what stands in the tables, nothing is written and nothing shown: outcome ``verify``. The
application then computes, and asks again with the standing, or as a stranger. So a refused
session leaves no "opened" behind, and a worker's second scan is still one round trip.

The throttle. See ``statement.py``: unknown tokens of one address are counted; once there
were too many, its strangers are still shown real codes, up to a second limit. Who is logged
in is known by name and not throttled. The lookup of an address that never guessed reads one
index of an almost empty table.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("yimaqing.domains.codes.migrations.0003_scan")

OPEN = """
CREATE FUNCTION codes_open(
  p_token text, p_session text, p_standing text, p_client bytea, p_today date, p_full text[],
  p_limited text[], p_keep jsonb, p_guesses int, p_shown int, p_window interval,
  OUT outcome text, OUT role text, OUT code_id bigint, OUT kind text, OUT place_code text,
  OUT subject_id bigint, OUT user_id bigint, OUT user_name text, OUT session_data text,
  OUT password_changed_at timestamptz, OUT standing text, OUT kept jsonb)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  code codes_lead := codes_lookup(p_token);
  prefix text;
  guesses int;
  shown_beside int;
BEGIN
  IF p_session <> '' THEN
    SELECT u.id, u.display_name, s.session_data, u.password_changed_at
      INTO user_id, user_name, session_data, password_changed_at
      FROM accounts_session s JOIN accounts_user u ON u.id = s.user_id
     WHERE s.session_key = p_session AND s.expire_date > now() AND u.is_active
       AND NOT u.must_change_password;
    IF user_id IS NOT NULL THEN
      standing := user_id || '|' || coalesce(password_changed_at::text, '');
      IF standing IS DISTINCT FROM p_standing THEN
        outcome := 'verify';
        RETURN;
      END IF;
    END IF;
  END IF;

  IF code.id IS NULL THEN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO codes_guess AS g (client, since, tokens, shown)
      VALUES (p_client, now(), 1, 0)
      ON CONFLICT (client) DO UPDATE SET
        tokens = CASE WHEN g.since < now() - p_window THEN 1
                      ELSE least(g.tokens, p_guesses + 1) + 1 END,
        shown = CASE WHEN g.since < now() - p_window THEN 0 ELSE g.shown END,
        since = CASE WHEN g.since < now() - p_window THEN now() ELSE g.since END
      RETURNING tokens INTO guesses;
    outcome := CASE WHEN guesses > p_guesses THEN 'throttled' ELSE 'unknown' END;
    IF guesses <= p_guesses + 1 THEN
      INSERT INTO codes_scanlog (place_code, outcome, client) VALUES ('0', outcome, p_client);
    END IF;
    RETURN;
  END IF;

  IF user_id IS NULL THEN
    UPDATE codes_guess g SET shown = least(g.shown, p_shown + 1) + 1
     WHERE g.client = p_client AND g.tokens > p_guesses AND g.since >= now() - p_window
    RETURNING g.shown INTO shown_beside;
    IF shown_beside > p_shown THEN
      PERFORM set_config('synchronous_commit', 'off', true);
      outcome := 'throttled';
      IF shown_beside = p_shown + 1 THEN
        INSERT INTO codes_scanlog (place_code, outcome, client) VALUES ('0', outcome, p_client);
      END IF;
      RETURN;
    END IF;
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
  text, text, text, bytea, date, text[], text[], jsonb, int, int, interval) TO yimaqing_app;
"""

DROP = (
    "DROP FUNCTION codes_open("
    "text, text, text, bytea, date, text[], text[], jsonb, int, int, interval)"
)
DROP_BEFORE = (
    "DROP FUNCTION codes_open(text, text, bytea, date, text[], text[], jsonb, int, interval)"
)


class Migration(migrations.Migration):
    dependencies = [("codes", "0004_merge")]
    operations = [
        migrations.AddField("guess", "shown", models.IntegerField(default=0)),
        migrations.RunSQL([DROP_BEFORE, OPEN], [DROP, before.OPEN]),
    ]
