"""Promises 承诺: what was said, in the exact words, by whom, to whom, on what condition, by when.

Words    promise · condition · owner · kept (only the person says so)
Doors    desk; used by replies, reception and mediation
Below    judgement, duties
"""
