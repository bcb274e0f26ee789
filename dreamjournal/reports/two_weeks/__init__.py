"""The sections of the page "Two weeks for my doctor"."""
