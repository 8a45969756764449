"""What a page of intake asks for."""

IMPORT = "intake.import"
