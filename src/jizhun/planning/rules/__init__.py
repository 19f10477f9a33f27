"""What is true of plans: pure Python, the day is an argument."""
