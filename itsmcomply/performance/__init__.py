"""Performance evaluation (clause 9): so far management review, 9.3."""
