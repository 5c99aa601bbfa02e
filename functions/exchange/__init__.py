"""Data exchange with other systems: SS 12000, subscriptions, calendars, files for authorities."""
