"""Duties: who owes what, by when, under which rule. The one place lateness is read from.

Words    duty · due 最迟哪天 · light 灯 · rung (a step up the superior line) · met
Doors    leader's page, desk (through cases), supervision
Below    law (dates), offices (superior line), facts (subjects)
"""
