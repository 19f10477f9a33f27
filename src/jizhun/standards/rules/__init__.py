"""What is true of standards."""
