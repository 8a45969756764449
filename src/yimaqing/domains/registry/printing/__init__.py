"""The household's file on paper."""
