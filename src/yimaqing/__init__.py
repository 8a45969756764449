"""一码清: one code for every household, village, township and county."""

import os

# Names are read character by character (kit.ids), so the dictionary of phrases, a fifth of
# a second and 30 MB of every process, is not loaded. Read when pypinyin is imported first.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
