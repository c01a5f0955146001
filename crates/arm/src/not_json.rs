//! Recognises what is sent instead of JSON: web pages of a proxy, a firewall or the sign-in to a network, and UTF-16.

use azr_core::error::Error;

/// How much of a body is searched for a title, in bytes.
const SEARCHED: usize = 8 * 1024;

/// The longest title that is shown, in characters.
const MAX_TITLE: usize = 100;

/// What to do about a body that is not JSON.
pub(crate) const HINT: &str = "A proxy, a firewall or the sign-in page of the network may have sent it: check the proxy variables \
                               (HTTPS_PROXY, NO_PROXY), and open the address in a browser.";

/// Describes a body that is a web page or in UTF-16; None for any other body.
pub(crate) fn describe(body: &[u8]) -> Option<String> {
    if is_utf16(body) {
        return Some("text in UTF-16 instead of JSON in UTF-8".to_owned());
    }
    describe_page(body)
}

/// Whether a body is a web page.
pub(crate) fn is_html(body: &[u8]) -> bool {
    describe_page(body).is_some()
}

/// Whether a body is a text in UTF-16: with a byte order mark, or with an ASCII character at its start.
fn is_utf16(body: &[u8]) -> bool {
    matches!(body, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0x7f, ..] | [1..=0x7f, 0, ..])
}

/// Describes a body that is a web page, with its title if it has one.
fn describe_page(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(&body[..body.len().min(SEARCHED)]);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // ASCII lower case, so that positions are the same in both.
    let lower = text.to_ascii_lowercase();
    let is_html = ["<!doctype html", "<html", "<head", "<body"].iter().any(|start| lower.starts_with(start));
    if !is_html {
        return None;
    }
    Some(match title(text, &lower) {
        Some(title) => format!("a web page (HTML: '{title}') instead of JSON"),
        None => "a web page (HTML) instead of JSON".to_owned(),
    })
}

/// The error for a response of `host` that is a web page or in UTF-16; None for any other body.
pub(crate) fn error(host: &str, status: u16, body: &[u8]) -> Option<Error> {
    let content = describe(body)?;
    Some(
        Error::invalid_response(format!("the response of {host} (HTTP {status}) is {content}"))
            .with_hint(HINT),
    )
}

fn title(text: &str, lower: &str) -> Option<String> {
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let visible: String = text[start..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(MAX_TITLE).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_page_is_described_by_its_title() {
        for (body, expected) in [
            ("<html>", "a web page (HTML) instead of JSON"),
            (
                "\n<!DOCTYPE html><html><head><TITLE lang=en>Sign\r\n in</title>",
                "a web page (HTML: 'Sign in') instead of JSON",
            ),
            ("\u{feff}<HTML><title></title>", "a web page (HTML) instead of JSON"),
            ("<html><title>never ends", "a web page (HTML) instead of JSON"),
        ] {
            assert_eq!(describe(body.as_bytes()).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn a_text_in_utf_16_is_described() {
        for text in ["{\"a\":1}", "<html>", "[]"] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let marked = [&[0xff, 0xfe], &*little].concat();
            for body in [little, big, marked] {
                assert_eq!(
                    describe(&body).as_deref(),
                    Some("text in UTF-16 instead of JSON in UTF-8"),
                    "{text}"
                );
                assert!(!is_html(&body));
            }
        }
    }

    #[test]
    fn json_text_and_other_xml_are_not_web_pages() {
        for body in ["", "{}", "Bad Gateway", "<?xml version='1.0'?><Error/>", "\"<html>\""] {
            assert_eq!(describe(body.as_bytes()), None, "{body}");
        }
    }
}
