"""What is true of collaboration between regions. Pure Python: places, days and values are arguments."""
