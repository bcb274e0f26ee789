"""All nights at once, and one night whole. May import: what ui may."""
