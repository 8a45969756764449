"""The operator's own commands; each domain brings further ones."""
