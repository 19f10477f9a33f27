"""What is true of training: pure, the day is an argument. Each module says one thing; import them by name."""
