"""People 人: the one room that holds names and contacts of residents, sealed, behind one gate.

Words    person · household · mask · contact · look (who opened an identity, when, why)
Doors    desk (one click, purpose preset, logged) · public (who looked)
Below    offices (who looked), places (where a household is)
"""
