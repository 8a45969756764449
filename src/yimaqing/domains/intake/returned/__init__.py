"""Exported workbooks that come back edited: only the changed cells are taken (decision 0022).

``recognising`` knows such a workbook, ``comparing`` holds its rows against what was exported,
``reading`` against what the register says today, ``settling`` takes the officer's choice.
"""
