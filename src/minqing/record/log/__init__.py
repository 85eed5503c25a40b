"""Log 存证册: one dense order of leaves, each a salted commitment. Never content.

Words    leaf · pending leaf · checkpoint · origin
Doors    (part 2: /log); wiring.worker moves pending leaves here
"""
