//! Provenance that is written and read again.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

fn service(name: &str) -> ImportSource {
    ImportSource::service(APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &[name]))
}

fn properties_with(provenance: &impl fmt::Display) -> Value {
    json!({"customProperties": {METADATA_NAME: provenance.to_string()}})
}

#[test]
fn written_provenance_is_read_again() {
    let mut provenance = ApiProvenance::default();
    provenance.add_import_source(&service("Apim-EU"));
    assert_eq!(provenance.to_string(), "from apim-eu");
    assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance.clone()));
    provenance.created_api = true;
    provenance.created_versions.extend(["v1".to_owned(), "api".to_owned()]);
    provenance.add_import_source(&service("other"));
    assert_eq!(provenance.to_string(), "from apim-eu other; made API; versions api v1");
    let read = ApiProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
    assert_eq!(read, provenance);
    assert!(read.is_from(&service("APIM-eu")) && !read.is_only_from(&service("apim-eu")));

    let mut provenance = DeploymentProvenance {
        source_api: service("m").api("a-1").to_string(),
        resource: None,
        api_version: None,
        digest: None,
        is_pending: false,
        fields: FieldDigests::default(),
    };
    assert_eq!(
        DeploymentProvenance::from_properties(&properties_with(&provenance)),
        Some(provenance.clone())
    );
    provenance.digest = Some("abc".to_owned());
    let read = DeploymentProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
    assert_eq!((read.source_name(), &read), ("a-1", &provenance));
    assert!(read.is_from(&service("M")) && !read.is_from(&service("mm")) && !read.is_from(&service("x")));
}

#[test]
fn documents_are_recorded_of_one_version() {
    let mut provenance = ApiProvenance::default();
    provenance.add_import_source(&service("m"));
    provenance.set_documents("v1", [("OpenAPI", "aa"), ("wsdl", "bb")].into_iter());
    provenance.set_documents("v1-0", [("openapi", "cc")].into_iter());
    assert_eq!(provenance.to_string(), "from m; documents v1-0/openapi:cc v1/openapi:aa v1/wsdl:bb");
    let mut read = ApiProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
    assert_eq!(read.documents_of("v1").collect::<Vec<_>>(), [("openapi", "aa"), ("wsdl", "bb")]);
    read.set_documents("v1", [("wsdl", "dd")].into_iter());
    assert_eq!(read.documents_of("v1").collect::<Vec<_>>(), [("wsdl", "dd")]);
    read.remove_version("v1");
    assert_eq!(read.to_string(), "from m; documents v1-0/openapi:cc");
}

#[test]
fn a_service_and_its_workspaces_are_different_sources() {
    let (m, workspace) = (service("m"), service("m").in_workspace("Team A"));
    let mut provenance = ApiProvenance::default();
    provenance.add_import_source(&workspace);
    provenance.add_source(&workspace, "v1", "Bills");
    assert_eq!(provenance.to_string(), "from m@team%20a; sources v1:m@team%20a/bills");
    let mut read = ApiProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
    assert_eq!(read, provenance);
    assert!(read.is_only_from(&workspace) && !read.is_from(&m));
    assert_eq!(read.sources_of(&m).count(), 0);
    assert_eq!(read.sources_of(&workspace).collect::<Vec<_>>(), [("v1", "bills")]);
    read.add_import_source(&m);
    read.remove_import_source(&m);
    assert_eq!(read, provenance);

    for (source, other) in [(&m, &workspace), (&workspace, &m)] {
        let mut provenance = DeploymentProvenance::new(source.api("my api").to_string(), "api", "m-v1");
        provenance.api_version = Some("2025-09-01-preview".to_owned());
        let read = DeploymentProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
        assert_eq!(read, provenance);
        assert!(read.is_from(source) && !read.is_from(other), "{provenance}");
    }
}

#[test]
fn text_that_azr_did_not_write_is_not_provenance() {
    for text in
        ["", "from", "by me", "from a; owned by b", "made API", "from a; from b", "from b a", "from a; "]
    {
        assert_eq!(ApiProvenance::from_properties(&properties_with(&text)), None, "{text}");
    }
    assert_eq!(ApiProvenance::from_properties(&json!({"customProperties": {METADATA_NAME: 1}})), None);
    assert_eq!(ApiProvenance::from_properties(&json!({})), None);
    assert_eq!(DeploymentProvenance::from_properties(&properties_with(&"someone")), None);
}

#[test]
fn a_copy_is_not_the_original() {
    let text = "of museum; from m; made API";
    let provenance = ApiProvenance::from_properties(&properties_with(&text)).expect("provenance");
    assert!(provenance.is_stored_on("Museum") && !provenance.is_stored_on("our-museum"));
    let source_api = service("m").api("museum").to_string();
    let properties = properties_with(&DeploymentProvenance::new(source_api, "Museum", "m-original"));
    assert!(DeploymentProvenance::of_deployment("museum", "M-Original", &properties).is_some());
    assert!(DeploymentProvenance::of_deployment("our-museum", "m-original", &properties).is_none());
    assert!(DeploymentProvenance::of_deployment("museum", "other", &properties).is_none());
}

proptest! {
    #[test]
    fn any_provenance_is_read_again(
        resource in prop::option::of("[a-z0-9-]{1,12}"),
        services in prop::collection::btree_set("[a-z][a-z0-9-]{0,12}", 1..4),
        created_api in any::<bool>(),
        created_versions in prop::collection::btree_set("[a-z0-9-]{1,12}", 0..4),
        digest in prop::option::of("[0-9a-f]{64}"),
        titles in prop::collection::btree_map("[a-z]{1,8}", any::<String>(), 0..4),
    ) {
        let source_api = services.first().map_or_else(String::new, |name| service(name).api("a").to_string());
        let mut fields = FieldDigests::default();
        for (name, title) in &titles {
            fields.insert(name, &json!(title));
        }
        let provenance = ApiProvenance {
            resource: resource.clone(),
            services,
            created_api,
            sources: created_versions.iter().map(|name| (name.clone(), format!("m/{name} 100% a"))).collect(),
            documents: digest.iter().map(|digest| ("v1/openapi".to_owned(), digest.clone())).collect(),
            created_versions,
            fields: fields.clone(),
        };
        prop_assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
        let resource = resource.map(|name| format!("{name}/{name}"));
        let is_pending = digest.is_none() && created_api;
        let provenance = DeploymentProvenance { source_api, resource, api_version: None, digest, is_pending, fields };
        prop_assert_eq!(DeploymentProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
    }

    #[test]
    fn any_text_is_read_again_or_not_provenance(text in "(of|for|from|made|API|versions|sources|documents|pending|/|a:m/b|[a-c]|[; ]| sha256:){0,12}") {
        if let Some(provenance) = ApiProvenance::from_properties(&properties_with(&text)) {
            prop_assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
        }
        if let Some(provenance) = DeploymentProvenance::from_properties(&properties_with(&text)) {
            prop_assert_eq!(DeploymentProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
        }
    }
}
