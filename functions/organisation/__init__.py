"""The organisation: school units and their school year, groups and who is in them, staff duties (processes
12–15).
"""
