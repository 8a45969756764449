"""Rows of departments' lists and the persons of the register whom they mean."""
