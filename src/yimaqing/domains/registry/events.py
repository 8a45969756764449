"""What the registry tells, in the past tense. Sent inside the writer's transaction."""

from django.dispatch import Signal

#: A reading was stored or a fact of the household changed: kwargs household_id, place_code.
household_changed = Signal()

#: A batch was applied: kwargs dataset, batch_id. Many households changed at once.
batch_applied = Signal()
