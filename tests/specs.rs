//! Definitions of many makings, read from `tests/specs` or generated, and what must be read from each.

mod common;

use azr_definitions::{ApiKind, Definition, Format};
use common::generated_spec;

/// What a document must be read as.
struct Want {
    file: &'static str,
    format: Format,
    kind: ApiKind,
    format_version: Option<&'static str>,
    title: Option<&'static str>,
    version: Option<&'static str>,
    servers: &'static [&'static str],
}

const OPENAPI: Want = Want {
    file: "",
    format: Format::OpenApi,
    kind: ApiKind::Rest,
    format_version: None,
    title: None,
    version: None,
    servers: &[],
};

const WANTED: &[Want] = &[
    Want {
        file: "swagger2-minimal.json",
        format_version: Some("2.0"),
        title: Some("Parcel Tracking"),
        version: Some("2019-04"),
        servers: &["https://api.parcels.example/tracking/v2/", "http://api.parcels.example/tracking/v2/"],
        ..OPENAPI
    },
    Want {
        file: "swagger2-key-last.yaml",
        format_version: Some("2.0"),
        title: Some("Ledger"),
        version: Some("1.0"),
        servers: &["https://ledger.example:8443/ledger"],
        ..OPENAPI
    },
    Want {
        file: "openapi30-handwritten.yaml",
        format_version: Some("3.0.3"),
        title: Some("Café Orders — Bestellungen"),
        version: Some("1.10"),
        servers: &["https://eu.orders.example:8443/v1", "/v1"],
        ..OPENAPI
    },
    Want {
        file: "openapi30-anchors.yaml",
        format_version: Some("3.0.0"),
        title: Some("Anchors & Aliases"),
        version: Some("2.0"),
        servers: &["https://anchors.example/api"],
        ..OPENAPI
    },
    Want {
        file: "openapi31-full.json",
        format_version: Some("3.1.0"),
        title: Some("Sensor Readings"),
        version: Some("v3"),
        servers: &["https://sensors.example", "https://staging.sensors.example"],
        ..OPENAPI
    },
    Want {
        file: "openapi31-webhooks-only.yaml",
        kind: ApiKind::Webhook,
        format_version: Some("3.1.0"),
        title: Some("Payment Events"),
        version: Some("2024-05-01"),
        ..OPENAPI
    },
    Want {
        file: "openapi32-named-servers.yaml",
        format_version: Some("3.2.0"),
        title: Some("Named Servers"),
        version: Some("4"),
        servers: &["https://one.example", "https://two.example"],
        ..OPENAPI
    },
    Want { file: "openapi30-no-info.json", format_version: Some("3.0.1"), ..OPENAPI },
    Want {
        file: "openapi30-flow.yaml",
        format_version: Some("3.0.1"),
        title: Some("Flow Style"),
        version: Some("0.1.0-rc.1"),
        servers: &["//flow.example/x"],
        ..OPENAPI
    },
    Want {
        file: "asyncapi2-streets.yaml",
        format: Format::AsyncApi,
        kind: ApiKind::Webhook,
        format_version: Some("2.6.0"),
        title: Some("Street Lamps"),
        version: Some("1.2.0"),
        servers: &["kafka-secure://broker.lamps.example"],
    },
    Want {
        file: "asyncapi3-chat.json",
        format: Format::AsyncApi,
        kind: ApiKind::Websocket,
        format_version: Some("3.0.0"),
        title: Some("Chat Rooms"),
        version: Some("1.0.0"),
        servers: &["wss://chat.example/rooms"],
    },
    Want {
        file: "wsdl11-rates.wsdl",
        format: Format::Wsdl,
        kind: ApiKind::Soap,
        format_version: Some("1.1"),
        title: Some("ExchangeRates"),
        version: None,
        servers: &["https://rates.example/soap"],
    },
    Want {
        file: "wsdl20-reservations.wsdl",
        format: Format::Wsdl,
        kind: ApiKind::Soap,
        format_version: Some("2.0"),
        title: Some("Reservations"),
        version: None,
        servers: &["https://hotel.example/reservations"],
    },
    Want {
        file: "wadl-orders.xml",
        format: Format::Wadl,
        title: Some("Warehouse Orders"),
        servers: &["https://warehouse.example/orders"],
        ..OPENAPI
    },
    Want { file: "graphql-library.graphql", format: Format::GraphQl, kind: ApiKind::Graphql, ..OPENAPI },
    Want { file: "graphql-introspection.json", format: Format::GraphQl, kind: ApiKind::Graphql, ..OPENAPI },
    Want {
        file: "grpc-inventory.proto",
        format: Format::Protobuf,
        kind: ApiKind::Grpc,
        format_version: Some("proto3"),
        title: Some("Inventory"),
        version: Some("v1"),
        servers: &[],
    },
];

