//! Definitions in many formats, from `tests/specs` or generated, and what is read from each.

mod common;

use azr_definitions::{ApiKind, Definition, Format};
use common::generated_spec;

/// What must be read from a file.
struct Expected {
    file: &'static str,
    format: Format,
    kind: ApiKind,
    format_version: Option<&'static str>,
    title: Option<&'static str>,
    version: Option<&'static str>,
    servers: &'static [&'static str],
}

const OPENAPI: Expected = Expected {
    file: "",
    format: Format::OpenApi,
    kind: ApiKind::Rest,
    format_version: None,
    title: None,
    version: None,
    servers: &[],
};

const EXPECTED: &[Expected] = &[
    Expected {
        file: "swagger2-minimal.json",
        format_version: Some("2.0"),
        title: Some("Parcel Tracking"),
        version: Some("2019-04"),
        servers: &["https://api.parcels.example/tracking/v2/", "http://api.parcels.example/tracking/v2/"],
        ..OPENAPI
    },
    Expected {
        file: "swagger2-key-last.yaml",
        format_version: Some("2.0"),
        title: Some("Ledger"),
        version: Some("1.0"),
        servers: &["https://ledger.example:8443/ledger"],
        ..OPENAPI
    },
    Expected {
        file: "openapi30-handwritten.yaml",
        format_version: Some("3.0.3"),
        title: Some("Café Orders — Bestellungen"),
        version: Some("1.10"),
        servers: &["https://eu.orders.example:8443/v1", "/v1"],
        ..OPENAPI
    },
    Expected {
        file: "openapi30-anchors.yaml",
        format_version: Some("3.0.0"),
        title: Some("Anchors & Aliases"),
        version: Some("2.0"),
        servers: &["https://anchors.example/api"],
        ..OPENAPI
    },
    Expected {
        file: "openapi31-full.json",
        format_version: Some("3.1.0"),
        title: Some("Sensor Readings"),
        version: Some("v3"),
        servers: &["https://sensors.example", "https://staging.sensors.example"],
        ..OPENAPI
    },
    Expected {
        file: "openapi31-webhooks-only.yaml",
        kind: ApiKind::Webhook,
        format_version: Some("3.1.0"),
        title: Some("Payment Events"),
        version: Some("2024-05-01"),
        ..OPENAPI
    },
    Expected {
        file: "openapi32-named-servers.yaml",
        format_version: Some("3.2.0"),
        title: Some("Named Servers"),
        version: Some("4"),
        servers: &["https://one.example", "https://two.example"],
        ..OPENAPI
    },
    Expected { file: "openapi30-no-info.json", format_version: Some("3.0.1"), ..OPENAPI },
    Expected {
        file: "openapi30-flow.yaml",
        format_version: Some("3.0.1"),
        title: Some("Flow Style"),
        version: Some("0.1.0-rc.1"),
        servers: &["//flow.example/x"],
        ..OPENAPI
    },
    Expected {
        file: "asyncapi2-streets.yaml",
        format: Format::AsyncApi,
        kind: ApiKind::Webhook,
        format_version: Some("2.6.0"),
        title: Some("Street Lamps"),
        version: Some("1.2.0"),
        servers: &["kafka-secure://broker.lamps.example"],
    },
    Expected {
        file: "asyncapi3-chat.json",
        format: Format::AsyncApi,
        kind: ApiKind::Websocket,
        format_version: Some("3.0.0"),
        title: Some("Chat Rooms"),
        version: Some("1.0.0"),
        servers: &["wss://chat.example/rooms"],
    },
    Expected {
        file: "wsdl11-rates.wsdl",
        format: Format::Wsdl,
        kind: ApiKind::Soap,
        format_version: Some("1.1"),
        title: Some("ExchangeRates"),
        version: None,
        servers: &["https://rates.example/soap"],
    },
    Expected {
        file: "wsdl20-reservations.wsdl",
        format: Format::Wsdl,
        kind: ApiKind::Soap,
        format_version: Some("2.0"),
        title: Some("Reservations"),
        version: None,
        servers: &["https://hotel.example/reservations"],
    },
    Expected {
        file: "wadl-orders.xml",
        format: Format::Wadl,
        title: Some("Warehouse Orders"),
        servers: &["https://warehouse.example/orders"],
        ..OPENAPI
    },
    Expected { file: "graphql-library.graphql", format: Format::GraphQl, kind: ApiKind::Graphql, ..OPENAPI },
    Expected {
        file: "graphql-introspection.json",
        format: Format::GraphQl,
        kind: ApiKind::Graphql,
        ..OPENAPI
    },
    Expected {
        file: "grpc-inventory.proto",
        format: Format::Protobuf,
        kind: ApiKind::Grpc,
        format_version: Some("proto3"),
        title: Some("Inventory"),
        version: Some("v1"),
        servers: &[],
    },
];

