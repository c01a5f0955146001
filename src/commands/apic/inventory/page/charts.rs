//! The charts of the page: coverage, and the APIs by kind, stage and environment.
//!
//! A bar chart is a table whose middle column is drawn, so that screen readers can read it.

use maud::{Markup, html};

use super::super::model::{Gap, Inventory};
use super::numbers::{group_digits, plural};

/// A bar of a chart.
struct Bar {
    label: String,
    /// The value to filter by when the bar is clicked; None if it cannot be clicked.
    value: Option<String>,
    count: usize,
}

/// All charts; empty if the center has no APIs.
pub(super) fn section(inventory: &Inventory) -> Markup {
    if inventory.apis.is_empty() {
        return html! {};
    }
    let kinds = inventory.by_kind.iter().map(|count| Bar {
        label: kind_label(&count.kind),
        value: Some(count.kind.clone()),
        count: count.apis,
    });
    let stages = inventory.by_stage.iter().map(|count| Bar {
        label: count.lifecycle_stage.as_deref().map_or_else(|| "No stage".to_owned(), stage_label),
        value: Some(count.lifecycle_stage.clone().unwrap_or_default()),
        count: count.apis,
    });
    let environments = inventory.by_environment.iter().map(|environment| Bar {
        label: environment.title.clone().unwrap_or_else(|| environment.name.clone()),
        value: Some(environment.name.to_lowercase()),
        count: environment.deployments,
    });
    html! {
        section.charts aria-label="Charts" {
            (coverage(inventory))
            (bars("kind", "APIs by kind", kinds.collect()))
            (bars("stage", "APIs by stage", stages.collect()))
            @if !inventory.by_environment.is_empty() {
                (bars("environment", "Deployments by environment", environments.collect()))
            }
        }
    }
}

fn coverage(inventory: &Inventory) -> Markup {
    let all = inventory.counts.apis;
    html! {
        div.card.coverage {
            h2 { "What the APIs have" }
            p.note { b { (group_digits(inventory.counts.complete)) } " of " (group_digits(all)) (plural(all, " API has", " APIs have")) " all three." }
            ul.rings {
                @for gap in Gap::ALL {
                    @let missing = inventory.count_missing(gap);
                    li data-lack=(gap.name()) data-count=(missing) {
                        (ring(percent(all - missing, all)))
                        div {
                            strong { (coverage_label(gap)) }
                            @if missing == 0 { span.fine { "None is missing" } }
                            @else {
                                button type="button" data-filter="missing" data-value=(gap.name()) {
                                    (group_digits(missing)) " without"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn coverage_label(gap: Gap) -> &'static str {
    match gap {
        Gap::Definition => "Definition",
        Gap::Deployment => "Deployment",
        Gap::Owner => "Owner",
    }
}

/// A ring that is filled to a percentage.
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
                            td.count { (group_digits(bar.count)) }
                        }
                    }
                }
            }
        }
    }
}

/// A rounded percentage that is 0 or 100 only if it is exact.
fn percent(part: usize, whole: usize) -> usize {
    if whole == 0 || part == 0 {
        return 0;
    }
    if part >= whole {
        return 100;
    }
    ((part * 200 / whole).div_ceil(2)).clamp(1, 99)
}

/// The label of a kind.
pub(super) fn kind_label(kind: &str) -> String {
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

/// The label of a stage: its name, capitalized.
pub(super) fn stage_label(stage: &str) -> String {
    let mut chars = stage.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_and_a_hundred_percent_are_exact() {
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
