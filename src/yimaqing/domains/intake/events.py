"""What intake tells, in the past tense."""

from django.dispatch import Signal

#: A batch is in the database: kwargs ``batch_id``, ``dataset``. Sent after the commit, at
#: least once (again when a crash came in between), in the process that applied it. What
#: it wrote carries its ``batch_id``.
batch_applied = Signal()

#: A batch was taken back: kwargs ``batch_id``, ``dataset``. As above; what went or changed
#: stands in the history under its ``batch_id``.
batch_undone = Signal()
