"""Assessment: notes and results through the term, written assessments (omdömen), individual development plans
(IUP), development talks and national tests (processes 30 and 31).
"""
