"""Departments' lists: what each says, when it is due, what it asks for."""
