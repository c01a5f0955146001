//! The charts of the page: what is covered, and the APIs by kind, by stage and by environment.
//!
//! A bar chart is a table whose middle column is drawn, so that it can be read as well as seen.

use maud::{Markup, html};

use super::super::catalogue::{Catalogue, Lack};
use super::grouped;

/// A bar: its label, what a click on it filters by, and its length.
struct Bar {
    label: String,
    /// The value of the filter, where there is one.
    value: Option<String>,
    count: usize,
}

/// All charts; nothing where there is nothing to draw.
pub fn section(catalogue: &Catalogue) -> Markup {
    if catalogue.apis.is_empty() {
        return html! {};
    }
    let kinds = catalogue.by_kind.iter().map(|of| Bar {
        label: kind_label(&of.kind),
        value: Some(of.kind.clone()),
        count: of.apis,
    });
    let stages = catalogue.by_stage.iter().map(|of| Bar {
        label: of.lifecycle_stage.as_deref().map_or_else(|| "No stage".to_owned(), stage_label),
        value: Some(of.lifecycle_stage.clone().unwrap_or_default()),
        count: of.apis,
    });
    let environments = catalogue.by_environment.iter().map(|of| Bar {
        label: of.title.clone().unwrap_or_else(|| of.name.clone()),
        value: None,
        count: of.deployments,
    });
    html! {
        section.charts aria-label="Charts" {
            (coverage(catalogue))
            (bars("kind", "APIs by kind", kinds.collect()))
            (bars("stage", "APIs by stage", stages.collect()))
            @if !catalogue.by_environment.is_empty() {
                (bars("environment", "Deployments by environment", environments.collect()))
            }
        }
    }
}

fn coverage(catalogue: &Catalogue) -> Markup {
    let all = catalogue.counts.apis;
    html! {
        div.card.coverage {
            h2 { "What the APIs have" }
            p.note { b { (grouped(catalogue.counts.complete)) } " of " (grouped(all)) " APIs have all three." }
            ul.rings {
                @for lack in Lack::ALL {
                    @let lacking = catalogue.lacking(lack);
                    li data-lack=(lack.word()) data-count=(lacking) {
                        (ring(percent(all - lacking, all)))
                        div {
                            strong { (coverage_label(lack)) }
                            @if lacking == 0 { span.fine { "None is missing" } }
                            @else {
                                button type="button" data-filter="missing" data-value=(lack.word()) {
                                    (grouped(lacking)) " without"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn coverage_label(lack: Lack) -> &'static str {
    match lack {
        Lack::Definition => "Definition",
        Lack::Deployment => "Deployment",
        Lack::Owner => "Owner",
    }
}

/// A ring that is closed as far as it says.
fn ring(percent: usize) -> Markup {
    html! {
        svg.ring viewBox="0 0 64 64" role="img" aria-label=(format!("{percent} percent")) {
            circle.track cx="32" cy="32" r="27" {}
            @if percent > 0 {
                circle.part cx="32" cy="32" r="27" pathLength="100" stroke-dasharray=(format!("{percent} 100"))
                    transform="rotate(-90 32 32)" {}
            }
            text x="32" y="33" { (percent) "%" }
        }
    }
}

fn bars(name: &str, title: &str, bars: Vec<Bar>) -> Markup {
    let longest = bars.iter().map(|bar| bar.count).max().unwrap_or(0);
    html! {
        div.card {
            h2 id=(format!("by-{name}")) { (title) }
            table.bars aria-labelledby=(format!("by-{name}")) data-chart=(name) {
                tbody {
                    @for bar in bars {
                        @let length = format!("{}%", percent(bar.count, longest));
                        tr data-key=(bar.value.as_deref().unwrap_or(&bar.label)) data-count=(bar.count) {
                            th scope="row" {
                                @match &bar.value {
                                    Some(value) if bar.count > 0 => {
                                        button type="button" data-filter=(name) data-value=(value) {
                                            bdi { (bar.label) }
                                        }
                                    }
                                    _ => bdi { (bar.label) },
                                }
                            }
                            td aria-hidden="true" {
                                svg width="100%" height="10" {
                                    rect.track width="100%" height="10" rx="5" {}
                                    @if bar.count > 0 {
                                        rect.part width=(length) height="10" rx="5" {}
                                    }
                                }
                            }
                            td.count { (grouped(bar.count)) }
                        }
                    }
                }
            }
        }
    }
}

/// How many in a hundred; never all where it is not all, nor none where it is some.
fn percent(part: usize, whole: usize) -> usize {
    if whole == 0 || part == 0 {
        return 0;
    }
    if part >= whole {
        return 100;
    }
    ((part * 200 / whole).div_ceil(2)).clamp(1, 99)
}

/// How a kind is called.
pub fn kind_label(kind: &str) -> String {
    match kind {
        "rest" => "REST",
        "soap" => "SOAP",
        "grpc" => "gRPC",
        "graphql" => "GraphQL",
        "webhook" => "Webhook",
        "websocket" => "WebSocket",
        "" => "No kind",
        other => other,
    }
    .to_owned()
}

/// How a stage is called: its word, with a capital.
pub fn stage_label(stage: &str) -> String {
    let mut chars = stage.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_is_all_and_nothing_is_none() {
        for (part, whole, want) in [
            (0, 0, 0),
            (0, 7, 0),
            (7, 7, 100),
            (999, 1000, 99),
            (1, 1000, 1),
            (1, 2, 50),
            (2, 3, 67),
            (1, 3, 33),
        ] {
            assert_eq!(percent(part, whole), want, "{part} of {whole}");
        }
    }
}
