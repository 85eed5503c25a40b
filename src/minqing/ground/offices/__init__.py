"""Offices 单位: posts and appointments in time, superior lines, declared kin, accounts and tokens.

Words    office · post · appointment · deputising · kin · seat (an appointment as the charter sees it)
Doors    sign-in; every desk; /api (bearer tokens)
Below    places
"""
