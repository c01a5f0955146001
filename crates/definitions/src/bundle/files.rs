//! The files of a definition, and the limits on reading them.

use azr_core::error::Result;

/// The maximum size of all files together: 64 MiB, far more than API Center accepts in a request.
pub(crate) const MAX_READ: usize = 64 * 1024 * 1024;

/// The size that a smaller file counts, so that the number of files is limited as well.
pub(super) const MIN_FILE_COST: usize = 1024;

/// The maximum size of the bundled document, which stops references that expand exponentially.
pub const MAX_EXPANDED: usize = 16 * 1024 * 1024;

/// The maximum length of a chain of references to references.
pub(crate) const MAX_HOPS: usize = 32;

/// The files that a definition may refer to: those of one folder.
pub trait Files: Sync {
    /// Reads a file; the path is relative to the folder, with `/` between its parts, none of which is `.` or `..`.
    ///
    /// Fails if the file does not exist, or if it is outside of the folder because of a link.
    fn read(&self, path: &str) -> Result<Vec<u8>>;

    /// The name of a file in messages.
    fn display_name(&self, path: &str) -> String {
        path.to_owned()
    }

    /// A text that distinguishes these files from those of other folders.
    fn scope(&self) -> String {
        String::new()
    }

    /// The name of the folder in messages.
    fn root_name(&self) -> String {
        "the folder".to_owned()
    }
}
