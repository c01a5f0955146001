//! Limits on the size of documents.

/// The largest document that is read: 100 MiB.
///
/// The largest public definitions have about 40 MiB; API Center accepts 3 MB inline, and links to larger ones.
pub const MAX_DOCUMENT: usize = 100 * 1024 * 1024;

/// The maximum nesting of objects and lists that are parsed.
///
/// This is also the limit of `serde_json`. Parts of JSON documents that are skipped may nest deeper.
pub const MAX_DEPTH: usize = 128;

/// The maximum number of parsed values in a JSON or YAML document, including the members of the root.
///
/// The title, contacts and servers have a few hundred; without a limit, 100 MB of them would need gigabytes of memory.
pub(crate) const MAX_VALUES: usize = 50_000;
