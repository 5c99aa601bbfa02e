"""What attendance takes and gives over HTTP. Words and minutes as in SS 12000 `Absence` and `Attendance`."""
