"""The migrations say everything that the models say."""

from django.core.management import call_command


def test_no_migration_is_missing(database):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
