"""Nothing acknowledged is lost: base copies and every octet of WAL, sealed, on a second disk; and the way back.

`sealed` how a file is sealed · `store` what lies where · `following` the WAL as it is written · `filing` what people handed
in · `basing` a base copy, its check, what is thrown away · `restoring` the way back. Needs no Django.
"""
