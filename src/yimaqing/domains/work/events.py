"""What the to-dos tell, in the past tense. Sent inside the writer's transaction."""

from django.dispatch import Signal

#: A to-do was ended: kwargs todo (its state says done or dropped).
todo_closed = Signal()
