//! Arranging headers and cells in columns, as tabulate's `simple` format does.

/// The minimum difference between the widths of a column and its header.
const HEADER_MARGIN: usize = 2;
const GAP: &str = "  ";

/// Renders a table; the output is an empty line if there are no columns.
///
/// If any cell contains a line break, all cells are split into lines; a row of empty cells then has no line at all.
pub(crate) fn render(headers: &[String], rows: &[Vec<String>]) -> String {
    if headers.is_empty() {
        return "\n".to_owned();
    }
    let multiline = headers.iter().chain(rows.iter().flatten()).any(|text| text.contains(['\r', '\n']));
    let cells: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| (0..headers.len()).map(|i| row.get(i).map_or("", |cell| strip(cell))).collect())
        .collect();
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(i, header)| {
            let cells = cells.iter().map(|row| width(row[i], multiline)).max().unwrap_or(0);
            cells.max(width(header, multiline) + HEADER_MARGIN)
        })
        .collect();

    let mut output = String::new();
    let header_cells: Vec<&str> = headers.iter().map(String::as_str).collect();
    push_row(&mut output, &header_cells, &widths, if multiline { split_header_lines } else { single_line });
    let separators: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    output.push_str(&separators.join(GAP));
    output.push('\n');
    for row in &cells {
        push_row(&mut output, row, &widths, if multiline { split_lines } else { single_line });
    }
    output
}

fn push_row(output: &mut String, cells: &[&str], widths: &[usize], split: fn(&str) -> Vec<&str>) {
    let cells: Vec<Vec<&str>> = cells.iter().map(|cell| split(cell)).collect();
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(lines, width)| pad(lines.get(line).copied().unwrap_or_default(), *width))
            .collect();
        output.push_str(padded.join(GAP).trim_end_matches(is_space));
        output.push('\n');
    }
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(visible_width(text));
    text.chars().chain(std::iter::repeat_n(' ', missing)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &[&str], rows: &[&[&str]]) -> String {
        let to_owned = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        render(&to_owned(headers), &rows.iter().map(|row| to_owned(row)).collect::<Vec<_>>())
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
    fn terminal_escapes_have_no_width() {
        assert_eq!(visible_width("\x1b[31mred\x1b[0m"), 3);
        assert_eq!(visible_width("\x1b[é"), 3);
        assert_eq!(visible_width("日本"), 2);
    }
}
