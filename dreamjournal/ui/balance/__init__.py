"""Nights against the person's own aim, what the log shows, and what comes next. May import: what ui may."""
