"""What is done in the making of standards. One module a part: projects, texts, comments, ballots, publishing."""
