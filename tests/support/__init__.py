"""What the suites share: calling areas in-process as the gateway would, tables without a deployment, made-up
people.
"""
