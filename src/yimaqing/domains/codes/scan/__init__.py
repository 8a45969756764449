"""Answering a scan: one statement, one template, no middleware."""
