"""Visits 走访: for now pairing (结对) alone: which cadre keeps which household in mind, since when, and as what.

Words    pair · cadre · household · kind · refuse (the household's right; no reason is asked)
Doors    desk, api, the command line (lists a county already has)
Below    people, offices
"""
