"""What a page of lists asks for, beside what each list asks for itself."""

EXPORT = "lists.export"
