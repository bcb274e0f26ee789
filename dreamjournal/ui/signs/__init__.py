"""Dream signs: the words that stand out, with their sentences. May import: what ui may."""
