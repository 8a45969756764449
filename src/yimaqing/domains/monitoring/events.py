"""What monitoring tells, in the past tense. Sent inside the writer's transaction."""

from django.dispatch import Signal

#: A warning was raised for a household: kwargs warning_id, household_id, place_code.
warning_raised = Signal()

#: A warning was closed: kwargs warning_id, household_id, place_code.
warning_closed = Signal()

#: Everything was evaluated: kwargs snapshot (its name in the lake), as_of (date).
#: Sent after the commit.
evaluated = Signal()
