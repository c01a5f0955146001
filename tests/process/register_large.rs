//! `apic api register` of large documents: inline up to 3 MB, by link above.

use crate::generated_spec;
use crate::register::{export_document, registered_names};
use crate::support::{APIM, Azure, CENTER, download};

#[test]
fn a_document_of_over_a_megabyte_is_sent_inline() {
    let azure = Azure::start();
    for (name, text) in
        [("big.json", generated_spec::json(1_200_000)), ("big.yaml", generated_spec::yaml(1_200_000))]
    {
        azure.write(name, &text);
        let run = azure.ok(format!("apic api register {CENTER} -l {name}"));
        let [api, version, definition] = registered_names(&run.stderr);
        assert!(
            export_document(&azure, &api, &version, &definition) == text.as_bytes(),
            "{name} was changed"
        );
    }
}

#[test]
fn a_file_of_over_three_megabytes_is_refused_before_anything_is_created() {
    let azure = Azure::start();
    azure.write("huge.json", generated_spec::json(3_300_000));
    let run = azure.run(format!("apic api register {CENTER} -l huge.json"));
    assert!(run.error(1).contains("huge.json") && run.stderr.contains("URL"), "{run}");
    assert_eq!(azure.ok(format!("apic api list {CENTER} --query length(@)")).text(), "1");
    let definition = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";
    let run = azure.run(format!(
        "apic api definition import-specification {CENTER} {definition} --format inline --value @huge.json --specification name=openapi"
    ));
    assert!(run.error(1).contains("bytes") && run.stderr.contains("link"), "{run}");
}

#[test]
fn a_document_of_over_three_megabytes_is_registered_by_its_link() {
    let azure = Azure::start();
    // The document is imported into API Management, which exports it to a link.
    azure.write("huge.json", generated_spec::json(5_000_000));
    azure.ok(format!(
        "apim api import {APIM} --api-id huge --path huge --specification-format OpenApiJson --specification-path huge.json"
    ));
    let link = azure.ok(format!(
        "apim api export {APIM} --api-id huge --export-format OpenApiJsonUrl --query properties.value.link -o tsv"
    ));
    let document = download(link.text());
    assert!(document.len() > 3 * 1024 * 1024, "{} bytes are less than the limit", document.len());
    let run = azure.ok(format!("apic api register {CENTER} -l {}", link.text()));
    let [api, version, definition] = registered_names(&run.stderr);
    assert!(export_document(&azure, &api, &version, &definition) == document, "the document was changed");
    let title = azure.json(format!("apic api show {CENTER} --api-id {api} --query title"));
    assert_eq!(title, "Generated JSON");
}
