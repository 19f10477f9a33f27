"""What the doors share: addresses in two languages, place and day, tables, words in templates."""
