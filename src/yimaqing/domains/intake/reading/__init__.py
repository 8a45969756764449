"""From the bytes of a file to typed, checked, sealed columns. Nothing here writes."""

from yimaqing.domains.intake.reading.books import Book, Page, open_book
from yimaqing.domains.intake.reading.chunks import Chunk, Fault, Reader
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.domains.intake.reading.header import columns_of
from yimaqing.domains.intake.reading.sheets import Sheet, open_sheet, sheet_of

__all__ = [
    "Book",
    "Chunk",
    "Fault",
    "FileUnusable",
    "Page",
    "Reader",
    "Sheet",
    "columns_of",
    "open_book",
    "open_sheet",
    "sheet_of",
]
