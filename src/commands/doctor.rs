//! `azr doctor`: checks whether everything is ready for an import, and says how to fix what is not.

mod credential;
mod environment;
mod finding;
mod goal;
mod services;

use clap::Args;
use serde_json::{Value, json};

use super::apic::apim_service::ServiceName;
use super::args::ResourceGroupArg;
use super::names;
use super::tree::{Closing, Example, Leaf, Outcome, TerminalView};
use crate::session::Session;
use azr_arm::client::Client;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;
use azr_output::{Cell, Fit, TerminalTable, Tone, counted};
use finding::{Finding, State};
use goal::Goal;

/// `azr doctor`.
pub(crate) fn command() -> Leaf {
    Leaf::run("doctor", "Check whether azr is ready to work", run)
        .details(
            "Checks the settings, certificates, proxy, endpoint, clock, login and subscription, and what a goal requires: \
             export reads API Management, register writes a center, import does both, and sync lets the center itself read \
             API Management. Without a goal, -n checks whether the center can be written, --apim-name whether the service \
             can be read, and both together whether the center's identity can read the service, which the import by the \
             service requires. It changes nothing. The exit code is 1 if a check is not ok; each such line comes with the \
             command that fixes it.",
        )
        .table(table)
        .examples(&[
            Example { summary: "Check the login and the connection to Azure", command: "azr doctor" },
            Example {
                summary: "Check everything that an import requires",
                command: "azr doctor import -g myResourceGroup -n myAPICenter --apim-name myAPIManagement",
            },
            Example {
                summary: "Check what an export requires",
                command: "azr doctor export -g myResourceGroup --apim-name myAPIManagement -o table",
            },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(value_name = "GOAL", ignore_case = true, help = "What to check for")]
    goal: Option<Goal>,
    #[command(flatten)]
    group: ResourceGroupArg,
    #[arg(long, short = 'n', value_name = "CENTER", help = "API center to write to")]
    name: Option<String>,
    #[arg(id = "apim-name", long, value_name = "SERVICE", help = "API Management service to read")]
    apim_name: Option<String>,
    #[arg(
        id = "apim-resource-group",
        long,
        value_name = "GROUP",
        help = "Resource group of the API Management service [default: --resource-group]"
    )]
    apim_resource_group: Option<String>,
    #[arg(
        id = "apim-subscription",
        long,
        value_name = "NAME|ID",
        help = "Subscription of the API Management service [default: that of the API center]"
    )]
    apim_subscription: Option<String>,
}

async fn run(session: &Session, options: Options) -> Result<Outcome> {
    let services = Services::from_options(session, &options)?;
    let mut findings = vec![
        environment::settings(&session.context),
        environment::certificates(&session.context),
        environment::proxy(&session.context),
    ];
    match session.client() {
        Ok(client) => findings.extend(check_azure(session, client, &services, options.goal).await),
        Err(error) => findings.extend(environment::no_client(&error)),
    }
    let has_failed = findings.iter().any(|finding| finding.state == State::Failed);
    let value: Value = findings.iter().map(Finding::to_json).collect();
    let closing = closing(&findings, &services, options.goal);
    let view = Some(TerminalView::Table(view(&findings)));
    Ok(Outcome { exit_code: u8::from(has_failed), view, closing, ..Outcome::value(value) })
}

/// The services to check.
struct Services {
    center: Option<ResourceId>,
    management: Option<ResourceId>,
}

impl Services {
    fn from_options(session: &Session, options: &Options) -> Result<Self> {
        if options.name.is_none() && options.apim_name.is_none() {
            return Ok(Self { center: None, management: None });
        }
        let group_option = options.group.resource_group.as_deref();
        let center = match &options.name {
            Some(name) => {
                names::CENTER.check(name)?;
                Some(CENTER.id(&session.group_scope(group_option)?, &[name]))
            }
            None => None,
        };
        let group = session.group(group_option)?;
        let subscription = session.subscription()?.id;
        let management = match &options.apim_name {
            Some(name) => {
                let service = ServiceName {
                    name,
                    subscription: options.apim_subscription.as_deref(),
                    resource_group: options.apim_resource_group.as_deref(),
                };
                Some(service.resource_id(session, &subscription, group.as_deref())?)
            }
            None => None,
        };
        Ok(Self { center, management })
    }
}

