//! The inventory as one page that needs nothing else: style, charts and script are in it, and nothing is fetched.
//!
//! Text gets into it through the template only, which escapes it. The page's own policy forbids everything but its one
//! style and its one script, so that even a text that were not escaped could run nothing and reach nobody.

mod charts;
mod rows;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use super::catalogue::Catalogue;
use azr_core::id::ResourceId;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The page, as it was at this time.
pub fn render(catalogue: &Catalogue, now: OffsetDateTime) -> String {
    let title = format!("API inventory of {}", catalogue.center.name);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                meta name="generator" content=(format!("azr {}", env!("CARGO_PKG_VERSION")));
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#catalogue" { "Skip to the APIs" }
                (head(catalogue, now))
                main {
                    (figures(catalogue))
                    (charts::section(catalogue))
                    (rows::section(catalogue))
                }
                footer {
                    p { "Made by azr " (env!("CARGO_PKG_VERSION")) " from " code { (catalogue.center.id) } }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// What the browser lets the page do: its own style and script, and nothing else.
fn policy() -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn head(catalogue: &Catalogue, now: OffsetDateTime) -> Markup {
    let center = &catalogue.center;
    let group = center.id.parse::<ResourceId>().ok().and_then(|id| id.group().map(str::to_owned));
    html! {
        header {
            p.eyebrow { "API inventory" }
            h1 { bdi { (center.name) } }
            ul.facts {
                @if let Some(group) = group { li { span { "Resource group " } bdi { (group) } } }
                @if let Some(location) = &center.location { li { span { "Region " } (location) } }
                @if let Some(plan) = &center.plan { li { span { "Plan " } (plan) } }
                li { span { "As of " } time datetime=(stamp(now)) { (spoken(now)) } }
            }
        }
    }
}

fn figures(catalogue: &Catalogue) -> Markup {
    let counts = &catalogue.counts;
    let all = [
        ("APIs", counts.apis),
        ("Versions", counts.versions),
        ("Definitions", counts.definitions),
        ("Deployments", counts.deployments),
        ("Environments", counts.environments),
    ];
    html! {
        section aria-label="Figures" {
            dl.figures {
                @for (what, count) in all {
                    div { dt { (what) } dd { (grouped(count)) } }
                }
            }
        }
    }
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

fn stamp(time: OffsetDateTime) -> String {
    let shape = format_description!("[year]-[month]-[day]T[hour]:[minute]Z");
    // The shape asks for nothing that a time does not have.
    time.format(shape).unwrap_or_default()
}

fn spoken(time: OffsetDateTime) -> String {
    let shape = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    time.format(shape).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::{Api, Center, Environment};
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
            owners: vec![HOSTILE.into()],
            definitions: 0,
            versions: Vec::new(),
            deployments: Vec::new(),
            missing: Vec::new(),
        };
        api.settle();
        render(&Catalogue::of(center, vec![environment], vec![api]), OffsetDateTime::UNIX_EPOCH)
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
        // Within an attribute a quotation mark would end it.
        assert!(!page.contains("alert(2)>\""), "{page}");
    }

    #[test]
    fn nothing_is_fetched_and_nothing_but_its_own_parts_may_run() {
        let page = page();
        for way in ["src=\"", "href=\"http", "url(", "@import", "fetch(", "XMLHttpRequest", "style=\""] {
            assert!(!page.contains(way), "{way}");
        }
        assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"), "{page}");
        let policy = policy();
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn numbers_are_read_in_groups() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
    }
}
