"""The rules of messages, one module per subject."""
