//! Arranging headers and cells in columns, as tabulate's `simple` format does.

use crate::sink::Sink;
use crate::wording::counted;
use azr_core::error::{Error, Result};

/// The minimum difference between the widths of a column and its header.
const HEADER_MARGIN: usize = 2;
const GAP: &str = "  ";

/// The longest table, in characters: a cell of some megabytes widens its column in every row.
const MAX_LENGTH: usize = 256 << 20;

/// Renders a table; the output is an empty line if there are no columns.
///
/// If any cell contains a line break, all cells are split into lines; a row of empty cells then has no line at all.
pub(super) fn render(headers: &[String], rows: &[Vec<String>], mut sink: Sink<'_>) -> Result<()> {
    if headers.is_empty() {
        sink.text.push('\n');
        return sink.finish();
    }
    let multiline = headers.iter().chain(rows.iter().flatten()).any(|text| text.contains(['\r', '\n']));
    let mut widths: Vec<usize> =
        headers.iter().map(|header| width(header, multiline) + HEADER_MARGIN).collect();
    for row in rows {
        for (cell, column) in row.iter().zip(&mut widths) {
            *column = width(strip(cell), multiline).max(*column);
        }
    }
    let row_length: usize = widths.iter().map(|width| width + GAP.len()).sum();
    if row_length.saturating_mul(rows.len()) > MAX_LENGTH {
        return Err(too_large(rows.len()));
    }
    let header_cells: Vec<&str> = headers.iter().map(String::as_str).collect();
    push_row(&mut sink, &header_cells, &widths, if multiline { split_header_lines } else { single_line });
    let separators: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    sink.text.push_str(&separators.join(GAP));
    sink.text.push('\n');
    for row in rows {
        let cells: Vec<&str> = row.iter().map(|cell| strip(cell)).collect();
        push_row(&mut sink, &cells, &widths, if multiline { split_lines } else { single_line });
    }
    sink.finish()
}

/// Appends a row, which may have fewer cells than there are columns.
fn push_row(sink: &mut Sink<'_>, cells: &[&str], widths: &[usize], split: fn(&str) -> Vec<&str>) {
    let cells: Vec<Vec<&str>> = cells.iter().map(|cell| split(cell)).collect();
    let missing_cells = if cells.len() < widths.len() { split("").len() } else { 0 };
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0).max(missing_cells) {
        let start = sink.text.len();
        for (index, (lines, width)) in cells.iter().zip(widths).enumerate() {
            sink.text.push_str(if index > 0 { GAP } else { "" });
            push_padded(&mut sink.text, lines.get(line).copied().unwrap_or_default(), *width);
        }
        let length = sink.text[start..].trim_end_matches(is_space).len();
        sink.text.truncate(start + length);
        sink.text.push('\n');
        sink.write_if_long();
    }
}

fn push_padded(output: &mut String, text: &str, width: usize) {
    output.push_str(text);
    output.extend(std::iter::repeat_n(' ', width.saturating_sub(visible_width(text))));
}

fn width(text: &str, multiline: bool) -> usize {
    if multiline {
        text.split(['\r', '\n']).map(visible_width).max().unwrap_or(0)
    } else {
        visible_width(text)
    }
}

/// The number of characters, without terminal escapes such as colors.
fn visible_width(text: &str) -> usize {
    let mut rest = text;
    let mut count = 0;
    while let Some(start) = rest.find("\x1b[") {
        count += rest[..start].chars().count();
        let body = &rest[start + 2..];
        let end = body.trim_start_matches(|c| matches!(c, '\x30'..='\x3f'));
        let end = end.trim_start_matches(|c| matches!(c, '\x20'..='\x2f'));
        rest = if end.starts_with(|c| matches!(c, '\x40'..='\x7e')) {
            &end[1..]
        } else {
            count += 2;
            body
        };
    }
    count + rest.chars().count()
}

fn single_line(text: &str) -> Vec<&str> {
    vec![text]
}

/// Splits at every break character, so that `\r\n` leaves an empty line, and then as in a cell.
fn split_header_lines(text: &str) -> Vec<&str> {
    text.split(['\r', '\n'])
        .flat_map(|line| if line.is_empty() { vec![""] } else { split_lines(line) })
        .collect()
}

/// Python's `str.splitlines`: no line after a final break, and none in an empty text.
fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.find(is_break) {
        lines.push(&rest[..end]);
        let length = if rest[end..].starts_with("\r\n") {
            2
        } else {
            rest[end..].chars().next().map_or(1, char::len_utf8)
        };
        rest = &rest[end + length..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

fn is_break(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Python's `str.isspace`.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

/// The error of a table that nobody could read.
pub(super) fn too_large(rows: usize) -> Error {
    Error::limit_exceeded(format!("the result with {} is too large for a table", counted(rows, "row")))
        .with_hint("Use -o json, or select less with --query.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::collect;

    fn table(headers: &[&str], rows: &[&[&str]]) -> String {
        let to_owned = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let rows: Vec<_> = rows.iter().map(|row| to_owned(row)).collect();
        collect(|sink| render(&to_owned(headers), &rows, sink))
    }

    #[test]
    fn cells_are_stripped_and_the_last_column_is_not_padded() {
        assert_eq!(
            table(&["A", "B"], &[&[" x ", "longer"], &["y"]]),
            "A    B\n---  ------\nx    longer\ny\n"
        );
    }

    #[test]
    fn lines_of_a_cell_are_below_each_other() {
        assert_eq!(table(&["A", "B"], &[&["1\n22", "x"], &["", ""]]), "A    B\n---  ---\n1    x\n22\n");
    }

    #[test]
    fn a_row_without_cells_is_an_empty_line_unless_cells_have_lines() {
        assert_eq!(table(&["A"], &[&["1"], &[], &["2"]]), "A\n---\n1\n\n2\n");
        assert_eq!(table(&["A"], &[&["1\n2"], &[], &["3"]]), "A\n---\n1\n2\n3\n");
    }

    #[test]
    fn terminal_escapes_have_no_width() {
        assert_eq!(visible_width("\x1b[31mred\x1b[0m"), 3);
        assert_eq!(visible_width("\x1b[é"), 3);
        assert_eq!(visible_width("日本"), 2);
    }
}
