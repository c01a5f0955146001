//! What each line of such a file is.

/// A line; what it says is without the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// Blank, a comment, or nothing that can be understood.
    Nothing,
    /// `[NAME]`.
    Section(&'a str),
    /// `KEY = VALUE`.
    Entry(&'a str, &'a str),
    /// It goes on with the value before it.
    Further(&'a str),
}

/// The lines of a file's text, each told from what went before it.
pub fn lines<'a>(text: impl Iterator<Item = &'a str>) -> impl Iterator<Item = Line<'a>> {
    let mut in_value = false;
    text.enumerate().map(move |(at, line)| {
        let line = if at == 0 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            return Line::Nothing;
        }
        if in_value && line.starts_with([' ', '\t']) {
            return Line::Further(bare);
        }
        let said = match bare.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((name, _)) => Line::Section(name),
            None => bare
                .split_once(['=', ':'])
                .map_or(Line::Nothing, |(key, value)| Line::Entry(key.trim(), value.trim())),
        };
        in_value = matches!(said, Line::Entry(..));
        said
    })
}
