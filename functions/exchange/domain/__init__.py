"""The rules of exchange: pure values in, new values and facts out."""