/// The checks that send requests.
async fn check_azure(
    session: &Session,
    client: &Client,
    services: &Services,
    goal: Option<Goal>,
) -> Vec<Finding> {
    let (endpoint, answer) = environment::endpoint(client).await;
    let is_reachable = endpoint.state == State::Ok;
    let mut findings = vec![endpoint, environment::clock(answer.as_ref())];
    if !is_reachable {
        findings.push(Finding::skipped("signed in", "the endpoint does not answer"));
        return findings;
    }
    let (credential, user) = credential::credential(client).await;
    let is_signed_in = credential.state == State::Ok;
    findings.push(credential);
    findings.push(credential::subscription(session, client, is_signed_in).await);
    if is_signed_in {
        findings.extend(check_services(client, services, goal, user.as_deref()).await);
    }
    findings
}

/// The checks of the services that the options name, as far as the goal uses them.
async fn check_services(
    client: &Client,
    services: &Services,
    goal: Option<Goal>,
    user: Option<&str>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let not_named = |check, goal: Goal| {
        Finding::skipped(check, format!("not named: azr doctor {} {}", goal.as_str(), goal.options()))
    };
    if goal.is_none_or(Goal::reads_management) {
        match (&services.management, goal) {
            (Some(service), _) => findings.push(services::management(client, service, user).await),
            (None, Some(goal)) => findings.push(not_named("read API Management", goal)),
            (None, None) => {}
        }
    }
    if goal.is_none_or(Goal::writes_center) {
        match (&services.center, goal) {
            (Some(center), _) => {
                let (finding, body) = services::center(client, center, user).await;
                findings.push(finding);
                if let Some(body) = body.filter(|_| goal.is_none_or(Goal::needs_identity)) {
                    let management = services.management.as_ref();
                    findings.push(services::center_identity(client, center, &body, management).await);
                }
            }
            (None, Some(goal)) => findings.push(not_named("write API Center", goal)),
            (None, None) => {}
        }
    }
    findings
}

/// What a terminal shows: the checks with their states in color, and below each that failed what fixes it.
fn view(findings: &[Finding]) -> TerminalTable {
    let mut table = TerminalTable::new(&[("State", Fit::Keep), ("Check", Fit::Keep), ("Finding", Fit::Fold)]);
    for finding in findings {
        let (mark, tone) = match finding.state {
            State::Ok => ("✓", Tone::Good),
            State::Failed => ("✗", Tone::Bad),
            State::Skipped => ("-", Tone::Quiet),
        };
        let state = Cell::with_tone(format!("{mark} {}", finding.state.as_str()), tone);
        let cells = vec![state, finding.check.into(), finding.detail.as_str().into()];
        table.push_with_lines(cells, finding.hint.iter().cloned().collect());
    }
    table
}

/// What to do next if no service was named.
const SERVICES_HINT: &str = "To check a center and an API Management service, too:\n  \
                             azr doctor import -g GROUP -n CENTER --apim-name SERVICE";

/// What the checks amount to, and what to do next.
fn closing(findings: &[Finding], services: &Services, goal: Option<Goal>) -> Closing {
    let failed = findings.iter().filter(|finding| finding.state == State::Failed).count();
    if failed > 0 {
        let text = format!("{} failed; the line below each says what fixes it.", counted(failed, "check"));
        return Closing { summary: None, next: vec![text] };
    }
    let names = |id: &ResourceId| (id.group().unwrap_or_default().to_owned(), id.name().to_owned());
    let (center, service) = (services.center.as_ref().map(names), services.management.as_ref().map(names));
    let next = goal.and_then(|goal| {
        goal.next_command(
            center.as_ref().map(|(group, name)| (group.as_str(), name.as_str())),
            service.as_ref().map(|(group, name)| (group.as_str(), name.as_str())),
        )
    });
    let next = match next {
        Some(command) => Some(format!("To go on:\n  {command}")),
        // With a goal, the checks that were not tried say so.
        None if goal.is_none() && center.is_none() && service.is_none() => Some(SERVICES_HINT.to_owned()),
        None => None,
    };
    Closing { summary: None, next: std::iter::once("No check failed.".to_owned()).chain(next).collect() }
}

/// One line for each check, and the hint below each that failed.
fn table(result: &Value) -> Value {
    let rows = result.as_array().into_iter().flatten().flat_map(|finding| {
        let line =
            json!({"State": finding["state"], "Check": finding["check"], "Finding": finding["detail"]});
        let hint = finding["mend"]
            .as_str()
            .map(|hint| json!({"State": "", "Check": "", "Finding": format!("  {hint}")}));
        std::iter::once(line).chain(hint)
    });
    rows.collect()
}
