"""What is true of the making of standards."""
