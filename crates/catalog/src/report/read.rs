//! Reading a report back: the JSON form that `--report FILE.json` writes.

use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::ApiResult;
use azr_core::error::{Error, Result};
use azr_core::files;

/// The largest report that is read: hundreds of thousands of APIs.
const MAX_BYTES: u64 = 256 << 20;

/// The most seconds that an API may have taken: over thirty years; more is no time that anybody measured.
const MOST_SECONDS: f64 = 1e9;

/// Reads the report in a file; the error names file and line.
///
/// What azr does not write, such as another status or member, is refused, so that nothing gets lost silently. How
/// the JSON is broken into lines does not matter.
pub fn read(path: &Path) -> Result<Vec<ApiResult>> {
    let file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    parse(&files::read_limited(file, MAX_BYTES).map_err(|e| Error::read(path, e))?, path)
}

/// Reads a report from the bytes of the file at `path`.
pub fn parse(text: &[u8], path: &Path) -> Result<Vec<ApiResult>> {
    // PowerShell begins the UTF-8 that it writes with a mark.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    serde_json::from_slice(text).map_err(|e| {
        Error::invalid(format!("{}, line {}: {}", path.display(), e.line(), why(&e)))
            .with_hint("Give reports that --report FILE.json wrote; .xml and .md are not read back.")
    })
}

/// What is wrong, without the place that serde adds.
fn why(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let what = if error.is_data() { "no report of APIs" } else { "not JSON" };
    format!("{what}: {}", told.strip_suffix(&place).unwrap_or(&told))
}

/// The name of an API, by which reports are merged.
pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let name = String::deserialize(from)?;
    if name.is_empty() { Err(D::Error::custom("an API without a name")) } else { Ok(name) }
}

/// A time that an API may have taken.
pub(super) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let seconds = f64::deserialize(from)?;
    if (0.0..=MOST_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    Err(D::Error::custom(format!("nothing takes {seconds} seconds")))
}
