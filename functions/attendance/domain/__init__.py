"""The rules of attendance: pure values in, new values and facts out."""
