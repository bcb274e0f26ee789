"""The commands, one module for each thing they speak of. May import: services and below; never Qt."""
