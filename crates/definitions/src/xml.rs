//! Parsing of XML, with limits.

use roxmltree::{Document, ParsingOptions};

/// The maximum number of nodes, to limit memory; it is far more than the largest WSDL has.
const MAX_NODES: u32 = 6_000_000;

/// The maximum number of attributes of an element.
///
/// The parser compares each attribute with all others of the element, so a megabyte of them would take minutes.
const MAX_ATTRIBUTES: usize = 256;

/// Parses a document; the error is a reason.
pub(super) fn parse(text: &str) -> Result<Document<'_>, String> {
    // The parser accepts the XML declaration only at the very start; some files have blank lines before it.
    let text = text.trim_start();
    if text.split('<').any(|tag| count_attributes(tag) > MAX_ATTRIBUTES) {
        return Err(format!("it has more than {MAX_ATTRIBUTES} attributes in one element"));
    }
    if text.contains("<!ENTITY") {
        return Err("it defines entities, which azr does not expand".to_owned());
    }
    let options = ParsingOptions { nodes_limit: MAX_NODES, allow_dtd: true, ..Default::default() };
    Document::parse_with_options(text, options).map_err(|error| error.to_string())
}

/// Whether a document is an HTML page.
pub(super) fn is_html(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_start();
    }
    ["<!doctype html", "<html"]
        .iter()
        .any(|tag| rest.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)))
}

/// Counts the quoted values in a tag, of which `tag` is the text after `<`. A value may contain `>` but not `<`.
fn count_attributes(tag: &str) -> usize {
    let mut count = 0;
    let mut quote = None;
    for byte in tag.bytes() {
        match (quote, byte) {
            (Some(open), _) if open == byte => {
                quote = None;
                count += 1;
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => break,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_type_is_allowed_without_entities() {
        assert!(parse("<!DOCTYPE a><a/>").is_ok());
        assert!(parse("\n<?xml version='1.0'?><!DOCTYPE a SYSTEM 'x.dtd'><a/>").is_ok());
        let error =
            parse("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>").expect_err("an entity");
        assert!(error.contains("entities"), "{error}");
    }

    #[test]
    fn html_is_recognised_after_comments() {
        assert!(is_html("<!-- a --> <!--b-->\n<HTML lang='en'>") && is_html("<!doctype HTML>"));
        assert!(!is_html("<!-- <html> --><a/>") && !is_html("<!-- open"));
    }
}
