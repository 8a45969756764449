"""Paper: what is drawn to be printed, in one look. No domain words, no Django."""
