"""The staff's door: one worklist per role, keyboard first; every act is one row of doors/parts/acts.py."""
