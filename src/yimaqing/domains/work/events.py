"""What the to-dos tell, in the past tense. Sent inside the writer's transaction."""

from django.dispatch import Signal

#: A to-do was ended by an action: kwargs todo (its state says done or dropped). Imports end theirs
#: as a set and send intake's ``batch_applied`` instead.
todo_closed = Signal()
