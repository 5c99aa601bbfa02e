"""Attendance: absence notices from home, attendance lesson by lesson, and the same-day notice of unexcused
absence.
"""
