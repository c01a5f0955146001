//! Reads reports in the JSON format that `--report FILE.json` writes.

use std::path::Path;

use super::types::ApiResult;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::text::without_byte_order_mark;

/// The largest report that is read; hundreds of thousands of APIs.
const MAX_BYTES: u64 = 256 << 20;

/// Reads a report; an error names the file and the line.
///
/// A status or member that azr does not write is an error, so that nothing is lost silently. The JSON may be formatted
/// in any way.
pub fn read(path: &Path) -> Result<Vec<ApiResult>> {
    let file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    parse(&files::read_limited(file, MAX_BYTES).map_err(|e| Error::read(path, e))?, path)
}

/// Parses the content of the report at `path`.
pub fn parse(text: &[u8], path: &Path) -> Result<Vec<ApiResult>> {
    // PowerShell writes UTF-8 with a byte order mark.
    let text = without_byte_order_mark(text);
    serde_json::from_slice(text).map_err(|e| {
        Error::invalid(format!("{}, line {}: {}", path.display(), e.line(), problem(&e)))
            .with_hint("Give reports in the .json format of --report; .xml and .md reports cannot be merged.")
    })
}

/// The problem without the position that serde appends.
fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    let expectation = if error.is_data() { "not a valid report" } else { "not valid JSON" };
    format!("{expectation}: {}", text.strip_suffix(&position).unwrap_or(&text))
}
