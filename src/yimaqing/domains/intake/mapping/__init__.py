"""Which column of anybody's sheet is which column of a dataset: guessed, corrected, saved."""
