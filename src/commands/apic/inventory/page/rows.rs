//! The table of the page: one row per API, with the controls that filter it.

use maud::{Markup, html};

use super::super::model::{Api, Gap, Inventory, lifecycle_position};
use super::charts::{kind_label, stage_label};
use super::details::details;
use super::numbers::{group_digits, plural};

/// The maximum number of versions or deployments of an API that are listed by name.
const MAX_NAMES: usize = 3;

/// The number of rows that are shown at a time. The browser only lays out these.
const PAGE: usize = 50;

/// The length of a word that may be broken.
const MAX_WORD: usize = 26;

/// The columns: title, and type for sorting.
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
pub(super) fn section(inventory: &Inventory, portal: Option<&str>) -> Markup {
    let mut apis: Vec<&Api> = inventory.apis.iter().collect();
    apis.sort_by_cached_key(|api| api.title.to_lowercase());
    let (first, rest) = apis.split_at(apis.len().min(PAGE));
    html! {
        section.card.catalogue id="catalogue" aria-labelledby="catalogue-title" {
            h2 id="catalogue-title" { "APIs" }
            @if inventory.apis.is_empty() {
                p.note {
                    "The center has no APIs. " code { "azr apic api register" } " and "
                    code { "azr apic import-from-apim" } " add APIs."
                }
            } @else {
                (controls(inventory))
                p id="shown" role="status" {
                    (group_digits(inventory.counts.apis)) (plural(inventory.counts.apis, " API", " APIs"))
                }
                table.apis id="apis" aria-labelledby="catalogue-title" data-page=(PAGE) {
                    thead {
                        tr {
                            @for (title, sort_type) in COLUMNS {
                                @let sorted = (title == "API").then_some("ascending");
                                th scope="col" aria-sort=[sorted] data-sort=(sort_type) { (title) }
                            }
                        }
                    }
                    tbody {
                        @for api in first { (row(api, inventory, portal)) }
                    }
                }
                // The script moves these rows into the table.
                template id="rest" { table { tbody { @for api in rest { (row(api, inventory, portal)) } } } }
                @if !rest.is_empty() {
                    noscript {
                        p.note { "These are the first " (PAGE) " APIs. The others are shown if the browser runs scripts." }
                    }
                }
                p.note id="none" hidden { "No API matches." }
                p.more id="more" hidden { button type="button" id="show-more" { "Show more" } }
            }
        }
    }
}

/// The controls that filter the table; the script shows them, because they need it.
fn controls(inventory: &Inventory) -> Markup {
    let kinds = inventory.by_kind.iter().map(|count| (count.kind.clone(), kind_label(&count.kind)));
    let stages = inventory.by_stage.iter().filter(|count| count.apis > 0).map(|count| {
        let stage = count.lifecycle_stage.clone().unwrap_or_default();
        let label = if stage.is_empty() { "No stage".to_owned() } else { stage_label(&stage) };
        (stage, label)
    });
    let missing = Gap::ALL.iter().map(|gap| (gap.name().to_owned(), format!("No {}", gap.name())));
    let any_or_none = [
        ("any".to_owned(), "Anything missing".to_owned()),
        ("none".to_owned(), "Nothing missing".to_owned()),
    ];
    let environments = inventory.by_environment.iter().map(|environment| {
        let title = environment.title.as_ref().unwrap_or(&environment.name);
        (environment.name.to_lowercase(), title.clone())
    });
    let mut owners: Vec<&str> =
        inventory.apis.iter().flat_map(|api| &api.owners).map(|owner| owner_name(owner)).collect();
    owners.sort_by_key(|owner| owner.to_lowercase());
    owners.dedup();
    let owners = owners.into_iter().map(|owner| (owner.to_owned(), owner.to_owned())).collect();
    html! {
        form.controls id="controls" role="search" hidden {
            label.wide {
                span { "Search" }
                input type="search" id="search" autocomplete="off" placeholder="Title, name, owner, version…";
            }
            (select("kind", "Kind", kinds.collect()))
            (select("stage", "Stage", stages.collect()))
            (select("environment", "Environment", environments.collect()))
            (select("owner", "Owner", owners))
            (select("missing", "Missing", missing.chain(any_or_none).collect()))
            button type="reset" id="show-all" { "Show all" }
            button type="button" id="download" { "Download CSV" }
        }
    }
}

fn select(id: &str, label: &str, options: Vec<(String, String)>) -> Markup {
    html! {
        label { span { (label) }
            select id=(id) autocomplete="off" {
                option value="*" { "Any" }
                @for (value, text) in options { option value=(value) { (text) } }
            }
        }
    }
}

