"""What the person sets once and changes rarely."""
