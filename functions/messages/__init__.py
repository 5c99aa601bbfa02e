"""Messages: how people are reached. This area alone knows channels, preferences, addresses' use and the
delivery log.
"""
