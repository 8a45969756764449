"""Labels to print: layouts, what stands on them, which codes, and the sheets as PDF."""
