"""One page to hand over. May import: what ui may."""
