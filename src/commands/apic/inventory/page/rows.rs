//! The table of the page: every API, with what finds it.

use maud::{Markup, html};

use super::super::catalogue::{Api, Catalogue, Lack, place};
use super::charts::{kind_label, stage_label};
use super::grouped;

/// How many versions or deployments of one API are named; more are counted.
const NAMED: usize = 3;

/// A column: its head, and what it is sorted as.
const COLUMNS: [(&str, &str); 8] = [
    ("API", "text"),
    ("Kind", "text"),
    ("Stage", "number"),
    ("Versions", "number"),
    ("Definitions", "number"),
    ("Deployments", "number"),
    ("Owner", "text"),
    ("Missing", "number"),
];

/// The controls and the table.
pub fn section(catalogue: &Catalogue) -> Markup {
    let mut apis: Vec<&Api> = catalogue.apis.iter().collect();
    apis.sort_by_cached_key(|api| api.title.to_lowercase());
    html! {
        section.card.catalogue id="catalogue" aria-labelledby="catalogue-title" {
            h2 id="catalogue-title" { "APIs" }
            @if catalogue.apis.is_empty() {
                p.note {
                    "There are no APIs. " code { "azr apic api register" } " and "
                    code { "azr apic import-from-apim" } " bring some."
                }
            } @else {
                (controls(catalogue))
                p id="shown" role="status" { (grouped(catalogue.counts.apis)) " APIs" }
                table.apis id="apis" aria-labelledby="catalogue-title" {
                    thead {
                        tr {
                            @for (head, sorted) in COLUMNS {
                                @let first = (head == "API").then_some("ascending");
                                th scope="col" aria-sort=[first] data-sort=(sorted) { (head) }
                            }
                        }
                    }
                    tbody {
                        @for api in apis { (row(api, catalogue)) }
                    }
                }
                p.note id="none" hidden { "No API is like that." }
            }
        }
    }
}

/// They do nothing without the script, which is what shows them.
fn controls(catalogue: &Catalogue) -> Markup {
    let kinds = catalogue.by_kind.iter().map(|of| (of.kind.clone(), kind_label(&of.kind)));
    let stages = catalogue.by_stage.iter().filter(|of| of.apis > 0).map(|of| {
        let stage = of.lifecycle_stage.clone().unwrap_or_default();
        let label = if stage.is_empty() { "No stage".to_owned() } else { stage_label(&stage) };
        (stage, label)
    });
    let missing = Lack::ALL.iter().map(|lack| (lack.word().to_owned(), format!("No {}", lack.word())));
    let ends = [
        ("any".to_owned(), "Anything missing".to_owned()),
        ("none".to_owned(), "Nothing missing".to_owned()),
    ];
    html! {
        form.controls id="controls" role="search" hidden {
            label.wide {
                span { "Search" }
                input type="search" id="search" autocomplete="off" placeholder="Title, name, owner, version…";
            }
            (choice("kind", "Kind", "Every kind", kinds.collect()))
            (choice("stage", "Stage", "Every stage", stages.collect()))
            (choice("missing", "Missing", "Whatever", missing.chain(ends).collect()))
            button type="reset" id="show-all" { "Show all" }
        }
    }
}

fn choice(id: &str, label: &str, all: &str, options: Vec<(String, String)>) -> Markup {
    html! {
        label { span { (label) }
            select id=(id) autocomplete="off" {
                option value="*" { (all) }
                @for (value, text) in options { option value=(value) { (text) } }
            }
        }
    }
}

fn row(api: &Api, catalogue: &Catalogue) -> Markup {
    let stage = api.lifecycle_stage.as_deref().unwrap_or_default();
    let missing: Vec<&str> = api.missing.iter().map(|lack| lack.word()).collect();
    let versions = api.versions.iter().map(|v| v.title.as_deref().unwrap_or(&v.name));
    let deployments = api.deployments.iter().map(|deployment| {
        let environment = deployment.environment.as_deref().unwrap_or(&deployment.name);
        let known = catalogue.by_environment.iter().find(|e| e.name.eq_ignore_ascii_case(environment));
        known.and_then(|known| known.title.as_deref()).unwrap_or(environment)
    });
    let specifications =
        api.versions.iter().flat_map(|v| &v.definitions).filter_map(|d| d.specification.as_deref());
    html! {
        tr data-kind=(api.kind) data-stage=(stage) data-missing=(missing.join(" ")) {
            th scope="row" data-value=(api.title) { bdi.title { (api.title) } bdi.name { (api.name) } }
            td data-label="Kind" { (kind_label(&api.kind)) }
            td data-label="Stage" data-value=(place(stage)) {
                @if stage.is_empty() { span.none { "–" } }
                @else { span class=(format!("stage {}", stage_class(stage))) { (stage_label(stage)) } }
            }
            (counted("Versions", api.versions.len(), &distinct(versions)))
            (counted("Definitions", api.definitions, &distinct(specifications)))
            (counted("Deployments", api.deployments.len(), &distinct(deployments)))
            td data-label="Owner" {
                @if api.owners.is_empty() { span.none { "–" } }
                @for owner in &api.owners { (person(owner)) }
            }
            td data-label="Missing" data-value=(missing.len()) {
                @if missing.is_empty() { span.all { "Nothing" } }
                @for lack in missing { span.lack { (lack) } " " }
            }
        }
    }
}

/// An owner, whose address stands under the name.
fn person(owner: &str) -> Markup {
    let parts = owner.split_once(" <").and_then(|(name, rest)| Some((name, rest.strip_suffix('>')?)));
    html! {
        @match parts {
            Some((name, address)) => span.owner { bdi { (name) } bdi.address { (address) } },
            None => bdi.owner { (owner) },
        }
    }
}

/// A number, and what is behind it.
fn counted(label: &str, count: usize, what: &[&str]) -> Markup {
    let more = what.len().saturating_sub(NAMED);
    html! {
        td.counted data-label=(label) data-value=(count) {
            @if count == 0 { span.none { "–" } }
            @else {
                span.number { (count) }
                span.what {
                    @for (at, name) in what.iter().take(NAMED).enumerate() {
                        @if at > 0 { ", " }
                        bdi { (name) }
                    }
                    @if more > 0 { " and " (more) " more" }
                }
            }
        }
    }
}

/// Each once, in the order in which they come.
fn distinct<'a>(all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut once = Vec::new();
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

/// The class that a stage is coloured by; that of none for a stage that is not known.
fn stage_class(stage: &str) -> &'static str {
    match stage {
        "design" | "development" => "early",
        "testing" | "preview" => "near",
        "production" => "live",
        "deprecated" | "retired" => "late",
        _ => "",
    }
}
