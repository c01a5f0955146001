//! The verbosity of messages, set once from the command line.

use std::sync::atomic::{AtomicU8, Ordering};

/// Which messages are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Verbosity {
    /// Errors only (`--only-show-errors`).
    OnlyErrors,
    /// Errors, warnings and progress.
    Normal,
    /// Also which credential and files are used, and retries (`--verbose`).
    Verbose,
    /// Also every request (`--debug`).
    Debug,
}

const LEVELS: [Verbosity; 4] =
    [Verbosity::OnlyErrors, Verbosity::Normal, Verbosity::Verbose, Verbosity::Debug];

static CURRENT: AtomicU8 = AtomicU8::new(Verbosity::Normal as u8);

/// Sets the verbosity of the process.
pub fn set_verbosity(verbosity: Verbosity) {
    CURRENT.store(verbosity as u8, Ordering::Relaxed);
}

/// The verbosity of the process.
#[must_use]
pub fn verbosity() -> Verbosity {
    LEVELS[usize::from(CURRENT.load(Ordering::Relaxed))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered() {
        assert!(LEVELS.is_sorted());
        for (index, level) in LEVELS.into_iter().enumerate() {
            assert_eq!(level as usize, index);
        }
    }
}
