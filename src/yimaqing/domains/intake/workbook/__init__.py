"""A file's errors as the user's own workbook: same rows, bad cells coloured, reasons as notes.

It is written as it is read, straight into a sealed file: no clear copy lies on a disk, and its
size costs no memory.
"""
