"""A table in which a place's code makes a row unique has its own rule for a merger."""

from django.db import connection

# A key that also holds the number of one row or of one person or household cannot collide.
UNRULED = """
SELECT DISTINCT t.relname FROM pg_index i
  JOIN pg_class t ON t.oid = i.indrelid AND t.relkind IN ('r', 'p') AND NOT t.relispartition
  JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey)
   AND a.attname = 'place_code'
 WHERE i.indisunique
   AND NOT EXISTS (SELECT FROM pg_attribute k WHERE k.attrelid = t.oid
                    AND k.attnum = ANY (i.indkey) AND k.attname IN ('id', 'household_id', 'person_id'))
   AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND NOT g.tgisinternal
                    AND a.attnum = ANY (g.tgattr))
"""


def test_no_table_lets_a_merger_fail(database):
    with connection.cursor() as cursor:
        cursor.execute(UNRULED)
        assert cursor.fetchall() == []
