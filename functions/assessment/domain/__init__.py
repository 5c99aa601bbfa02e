"""The rules of assessment: pure values in, new values and facts out."""
