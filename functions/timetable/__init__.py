"""The timetable: which lessons a group and a teacher have on a day (processes 16–18)."""
