"""What people and events do with attendance: one module per process, one function per intention."""