fn file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn read(text: &str) -> Definition {
    azr_definitions::read(text.as_bytes(), "test").expect("a definition")
}

#[test]
fn every_file_is_read_as_what_it_is() {
    for want in WANTED {
        let text = file(want.file);
        let got = azr_definitions::read(text.as_bytes(), want.file)
            .unwrap_or_else(|e| panic!("{}: {e}", want.file));
        let servers: Vec<&str> = got.servers.iter().map(|s| s.url.as_str()).collect();
        assert_eq!((got.format, got.kind), (want.format, want.kind), "{}", want.file);
        assert_eq!(got.format_version.as_deref(), want.format_version, "{}", want.file);
        assert_eq!(got.title.as_deref(), want.title, "{}", want.file);
        assert_eq!(got.version.as_deref(), want.version, "{}", want.file);
        assert_eq!(servers, want.servers, "{}", want.file);
        assert_eq!(got.text, text, "{}", want.file);
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
    let mut wanted: Vec<&str> = WANTED.iter().map(|want| want.file).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
}

#[test]
fn the_parts_of_info_are_read() {
    let got = read(&file("openapi30-handwritten.yaml"));
    assert_eq!(got.description.as_deref(), Some("Orders for cafés.\n\n* \"quotes\", 'quotes' and: colons\n"));
    assert_eq!(got.terms_of_service.as_deref(), Some("https://example.com/terms"));
    assert_eq!(got.contact.and_then(|c| c.url).as_deref(), Some("https://example.com/team"));
    assert_eq!(got.license.and_then(|l| l.name).as_deref(), Some("Apache 2.0"));
    assert_eq!(got.external_docs.expect("docs").url, "https://example.com/handbook");
    assert_eq!(got.servers[0].description.as_deref(), Some("Production"));

    let merged = read(&file("openapi30-anchors.yaml")).contact.expect("contact");
    assert_eq!(merged.email.as_deref(), Some("platform@example.com"));
    assert_eq!(merged.url.as_deref(), Some("https://example.com/platform"));

    let full = read(&file("openapi31-full.json"));
    assert_eq!(full.summary.as_deref(), Some("Readings of sensors, by the minute."));
    assert_eq!(full.license.and_then(|l| l.identifier).as_deref(), Some("MIT"));

    let named = read(&file("openapi32-named-servers.yaml"));
    assert_eq!(named.servers[1].name.as_deref(), Some("fallback"));
}

#[test]
fn the_encoding_makes_no_difference() {
    for want in WANTED {
        let text = file(want.file);
        let expected = read(&text);
        let utf16 =
            |unit: fn(u16) -> [u8; 2], text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
        let marked = format!("\u{FEFF}{text}");
        for bytes in [
            marked.clone().into_bytes(),
            utf16(u16::to_le_bytes, &marked),
            utf16(u16::to_be_bytes, &marked),
            utf16(u16::to_le_bytes, &text),
            utf16(u16::to_be_bytes, &text),
        ] {
            assert_eq!(azr_definitions::read(&bytes, want.file).expect(want.file), expected, "{}", want.file);
        }
    }
}

#[test]
fn line_endings_make_no_difference_and_are_kept() {
    for want in WANTED {
        let text = file(want.file).replace("\r\n", "\n");
        let windows = text.replace('\n', "\r\n");
        let got = read(&windows);
        assert_eq!(got.text, windows, "{}", want.file);
        let expected = Definition { text: windows, ..read(&text) };
        assert_eq!(got, expected, "{}", want.file);
    }
}

#[test]
fn large_documents_are_read() {
    let json = generated_spec::json(4 << 20);
    let got = read(&json);
    assert_eq!((got.title.as_deref(), got.version.as_deref()), (Some("Generated JSON"), Some("7.1")));
    assert_eq!(got.servers[0].url, "https://generated.example/v7");
    assert_eq!(got.text.len(), json.len());

    let got = read(&generated_spec::yaml(1 << 20));
    assert_eq!((got.title.as_deref(), got.version.as_deref()), (Some("Generated YAML"), Some("7.10")));
}

#[test]
fn a_document_beyond_the_limit_is_refused_before_it_is_looked_at() {
    let bytes = vec![b' '; azr_definitions::MAX_DOCUMENT + 1];
    let error = azr_definitions::read(&bytes, "huge.json").expect_err("too large").to_string();
    assert!(error.contains("huge.json is 101 MiB"), "{error}");
}
