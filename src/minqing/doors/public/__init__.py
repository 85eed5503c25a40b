"""The resident's door: say what is wrong, follow it, judge it. No account, no JavaScript needed, no code in an address."""
