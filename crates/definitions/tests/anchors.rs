//! References that name a schema by its anchor.

use azr_core::error::{Error, Result};
use azr_definitions::bundle::{Bundled, DocumentCache, Files, SourceFile, bundle};

struct Schemas;

impl Files for Schemas {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        match path {
            "schemas.yaml" => {
                Ok(b"$defs:\n  Pet: {$anchor: pet, type: object, properties: {mother: {$ref: '#pet'}}}\n\
                ref: {$ref: '#pet'}\n"
                    .to_vec())
            }
            _ => Err(Error::invalid(format!("{path} does not exist"))),
        }
    }
}

fn bundle_reference(reference: &str) -> Result<Bundled> {
    let text = format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\ncomponents: {{schemas: {{A: {{$ref: '{reference}'}}}}}}\n"
    );
    let definition = azr_definitions::read(text.as_bytes(), "api.yaml")?;
    bundle(&definition, &SourceFile { path: "api.yaml", files: &Schemas, cache: &DocumentCache::default() })
}

#[test]
fn an_anchor_of_another_file_is_followed() -> Result<()> {
    for reference in ["schemas.yaml#pet", "schemas.yaml#/ref", "./schemas.yaml#p%65t"] {
        let text = bundle_reference(reference)?.definition.text;
        assert!(text.contains("type: object") && text.contains("$ref: \"#/components/schemas/A\""), "{text}");
    }
    Ok(())
}

#[test]
fn an_anchor_that_does_not_exist_is_an_error_that_explains_pointers() {
    let error = bundle_reference("schemas.yaml#$defs/Pet").expect_err("no anchor");
    assert_eq!(
        error.to_string(),
        "api.yaml: $ref 'schemas.yaml#$defs/Pet': schemas.yaml has no anchor '$defs/Pet'"
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("#/$defs/Pet")));
}
