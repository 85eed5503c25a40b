"""The sealed side's pages: to accuse and to follow it, and for the few officers who hold keys. Its own process and host."""
