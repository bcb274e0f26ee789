"""A nurse's caseload. May import: what ui may."""
