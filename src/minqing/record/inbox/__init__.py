"""Inbox: what comes from outside and may come twice is answered once.

Words    sender · key · act · answer
Doors    api (Idempotency-Key); wiring (Message-ID, import rows)
"""
