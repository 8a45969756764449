"""What a page of codes asks for."""

SCAN = "codes.scan"
ISSUE = "codes.issue"
REVOKE = "codes.revoke"
PRINT = "codes.print"
