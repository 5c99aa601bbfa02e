"""What people and events do with grades: one module per process, one function per intention."""
