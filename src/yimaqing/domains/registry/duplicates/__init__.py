"""The same person, or the same household, registered twice: found, reviewed, merged, un-merged."""
