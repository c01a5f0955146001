//! The text of policies as API Management stores it: line ends and indentation change, as recorded.

/// Indents each element that starts a line with a tab for each level, and ends lines with a carriage return and a line
/// feed. Elements that do not start a line stay where they are.
pub(super) fn indent(xml: &str) -> String {
    let mut indented = String::with_capacity(xml.len());
    let (mut rest, mut depth) = (xml.trim(), 0_usize);
    while !rest.is_empty() {
        let (text, markup) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if depth > 0 && text.contains('\n') && text.trim().is_empty() {
            let level = if markup.starts_with("</") { depth - 1 } else { depth };
            indented.push_str("\r\n");
            indented.extend(std::iter::repeat_n('\t', level));
        } else {
            indented.push_str(text);
        }
        let (markup, following) = markup.split_at(markup_length(markup));
        indented.push_str(markup);
        rest = following;
        if markup.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !(markup.is_empty()
            || markup.starts_with("<!")
            || markup.starts_with("<?")
            || markup.ends_with("/>"))
        {
            depth += 1;
        }
    }
    indented
}

/// The length of the tag, comment or other markup that a text starts with.
fn markup_length(text: &str) -> usize {
    for (start, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if text.starts_with(start) {
            return text.find(end).map_or(text.len(), |index| index + end.len());
        }
    }
    let mut quote = None;
    for (index, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return index + 1,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_indented_by_tabs() {
        let policy = "<policies>\n    <inbound a='>'>\n<!-- two\n lines --><base />\n\n  </inbound>\n <x> a\n b </x>\n</policies>\n";
        let indented = "<policies>\r\n\t<inbound a='>'>\r\n\t\t<!-- two\n lines --><base />\r\n\t</inbound>\r\n\t<x> a\n b </x>\r\n</policies>";
        assert_eq!(indent(policy), indented);
        assert_eq!(indent(indented), indented);
        for same in
            ["<policies><inbound></inbound></policies>", "<a><![CDATA[\n<b>]]></a>", "", "no markup", "<a"]
        {
            assert_eq!(indent(same), same);
        }
    }
}
