"""The demo county 棠川县 (Tangchuan, code 990101): invented places, offices, people and a year of what they said.

Everything here but the loader is pure and decided by a seed alone: item i of the year is the same at every
scale. No name, text or number is taken from a real person, place or message; telephone numbers begin with
154, which no operator has been given.
"""
