//! Decoding of documents: UTF-8 and UTF-16, with or without a byte order mark.
//!
//! Legacy encodings are not guessed: a wrong guess would write `â€”` for `—` into the catalog. An XML document may declare
//! its encoding; it is decoded accordingly, and its declaration is changed to UTF-8, in which it is sent.

use super::read_error::not_a_definition;
use std::ops::Range;

use azr_core::error::{Error, Result};
use encoding_rs::Encoding;

/// The text in `bytes`, without its byte order mark.
pub(super) fn decode(bytes: &[u8], name: &str) -> Result<String> {
    let text = match declared_encoding(bytes) {
        Some(encoding) => {
            let (text, is_lossy) = encoding.decode_without_bom_handling(bytes);
            if is_lossy {
                return Err(encoding_error(name, encoding.name(), "its XML declaration is wrong"));
            }
            text.into_owned()
        }
        None => decode_unicode(bytes, name)?,
    };
    Ok(declare_utf8(text))
}

/// The encoding in the XML declaration of a document that is compatible with ASCII; `None` for UTF-8.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    // Some files have blank lines before the declaration.
    let bytes = bytes.trim_ascii_start();
    if !bytes.starts_with(b"<?xml") {
        return None;
    }
    let end = bytes.iter().position(|b| *b == b'>')?;
    let declaration = std::str::from_utf8(&bytes[..end]).ok()?;
    let label = &declaration[encoding_label(declaration)?];
    let encoding = Encoding::for_label(label.as_bytes())?;
    // UTF-16 has a zero byte in each character of the declaration, so this one is wrong.
    encoding.is_ascii_compatible().then_some(encoding).filter(|encoding| *encoding != encoding_rs::UTF_8)
}

/// The position of the value of `encoding` in an XML declaration.
fn encoding_label(declaration: &str) -> Option<Range<usize>> {
    let after_name = declaration.find("encoding")? + "encoding".len();
    let quote = after_name + declaration[after_name..].find(['"', '\''])?;
    if declaration[after_name..quote].trim() != "=" {
        return None;
    }
    let length = declaration[quote + 1..].find(&declaration[quote..=quote])?;
    Some(quote + 1..quote + 1 + length)
}

/// Changes the encoding in the XML declaration to UTF-8, unless it is that already.
fn declare_utf8(mut text: String) -> String {
    if let Some(end) = text.find('>').filter(|_| text.trim_start().starts_with("<?xml"))
        && let Some(label) = encoding_label(&text[..end])
        && !text[label.clone()].eq_ignore_ascii_case("utf-8")
    {
        text.replace_range(label, "utf-8");
    }
    text
}

fn decode_unicode(bytes: &[u8], name: &str) -> Result<String> {
    match bytes {
        [] => Err(not_a_definition(name, "it is empty")),
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [_, 0, 0, 0, _, ..] | [0, 0, 0, _, ..] => {
            Err(not_a_definition(name, "it is encoded in UTF-32").with_hint("Save it as UTF-8."))
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => decode_utf8(rest, 3, name),
        [0xFF, 0xFE, rest @ ..] => decode_utf16(rest, 2, u16::from_le_bytes, name),
        [0xFE, 0xFF, rest @ ..] => decode_utf16(rest, 2, u16::from_be_bytes, name),
        // No definition starts with NUL, so a NUL in the first two bytes means UTF-16.
        [0, low, ..] if *low != 0 => decode_utf16(bytes, 0, u16::from_be_bytes, name),
        [low, 0, ..] if *low != 0 => decode_utf16(bytes, 0, u16::from_le_bytes, name),
        _ => match recognise_binary(bytes) {
            Some(actual) => Err(not_a_definition(name, actual)),
            None => decode_utf8(bytes, 0, name),
        },
    }
}

fn recognise_binary(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 3] = [
        (b"PK\x03\x04", "it is a ZIP archive (unpack it first)"),
        (b"\x1F\x8B", "it is compressed with gzip (unpack it first)"),
        (b"%PDF-", "it is a PDF document"),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, description)| *description)
}

