"""The sealed side's pages: who says it, and who may work on it. A process and a host of their own."""
