//! `--set`, `--add` and `--remove`: changes by path.
