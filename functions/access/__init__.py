"""Who may do what in the school system, who has read what, and how long it is kept (process 36)."""
