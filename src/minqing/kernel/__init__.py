"""Seven small pieces that every room builds on and that know no noun of ours."""
