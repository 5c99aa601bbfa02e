"""The rules of access: what a segment of the audit trail is, how what was done is told in plain words, and
what is kept why and how long."""
