"""What recognition tells, in the past tense. Sent inside the writer's transaction."""

from django.dispatch import Signal

#: A household is monitored by the county's decision: kwargs procedure.
recognised = Signal()

#: A household's monitoring ended (removed, or natural end): kwargs procedure.
released = Signal()
