"""The rules of grading: pure values in, new values and facts out."""