fn decode_utf8(bytes: &[u8], bom_length: usize, name: &str) -> Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let offset = error.valid_up_to();
            let line = 1 + bytes[..offset].split(|b| *b == b'\n').count() - 1;
            Err(encoding_error(
                name,
                "UTF-8",
                &format!("byte 0x{:02X} at offset {} (line {line})", bytes[offset], offset + bom_length),
            ))
        }
    }
}

fn decode_utf16(bytes: &[u8], bom_length: usize, unit: fn([u8; 2]) -> u16, name: &str) -> Result<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return Err(encoding_error(
            name,
            "UTF-16",
            &format!("the last byte, at offset {}", bom_length + bytes.len() - 1),
        ));
    }
    let mut text = String::with_capacity(pairs.len());
    let mut offset = bom_length;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(char) => {
                text.push(char);
                offset += 2 * char.len_utf16();
            }
            Err(_) => {
                return Err(encoding_error(name, "UTF-16", &format!("a lone surrogate at offset {offset}")));
            }
        }
    }
    Ok(text)
}

fn encoding_error(name: &str, encoding: &str, problem: &str) -> Error {
    Error::invalid(format!("{name} is not valid {encoding}: {problem}")).with_hint(
        "Save the file as UTF-8. azr does not guess other encodings, because a wrong guess would corrupt the text.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "{\"a\": \"日本 — 🐱\"}";
        let marked = format!("\u{FEFF}{text}");
        for bytes in [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            utf16_bytes(text, u16::to_le_bytes),
            utf16_bytes(text, u16::to_be_bytes),
            utf16_bytes(&marked, u16::to_le_bytes),
            utf16_bytes(&marked, u16::to_be_bytes),
        ] {
            assert_eq!(decode(&bytes, "x").expect("decoded"), text);
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused_with_its_place() {
        let latin1 = b"openapi: 3.0.0\ninfo: {title: Caf\xE9}\n";
        let error = decode(latin1, "a.yaml").expect_err("latin-1").to_string();
        assert_eq!(error, "a.yaml is not valid UTF-8: byte 0xE9 at offset 32 (line 2)");
        let error = decode(b"\xFF\xFEa\0b", "x").expect_err("odd").to_string();
        assert!(error.ends_with("at offset 4"), "{error}");
        let error = decode(b"\xFF\xFEa\0\x00\xD8b\0", "x").expect_err("surrogate").to_string();
        assert!(error.ends_with("a lone surrogate at offset 4"), "{error}");
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"PK\x03\x04..", "ZIP"),
            (b"\xFF\xFE\0\0", "UTF-32"),
            (b"a\0\0\0b\0\0\0", "UTF-32"),
            (b"\0\0\0a", "UTF-32"),
            (b"%PDF-1.7", "PDF"),
        ] {
            let error = decode(bytes, "x").expect_err(word).to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn the_encoding_of_an_xml_declaration_is_respected_and_changed_to_utf_8() {
        let declared = |label: &str, body: &[u8]| {
            [format!("<?xml version=\"1.0\" encoding='{label}'?>").as_bytes(), body].concat()
        };
        for (label, body) in [("ISO-8859-1", &b"<a>caf\xe9</a>"[..]), ("windows-1252", b"<a>caf\xe9</a>")] {
            let text = decode(&declared(label, body), "x").expect("text");
            assert_eq!(text, "<?xml version=\"1.0\" encoding='utf-8'?><a>café</a>");
        }
        let blank = [b"\r\n", &declared("latin1", b"<a>caf\xe9</a>")[..]].concat();
        assert_eq!(
            decode(&blank, "x").expect("text"),
            "\r\n<?xml version=\"1.0\" encoding='utf-8'?><a>café</a>"
        );
        let utf8 = declared("UTF-8", "<a>café</a>".as_bytes());
        assert_eq!(decode(&utf8, "x").expect("text").into_bytes(), utf8);
        assert!(decode(&declared("UTF-8", b"<a>caf\xe9</a>"), "x").is_err());
        let utf16: Vec<u8> = "\u{feff}<?xml version='1.0' encoding=\"utf-16\"?><a>é</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decode(&utf16, "x").expect("text"), "<?xml version='1.0' encoding=\"utf-8\"?><a>é</a>");
    }
}
