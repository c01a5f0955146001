//! Setting headers and cells in columns, as az's library for tables does in its plain style.

/// What a column is at least wider than its header.
const MARGIN: usize = 2;
const GAP: &str = "  ";

/// The lines of a table; an empty line if there is no column.
///
/// As soon as one cell has a line break all cells are set line by line: a row whose cells are all empty is then no
/// line at all.
pub fn render(headers: &[String], rows: &[Vec<String>]) -> String {
    if headers.is_empty() {
        return "\n".to_owned();
    }
    let in_lines = headers.iter().chain(rows.iter().flatten()).any(|text| text.contains(['\r', '\n']));
    let cells: Vec<Vec<&str>> = rows
        .iter()
        .map(|row| (0..headers.len()).map(|i| row.get(i).map_or("", |cell| strip(cell))).collect())
        .collect();
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(i, header)| {
            let cells = cells.iter().map(|row| width(row[i], in_lines)).max().unwrap_or(0);
            cells.max(width(header, in_lines) + MARGIN)
        })
        .collect();

    let mut out = String::new();
    let titles: Vec<&str> = headers.iter().map(String::as_str).collect();
    push_row(&mut out, &titles, &widths, if in_lines { header_lines } else { whole });
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    out.push_str(&rules.join(GAP));
    out.push('\n');
    for row in &cells {
        push_row(&mut out, row, &widths, if in_lines { split_lines } else { whole });
    }
    out
}

fn push_row(out: &mut String, cells: &[&str], widths: &[usize], lines_of: fn(&str) -> Vec<&str>) {
    let cells: Vec<Vec<&str>> = cells.iter().map(|cell| lines_of(cell)).collect();
    for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(lines, width)| padded(lines.get(line).copied().unwrap_or_default(), *width))
            .collect();
        out.push_str(padded.join(GAP).trim_end_matches(is_space));
        out.push('\n');
    }
}

fn padded(text: &str, to: usize) -> String {
    let missing = to.saturating_sub(visible_width(text));
    text.chars().chain(std::iter::repeat_n(' ', missing)).collect()
}

fn width(text: &str, in_lines: bool) -> usize {
    if in_lines {
        text.split(['\r', '\n']).map(visible_width).max().unwrap_or(0)
    } else {
        visible_width(text)
    }
}

/// Characters, without terminal escapes such as colours.
fn visible_width(text: &str) -> usize {
    let mut rest = text;
    let mut count = 0;
    while let Some(at) = rest.find("\x1b[") {
        count += rest[..at].chars().count();
        let body = &rest[at + 2..];
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

fn whole(text: &str) -> Vec<&str> {
    vec![text]
}

/// Every break character separates, so that `\r\n` leaves an empty line; then as in a cell.
fn header_lines(text: &str) -> Vec<&str> {
    text.split(['\r', '\n'])
        .flat_map(|line| if line.is_empty() { vec![""] } else { split_lines(line) })
        .collect()
}

/// `str.splitlines` of Python: no line after a final break, and none in an empty text.
fn split_lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_break) {
        lines.push(&rest[..at]);
        let length = if rest[at..].starts_with("\r\n") {
            2
        } else {
            rest[at..].chars().next().map_or(1, char::len_utf8)
        };
        rest = &rest[at + length..];
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

/// `str.isspace` of Python.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\x1c'..='\x1f')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(headers: &[&str], rows: &[&[&str]]) -> String {
        let own = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        render(&own(headers), &rows.iter().map(|row| own(row)).collect::<Vec<_>>())
    }

    #[test]
    fn cells_are_stripped_and_the_last_column_is_not_padded() {
        assert_eq!(
            table(&["A", "B"], &[&[" x ", "longer"], &["y"]]),
            "A    B\n---  ------\nx    longer\ny\n"
        );
    }

    #[test]
    fn lines_of_a_cell_stand_below_each_other() {
        assert_eq!(table(&["A", "B"], &[&["1\n22", "x"], &["", ""]]), "A    B\n---  ---\n1    x\n22\n");
    }

    #[test]
    fn escapes_of_the_terminal_take_no_room() {
        assert_eq!(visible_width("\x1b[31mred\x1b[0m"), 3);
        assert_eq!(visible_width("\x1b[é"), 3);
        assert_eq!(visible_width("日本"), 2);
    }
}
