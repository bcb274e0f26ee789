"""The question whether enhanced nights differ from natural ones. May import: what ui may."""
