"""The shared kernel of Skolkit: what every process area needs and none of them owns.

Technical parts (requests, triggers, transactions, facts, audit) and Swedish value types. It never imports
`functions`.
"""
