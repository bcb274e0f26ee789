"""One file is one measure of a night. May import: domain, common."""
