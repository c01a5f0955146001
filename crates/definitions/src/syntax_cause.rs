//! What usually is the cause if a document is not valid JSON or YAML, which the parser cannot know.

/// The cause of a syntax error, with its line; None if the parser's reason says more.
pub(crate) fn find(text: &str) -> Option<String> {
    text.lines().enumerate().find_map(|(index, line)| {
        let number = index + 1;
        if is_conflict_mark(line) {
            return Some(format!("it has a merge conflict that is not resolved (line {number})"));
        }
        let content = line.trim_start();
        if is_template(content) {
            return Some(format!("it is a template, which must be rendered first (line {number})"));
        }
        let indentation = &line[..line.len() - content.len()];
        let wrong = indentation.chars().find(|c| !c.is_ascii_whitespace())?;
        Some(format!("line {number} is indented with U+{:04X}, which is not a space", u32::from(wrong)))
    })
}

/// Whether a line is the first of a conflict in a merge of Git.
pub(crate) fn is_conflict_mark(line: &str) -> bool {
    line.starts_with("<<<<<<< ")
}

/// Whether a line of YAML has a placeholder of a template in place of a value or of the whole line.
fn is_template(content: &str) -> bool {
    let values = content.match_indices(": ").map(|(index, mark)| content[index + mark.len()..].trim_start());
    std::iter::once(content).chain(values).any(|text| {
        let is_placeholder = |start: &str, end: &str| text.starts_with(start) && text.contains(end);
        is_placeholder("{{", "}}") || is_placeholder("{%", "%}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_found_with_its_line() {
        for (text, expected) in [
            ("openapi: 3.0.0\n<<<<<<< HEAD\ninfo: {}\n", "a merge conflict that is not resolved (line 2)"),
            ("a:\n  title: {{ .Values.title }}\n", "a template, which must be rendered first (line 2)"),
            ("info: {title: {{ .Values.title }}}\n", "a template, which must be rendered first (line 1)"),
            ("{{- if .Values.x }}\na: 1\n{{- end }}\n", "a template, which must be rendered first (line 1)"),
            ("{% raw %}\n", "a template, which must be rendered first (line 1)"),
            ("a:\n\u{a0} b: 1\n", "line 2 is indented with U+00A0, which is not a space"),
        ] {
            assert!(find(text).is_some_and(|cause| cause.contains(expected)), "{text}: {:?}", find(text));
        }
        for text in ["", "a: '{{ x }}'\n\tb", "<< : {a: 1}", "a: {b: {c: 1}}", "url: https://{{host}}/\n"] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
