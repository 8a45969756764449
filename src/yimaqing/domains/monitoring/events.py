"""What monitoring tells, in the past tense.

Warnings are raised and closed on two paths, and both tell it in the same two events: one
household judged at once (one event a warning), and a run over everything (one event with all
of its warnings). They are sent inside the writer's transaction: what a receiver writes through
the connection ``using`` is kept or lost with the warnings, and its error undoes them. A warning
that only changes its colour or its reasons tells nothing.
"""

from django.dispatch import Signal

#: Warnings were raised: kwargs warning_ids (list of int, never empty), using (the alias of the
#: connection whose transaction holds them: ``default`` at once, ``owner`` in a run).
warnings_raised = Signal()

#: Warnings were closed: the same kwargs.
warnings_closed = Signal()

#: Everything was evaluated: kwargs snapshot (its name in the lake), as_of (date).
#: Sent after the commit.
evaluated = Signal()

#: An officer published a rule set that judges from today on: region.
rules_published = Signal()
