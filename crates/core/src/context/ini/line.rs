//! Classification of the lines of an INI file.

/// A line, with surrounding whitespace removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// A blank line, a comment, or a line that is not valid.
    Ignored,
    /// `[NAME]`.
    Section(&'a str),
    /// `KEY = VALUE`.
    Entry(&'a str, &'a str),
    /// A continuation of the value before it.
    Continuation(&'a str),
}

/// Classifies the lines of a file.
pub(crate) fn classify_lines<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Line<'a>> {
    let mut in_value = false;
    lines.enumerate().map(move |(index, line)| {
        let line = if index == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            return Line::Ignored;
        }
        if in_value && line.starts_with([' ', '\t']) {
            return Line::Continuation(trimmed);
        }
        let classified = match trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, _)) => Line::Section(name),
            None => trimmed
                .split_once(['=', ':'])
                .map_or(Line::Ignored, |(key, value)| Line::Entry(key.trim(), value.trim())),
        };
        in_value = matches!(classified, Line::Entry(..));
        classified
    })
}
