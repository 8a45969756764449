"""The same person, or the same household, registered twice: found, reviewed, merged, un-merged."""

#: Who searches, in the trail; and the kind of to-do that a pair is reviewed by.
ACTOR = "system:duplicates"
REVIEW_PAIR = "registry.duplicate"
#: All place codes, as a half-open range.
EVERYWHERE = ("0", ":")
