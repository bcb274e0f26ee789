"""First start and unlock: the pages before a journal is open."""
