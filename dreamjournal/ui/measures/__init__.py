"""All measures: natural and enhanced nights described beside each other."""
