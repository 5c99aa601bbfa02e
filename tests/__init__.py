"""Skolkit's tests; what each suite means is said in the README."""
