"""What accounts tells, in the past tense."""

from django.dispatch import Signal

#: A role was given: kwargs assignment_id. Sent after the commit, at most once (not when a
#: crash came in between): what a receiver adds must also come about in another way.
assigned = Signal()