/// The part of an owner that names a person or team, without an address.
fn owner_name(owner: &str) -> &str {
    owner.split_once(" <").map_or(owner, |(name, _)| name)
}

/// Whether a text has a word too long for its column.
fn is_long(text: &str) -> bool {
    let longest = text.split(|c: char| c.is_whitespace() || c == '@').map(|word| word.chars().count()).max();
    longest > Some(MAX_WORD)
}

fn row(api: &Api, inventory: &Inventory, portal: Option<&str>) -> Markup {
    let stage = api.lifecycle_stage.as_deref().unwrap_or_default();
    let missing: Vec<&str> = api.missing.iter().map(|gap| gap.name()).collect();
    let versions = api.versions.iter().map(|v| v.title.as_deref().unwrap_or(&v.name));
    let deployments = api.deployments.iter().map(|deployment| {
        let environment = deployment.environment.as_deref().unwrap_or(&deployment.name);
        let listed = inventory.by_environment.iter().find(|e| e.name.eq_ignore_ascii_case(environment));
        listed.and_then(|listed| listed.title.as_deref()).unwrap_or(environment)
    });
    let environments: Vec<String> = api
        .deployments
        .iter()
        .filter_map(|d| d.environment.as_ref())
        .map(|name| name.to_lowercase())
        .collect();
    let owners: Vec<&str> = api.owners.iter().map(|owner| owner_name(owner)).collect();
    let specifications =
        api.versions.iter().flat_map(|v| &v.definitions).filter_map(|d| d.specification.as_deref());
    html! {
        tr data-kind=(api.kind) data-stage=(stage) data-missing=(missing.join(" "))
            data-environment=(environments.join("\n")) data-owner=(owners.join("\n")) {
            th.long[is_long(&api.title) || is_long(&api.name)] scope="row" data-value=(api.title) {
                bdi.title { (api.title) }
                bdi.name { (api.name) }
                div.details hidden { (details(api, portal)) }
            }
            td data-label="Kind" { (kind_label(&api.kind)) }
            td data-label="Stage" data-value=(lifecycle_position(stage)) {
                @if stage.is_empty() { span.none { "–" } }
                @else { span class=(format!("stage {}", stage_class(stage))) { (stage_label(stage)) } }
            }
            (count_cell("Versions", api.versions.len(), &distinct(versions)))
            (count_cell("Definitions", api.definitions, &distinct(specifications)))
            (count_cell("Deployments", api.deployments.len(), &distinct(deployments)))
            td data-label="Owner" {
                @if api.owners.is_empty() { span.none { "–" } }
                @for owner in &api.owners { (owner_markup(owner)) }
            }
            td data-label="Missing" data-value=(missing.len()) {
                @if missing.is_empty() { span.all { "Nothing" } }
                @for gap in missing { span.lack { (gap) } " " }
            }
        }
    }
}

/// An owner, with the address below the name.
fn owner_markup(owner: &str) -> Markup {
    let parts = owner.split_once(" <").and_then(|(name, rest)| Some((name, rest.strip_suffix('>')?)));
    html! {
        @match parts {
            Some((name, address)) => {
                span.owner {
                    bdi.long[is_long(name)] { (name) }
                    bdi.address.long[is_long(address)] { (address_markup(address)) }
                }
            }
            None => bdi.owner.long[is_long(owner)] { (owner) },
        }
    }
}

/// An address that may be folded after its `@`.
fn address_markup(address: &str) -> Markup {
    html! {
        @match address.split_once('@') {
            Some((user, host)) => { (user) "@" wbr; (host) },
            None => (address),
        }
    }
}

/// A cell with a count, and the names of the counted items.
fn count_cell(label: &str, count: usize, names: &[&str]) -> Markup {
    let more = names.len().saturating_sub(MAX_NAMES);
    html! {
        td.counted data-label=(label) data-value=(count) {
            @if count == 0 { span.none { "–" } }
            @else {
                span.number { (count) }
                span.what {
                    @for (index, name) in names.iter().take(MAX_NAMES).enumerate() {
                        @if index > 0 { ", " }
                        bdi { (name) }
                    }
                    @if more > 0 { " and " (more) " more" }
                }
            }
        }
    }
}

/// The texts without repetitions, in their order.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

/// The CSS class that colours a stage; empty for an unknown stage.
fn stage_class(stage: &str) -> &'static str {
    match stage {
        "design" | "development" => "early",
        "testing" | "preview" => "near",
        "production" => "live",
        "deprecated" | "retired" => "late",
        _ => "",
    }
}
