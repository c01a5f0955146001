//! `--mode client`: azr itself imports, instead of the service.

mod options;
mod request;
mod whole;

use clap::ArgMatches;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::super::{api_rows, said};
use crate::commands::tree::Outcome;
use crate::session::{Session, run_interruptible, wait_for_interrupt};
use azr_catalog::choice::Choice;
use azr_catalog::execute;
use azr_catalog::held::Held;
use azr_catalog::inventory;
use azr_catalog::journal::{self, Journal};
use azr_catalog::plan::{self, Ground, OnInvalid, Planner, Pruning};
use azr_catalog::report::{ApiResult, Status, Writer};
use azr_catalog::results::Results;
use azr_catalog::shown::Shown;
use azr_catalog::source::{Source, SourceApi};
use azr_catalog::survey::{Clients, Full, Survey, Task};
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::glob::{Selection, is_glob};
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;
pub use options::{is_wanted, options};
use request::Request;
use whole::Whole;

/// The exit code that says that something would change.
const WOULD_CHANGE: u8 = 5;

/// Imports, or shows what an import would do.
pub async fn run(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Outcome> {
    let request = Request::read(session, matches, center)?;
    let elsewhere =
        session.client_for_subscription(request.source.subscription(), request.tenant.as_deref())?;
    let at_center = session.client()?;
    let clients = Clients { source: elsewhere.as_ref().unwrap_or(at_center), center: at_center };

    let found = run_interruptible(Box::pin(Found::read(clients, &request, center))).await?;
    let groups = plan::design(&found.source, &found.held, &found.choice, &request.options)?;
    let ground = plan::ground(&found.source, &found.held, &request.options)?;
    let mut planner = Planner::new(&found.source, &found.held, &request.options, &ground.environment);
    if request.prune {
        planner.pruning = Some(Pruning::new(&found.source, &found.choice, request.revisions));
    }
    let full = Full::of(&planner, &groups);
    let is_mine = |name: &str| request.shard.is_none_or(|shard| shard.holds(name));
    let wanted = groups.iter().filter(|group| group.is_selected() && is_mine(&group.name));
    let mut survey = Survey::new(clients, &planner, wanted, &full);
    survey.add_gone(&groups, is_mine);

    if request.dry_run {
        return run_interruptible(show(&survey, &request)).await;
    }
    import(session, &request, center, &survey, &ground).await
}

/// What there is, and what of it is meant.
struct Found {
    source: Source,
    held: Held,
    choice: Choice,
}

impl Found {
    async fn read(clients: Clients<'_>, request: &Request, center: &ResourceId) -> Result<Self> {
        let at_once = request.how.concurrency;
        let progress = Progress::spinner(format!("Reading {} and {}", request.source.name(), center.name()));
        let seen = |come: usize, count: Option<usize>| {
            let of = count.map_or(String::new(), |count| format!(" of {count}"));
            progress.set_message(format!("Reading {}: {come}{of} APIs", request.source.name()));
        };
        let members = async {
            let (tags, products) = (&request.tags, &request.products);
            let tagged = match &tags[..] {
                [] => None,
                tags => Some(inventory::tagged(clients.source, &request.source, tags, at_once).await?),
            };
            let sold = match &products[..] {
                [] => None,
                names => Some(inventory::in_products(clients.source, &request.source, names, at_once).await?),
            };
            Ok(match (tagged, sold) {
                (Some(tagged), Some(sold)) => Some(&tagged & &sold),
                (tagged, sold) => tagged.or(sold),
            })
        };
        let (source, held, members) = futures_util::try_join!(
            inventory::source(clients.source, &request.source, request.revisions, at_once, &seen),
            inventory::center(clients.center, center),
            members
        )?;
        progress.finish();
        let selection = Selection::new(&request.patterns);
        check_selection(&selection, &source)?;
        Ok(Self { source, held, choice: Choice::new(selection, members) })
    }
}

/// Refuses names that no API has; a pattern that fits none is only said.
fn check_selection(selection: &Selection, source: &Source) -> Result<()> {
    let names = source.apis.iter().map(SourceApi::root);
    for pattern in selection.unmatched_patterns(&names) {
        let service = source.id.name();
        if is_glob(pattern) {
            message::warn(&format!("--apim-apis: no API of {service} fits '{pattern}'"));
        } else {
            return Err(Error::no_match(format!("--apim-apis: {service} has no API '{pattern}'")).with_hint(
                "azr apim api list shows the names; * and ? stand for any text and any character.",
            ));
        }
    }
    Ok(())
}

async fn show(survey: &Survey<'_>, request: &Request) -> Result<Outcome> {
    let bar = Progress::bar("Planning", survey.tasks.len());
    let mut shown = Shown::default();
    let mut whole = Whole::default();
    let mut plans = survey.all(request.how.concurrency, true);
    while let Some((at, planned)) = plans.next().await {
        bar.advance();
        match planned {
            Ok(Some(planned)) => {
                whole.add(&planned);
                shown.add(at, &planned);
            }
            Ok(None) => {}
            Err(error) => shown.add_failed(at, survey.tasks[at].name(), &error),
        }
    }
    drop(plans);
    bar.finish();
    whole.check_refused(request)?;
    if let Err(error) = whole.check_deleted(request) {
        message::warn(&error.to_string());
    }
    let code = if request.detailed_exitcode && shown.changes() { WOULD_CHANGE } else { 0 };
    Ok(Outcome { exit_code: code, prefers_table: true, ..Outcome::value(shown.value()) })
}

async fn import(
    session: &Session,
    request: &Request,
    center: &ResourceId,
    survey: &Survey<'_>,
    ground: &Ground,
) -> Result<Outcome> {
    // Both are noticed to be impossible before anything is written to the center.
    let report = request.report.as_ref().map(|(path, form)| Writer::create(path, *form)).transpose()?;
    let file = match &request.journal {
        Some(file) => file.clone(),
        None => journal::file_for(&session.context.state_dir()?, center, &request.whole()),
    };
    let journal = Journal::open(&file, center, &request.whole())?;
    if request.prune || request.options.on_invalid == OnInvalid::Fail {
        run_interruptible(check(survey, request)).await?;
    }
    if !journal.is_empty() {
        message::status(&format!(
            "Going on with an import that was not completed: {} steps are done.",
            journal.len()
        ));
    }
    let bar = Progress::bar("Importing", survey.tasks.len());
    let mut results = Results::new(report);
    let mut done = |at: usize, result: Option<_>| {
        bar.advance();
        results.add(at, result)
    };
    let ended = tokio::select! {
        biased;
        () = wait_for_interrupt() => Err(Error::interrupted()),
        ended = execute::execute(survey, ground, &journal, request.how, &mut done) => ended,
    };
    bar.finish();
    let interrupted = match ended {
        Ok(()) => false,
        Err(error) if error.kind() == ErrorKind::Interrupted => true,
        Err(error) => return Err(error),
    };
    results.finish(survey.tasks.len(), |at| not_done(&survey.tasks[at]))?;
    conclude(request, journal, &results, interrupted)
}

/// The result of an API that an interrupted import did not come to the end of; None for one that would only go.
fn not_done(task: &Task<'_>) -> Option<ApiResult> {
    let Task::Group(..) = task else { return None };
    let mut result = task.unplanned();
    result.end(Status::Skipped, Some("not done, as the import was interrupted".to_owned()));
    Some(result)
}

/// Refuses, before anything is written, what the whole plan shows to be too much.
async fn check(survey: &Survey<'_>, request: &Request) -> Result<()> {
    let bar = Progress::bar("Planning", survey.tasks.len());
    let mut plans = survey.all(request.how.concurrency, false);
    let mut whole = Whole::default();
    while let Some((_, planned)) = plans.next().await {
        bar.advance();
        if let Some(planned) = planned? {
            whole.add(&planned);
        }
    }
    whole.check_refused(request)?;
    whole.check_deleted(request)
}

/// Says what came of it, and ends the journal of an import that came to its end.
fn conclude(request: &Request, journal: Journal, results: &Results, interrupted: bool) -> Result<Outcome> {
    said::notes(results);
    said::problems(results);
    said::counts(results);
    said::report(request.report.as_ref().map(|(path, _)| path.as_path()));
    let mut outcome = Outcome::value(results.summary());
    if interrupted {
        message::error(&Error::interrupted());
        message::status("The same command goes on where it was.");
        outcome.exit_code = Error::interrupted().exit_code();
        return Ok(outcome);
    }
    // What failed is seen by comparing: there is nothing to go on with.
    journal.complete()?;
    outcome.exit_code = said::failure(results);
    if outcome.exit_code != 0 {
        message::status("The same command tries again what failed, and leaves alone what is done.");
    }
    Ok(outcome)
}

/// A plan, or what was not imported, as a table for people.
pub fn table(value: &Value) -> Value {
    api_rows::table(value, None)
}