fn read_file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(text: &str) -> Definition {
    azr_definitions::read(text.as_bytes(), "test").expect("a definition")
}

#[test]
fn every_file_is_recognised() {
    for case in EXPECTED {
        let text = read_file(case.file);
        let definition = azr_definitions::read(text.as_bytes(), case.file)
            .unwrap_or_else(|e| panic!("{}: {e}", case.file));
        let servers: Vec<&str> = definition.servers.iter().map(|s| s.url.as_str()).collect();
        assert_eq!((definition.format, definition.kind), (case.format, case.kind), "{}", case.file);
        assert_eq!(definition.format_version.as_deref(), case.format_version, "{}", case.file);
        assert_eq!(definition.title.as_deref(), case.title, "{}", case.file);
        assert_eq!(definition.version.as_deref(), case.version, "{}", case.file);
        assert_eq!(servers, case.servers, "{}", case.file);
        assert_eq!(definition.text, text, "{}", case.file);
    }
}

#[test]
fn every_file_of_the_folder_is_expected() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    let mut expected_names: Vec<&str> = EXPECTED.iter().map(|case| case.file).collect();
    expected_names.sort_unstable();
    assert_eq!(names, expected_names);
}

#[test]
fn the_parts_of_info_are_read() {
    let definition = read(&read_file("openapi30-handwritten.yaml"));
    assert_eq!(
        definition.description.as_deref(),
        Some("Orders for cafés.\n\n* \"quotes\", 'quotes' and: colons\n")
    );
    assert_eq!(definition.terms_of_service.as_deref(), Some("https://example.com/terms"));
    assert_eq!(definition.contact.and_then(|c| c.url).as_deref(), Some("https://example.com/team"));
    assert_eq!(definition.license.and_then(|l| l.name).as_deref(), Some("Apache 2.0"));
    assert_eq!(definition.external_docs.expect("docs").url, "https://example.com/handbook");
    assert_eq!(definition.servers[0].description.as_deref(), Some("Production"));

    let merged = read(&read_file("openapi30-anchors.yaml")).contact.expect("contact");
    assert_eq!(merged.email.as_deref(), Some("platform@example.com"));
    assert_eq!(merged.url.as_deref(), Some("https://example.com/platform"));

    let full = read(&read_file("openapi31-full.json"));
    assert_eq!(full.summary.as_deref(), Some("Readings of sensors, by the minute."));
    assert_eq!(full.license.and_then(|l| l.identifier).as_deref(), Some("MIT"));

    let named = read(&read_file("openapi32-named-servers.yaml"));
    assert_eq!(named.servers[1].name.as_deref(), Some("fallback"));
}

#[test]
fn the_encoding_makes_no_difference() {
    for case in EXPECTED {
        let text = read_file(case.file);
        let expected = read(&text);
        let utf16 =
            |unit: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let with_mark = format!("\u{FEFF}{text}");
        for bytes in [
            with_mark.clone().into_bytes(),
            utf16(u16::to_le_bytes, &with_mark),
            utf16(u16::to_be_bytes, &with_mark),
            utf16(u16::to_le_bytes, &text),
            utf16(u16::to_be_bytes, &text),
        ] {
            assert_eq!(azr_definitions::read(&bytes, case.file).expect(case.file), expected, "{}", case.file);
        }
    }
}

#[test]
fn line_endings_make_no_difference_and_are_preserved() {
    for case in EXPECTED {
        let text = read_file(case.file).replace("\r\n", "\n");
        let windows = text.replace('\n', "\r\n");
        let definition = read(&windows);
        assert_eq!(definition.text, windows, "{}", case.file);
        let expected = Definition { text: windows, ..read(&text) };
        assert_eq!(definition, expected, "{}", case.file);
    }
}

#[test]
fn large_documents_are_read() {
    let json = generated_spec::json(4 << 20);
    let definition = read(&json);
    assert_eq!(
        (definition.title.as_deref(), definition.version.as_deref()),
        (Some("Generated JSON"), Some("7.1"))
    );
    assert_eq!(definition.servers[0].url, "https://generated.example/v7");
    assert_eq!(definition.text.len(), json.len());

    let definition = read(&generated_spec::yaml(1 << 20));
    assert_eq!(
        (definition.title.as_deref(), definition.version.as_deref()),
        (Some("Generated YAML"), Some("7.10"))
    );
}

#[test]
fn a_document_over_the_limit_is_refused_before_it_is_parsed() {
    let bytes = vec![b' '; azr_definitions::MAX_DOCUMENT + 1];
    let error = azr_definitions::read(&bytes, "huge.json").expect_err("too large").to_string();
    assert!(error.contains("huge.json is 101 MiB"), "{error}");
}
