"""What places tell, in the past tense."""

from django.dispatch import Signal

#: Records moved from a place's code to another: kwargs old_code, new_code. Sent after the
#: commit: what was computed by the codes of before is to be computed again.
recoded = Signal()
