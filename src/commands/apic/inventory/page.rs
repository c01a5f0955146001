//! The inventory as a self-contained HTML page: it includes its style, charts and script, and fetches nothing.
//!
//! All text is inserted by the template, which escapes it. As a second line of defence, the page's content security
//! policy allows only its own style and script, so that unescaped text could not run or send anything.

mod charts;
mod details;
mod numbers;
mod rows;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use super::model::Inventory;
use crate::commands::apic::portal;
use azr_core::id::ResourceId;
use numbers::{group_digits, plural, readable_time};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// Renders the page; `now` is the time that it shows, and `portal` the URL of the cloud's portal, to link to.
pub(super) fn render(inventory: &Inventory, now: OffsetDateTime, portal: Option<&str>) -> String {
    let title = format!("API inventory of {}", inventory.center.name);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(content_security_policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("azr {}", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#catalogue" { "Skip to the APIs" }
                (head(inventory, now, portal))
                main {
                    (figures(inventory))
                    (charts::section(inventory))
                    (rows::section(inventory, portal))
                }
                footer {
                    p { "Made by azr " (env!("CARGO_PKG_VERSION")) " from " code { (inventory.center.id) } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    // HTML does not allow control characters, which would reach the terminal of a person who prints the file.
    let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    page.into_string().replace(is_control, "\u{fffd}")
}

/// The content security policy: the page's own style and script, and nothing else.
fn content_security_policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn head(inventory: &Inventory, now: OffsetDateTime, portal: Option<&str>) -> Markup {
    let center = &inventory.center;
    let group = center.id.parse::<ResourceId>().ok().and_then(|id| id.group().map(str::to_owned));
    html! {
        header {
            p.eyebrow { "API inventory" }
            h1 aria-label=(format!("API inventory of {}", center.name)) { bdi { (center.name) } }
            ul.facts {
                @if let Some(group) = group { li { span { "Resource group " } bdi { (group) } } }
                @if let Some(location) = &center.location { li { span { "Region " } (location) } }
                @if let Some(plan) = &center.plan { li { span { "Plan " } (plan) } }
                li { span { "As of " } time datetime=(machine_time(now)) { (readable_time(now)) } }
                @if let Some(base_url) = portal {
                    li { (details::link(&portal::resource_url(base_url, &center.id), "Open in the Azure portal")) }
                }
            }
        }
    }
}

fn figures(inventory: &Inventory) -> Markup {
    let counts = &inventory.counts;
    let all = [
        (plural(counts.apis, "API", "APIs"), counts.apis),
        (plural(counts.versions, "Version", "Versions"), counts.versions),
        (plural(counts.definitions, "Definition", "Definitions"), counts.definitions),
        (plural(counts.deployments, "Deployment", "Deployments"), counts.deployments),
        (plural(counts.environments, "Environment", "Environments"), counts.environments),
    ];
    html! {
        section aria-label="Figures" {
            dl.figures {
                @for (label, count) in all {
                    div { dt { (label) } dd { (group_digits(count)) } }
                }
            }
        }
    }
}

fn machine_time(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");
    // The format uses only components that a time has.
    time.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Api, Center, Environment, Link};
    use super::*;

    const HOSTILE: &str =
        "</title></style></script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&";

    fn page() -> String {
        let center =
            Center { id: HOSTILE.into(), name: HOSTILE.into(), location: Some(HOSTILE.into()), plan: None };
        let environment = Environment {
            name: HOSTILE.into(),
            title: Some(HOSTILE.into()),
            kind: Some(HOSTILE.into()),
            deployments: 0,
        };
        let mut api = Api {
            id: HOSTILE.into(),
            name: HOSTILE.into(),
            title: HOSTILE.into(),
            kind: HOSTILE.into(),
            lifecycle_stage: Some(HOSTILE.into()),
            updated: Some(HOSTILE.into()),
            summary: Some(HOSTILE.into()),
            description: Some(HOSTILE.into()),
            documentation: vec![
                Link { title: Some(HOSTILE.into()), url: "javascript:alert(3)".into() },
                Link { title: None, url: format!("https://example.com/{HOSTILE}") },
            ],
            custom_properties: serde_json::json!({HOSTILE: HOSTILE}),
            owners: vec![HOSTILE.into(), format!("Team <{}@example.com>", "x".repeat(40))],
            definitions: 0,
            versions: Vec::new(),
            deployments: Vec::new(),
            missing: Vec::new(),
        };
        api.update_derived_fields();
        let portal = Some("https://portal.azure.com");
        render(&Inventory::new(center, vec![environment], vec![api]), OffsetDateTime::UNIX_EPOCH, portal)
    }

    #[test]
    fn no_text_becomes_markup() {
        let page = page();
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("</script").count(), 1);
        assert_eq!(page.matches("<style").count(), 1);
        assert_eq!(page.matches("</style").count(), 1);
        // A browser ignores an attribute that an element already has.
        assert!(page.contains("<bdi class=\"address long\">"), "{page}");
        assert!(!page.contains("\" class=\"long"), "{page}");
        // Within an attribute a quotation mark would end it.
        assert!(!page.contains("alert(2)>\""), "{page}");
    }

    #[test]
    fn the_page_fetches_nothing_and_runs_only_its_own_script() {
        let page = page();
        for reference in [
            "src=\"",
            "<link",
            "href=\"javascript",
            "url(",
            "@import",
            "fetch(",
            "XMLHttpRequest",
            "style=\"",
        ] {
            assert!(!page.contains(reference), "{reference}");
        }
        assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"), "{page}");
        let policy = content_security_policy();
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}
