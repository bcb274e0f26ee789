"""What enhances, and which imported tags mean it. May import: what ui may."""
