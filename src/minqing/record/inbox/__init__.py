"""Inbox: what comes from outside and may come twice is answered once; what comes too often is slowed.

Words    sender · key · act · answer · tally (wrong guesses of one sender, or asks of one account)
Doors    api (Idempotency-Key); parts/tries (query codes, words); wiring (Message-ID, import rows)
"""
