"""Dreams coded by hand, one at a time and blind. May import: what ui may."""
