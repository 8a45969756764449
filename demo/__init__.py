"""Synthetic demonstration data in the national register's own layout (see README.md)."""
