"""The forms of each step on paper."""
