"""One file is one foreign format: bytes to drafts. May import: domain, common."""
