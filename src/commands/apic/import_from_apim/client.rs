//! `--mode client`: azr itself imports, instead of the service.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use super::super::shapes::STAGES;
use super::{api_id, list_of, service};
use crate::arm::id::ResourceId;
use crate::commands::args;
use crate::commands::tree::Outcome;
use crate::error::{Error, Result};
use crate::files;
use crate::glob::{Selection, is_glob};
use crate::import::execute::{self, How, Observer};
use crate::import::inventory;
use crate::import::journal::{self, Journal};
use crate::import::plan::{self, OnCollision, OnInvalid, Options, Plan};
use crate::import::report::{self, ApiResult, Form, Status};
use crate::import::source::Source;
use crate::output::message;
use crate::output::progress::Progress;
use crate::session::Session;

/// How many APIs are written at once.
const CONCURRENCY: u64 = 16;

/// How many notes are shown; the others are in the result.
const SHOWN_NOTES: usize = 10;

/// The exit code that says that something would change.
const WOULD_CHANGE: u8 = 5;

/// The options that only this mode has.
const OWN: &[&str] = &[
    "dry-run",
    "detailed-exitcode",
    "on-collision",
    "on-invalid",
    "lifecycle-stage",
    "concurrency",
    "fail-fast",
    "journal",
];

/// The options of this mode, and the one that chooses it.
pub fn options() -> Vec<Arg> {
    let choice = |long: &'static str, choices: &'static [&'static str]| {
        args::text(long).value_parser(PossibleValuesParser::new(choices)).ignore_case(true)
    };
    vec![
        choice("mode", &["service", "client"])
            .help("Who imports: the service, or azr itself [default: service]"),
        args::flag("dry-run").help("With --mode client: show what would be done, and write nothing"),
        args::flag("detailed-exitcode")
            .requires("dry-run")
            .help("With --dry-run: exit with 5 if something would change"),
        choice("on-collision", &["suffix", "fail"])
            .help("With --mode client: what to do where two APIs would have one name [default: suffix]"),
        choice("on-invalid", &["truncate", "skip", "fail"])
            .help("With --mode client: what to do with what does not fit into a center [default: truncate]"),
        choice("lifecycle-stage", STAGES)
            .help("With --mode client: stage of the versions [default: design for new ones]"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u64).range(1..=64))
            .help("With --mode client: how many APIs at once, 1 to 64 [default: 16]"),
        args::flag("fail-fast").help("With --mode client: begin no more APIs once one has failed"),
        args::text("journal")
            .value_name("FILE")
            .help("With --mode client: file that remembers what is done [default: one of azr's own]"),
        args::text("report")
            .value_name("FILE")
            .help("With --mode client: file for a report, .json, .xml (JUnit) or .md"),
    ]
}

/// Whether this mode is chosen.
fn is_chosen(matches: &ArgMatches) -> bool {
    let mode = matches.try_get_one::<String>("mode").ok().flatten();
    mode.is_some_and(|mode| mode.eq_ignore_ascii_case("client"))
}

/// Whether azr itself is to import; refuses options of the other mode.
pub fn is_wanted(matches: &ArgMatches) -> Result<bool> {
    let given = |long: &&&str| matches.try_contains_id(long).unwrap_or(false) && is_set(matches, long);
    if is_chosen(matches) {
        if args::bool_of(matches, "no-wait")? == Some(true) {
            return Err(Error::usage(
                "--no-wait cannot be given with --mode client: azr itself does the work",
            ));
        }
        return Ok(true);
    }
    match OWN.iter().find(given) {
        Some(long) => {
            Err(Error::usage(format!("--{long} needs --mode client")).with_hint("Add --mode client."))
        }
        None => Ok(false),
    }
}

/// Whether an option was given; a flag always has a value.
fn is_set(matches: &ArgMatches, long: &str) -> bool {
    matches.value_source(long) == Some(clap::parser::ValueSource::CommandLine)
}

/// What the command line says.
struct Request {
    source: ResourceId,
    patterns: Vec<String>,
    options: Options,
    how: How,
    dry_run: bool,
    detailed_exitcode: bool,
    journal: Option<PathBuf>,
    report: Option<(PathBuf, Form)>,
}

impl Request {
    fn read(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Self> {
        let text = |long: &str| matches.get_one::<String>(long).map(|t| t.to_ascii_lowercase());
        let path = |long: &str| matches.get_one::<String>(long).map(PathBuf::from);
        let (source, patterns) = chosen(session, matches, center)?;
        let on_collision = match text("on-collision").as_deref() {
            Some("fail") => OnCollision::Fail,
            _ => OnCollision::Suffix,
        };
        let on_invalid = match text("on-invalid").as_deref() {
            Some("skip") => OnInvalid::Skip,
            Some("fail") => OnInvalid::Fail,
            _ => OnInvalid::Truncate,
        };
        let report = path("report").map(|path| Form::of(&path).map(|form| (path, form))).transpose()?;
        let concurrency = matches.get_one::<u64>("concurrency").copied().unwrap_or(CONCURRENCY);
        Ok(Self {
            source,
            patterns,
            options: Options { on_collision, on_invalid, stage: text("lifecycle-stage") },
            how: How {
                concurrency: usize::try_from(concurrency).unwrap_or(1),
                fail_fast: matches.get_flag("fail-fast"),
            },
            dry_run: matches.get_flag("dry-run"),
            detailed_exitcode: matches.get_flag("detailed-exitcode"),
            journal: path("journal"),
            report,
        })
    }
}

/// The service, and the names and patterns of the APIs of it that are meant.
fn chosen(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<(ResourceId, Vec<String>)> {
    let given = list_of(matches, "source-resource-ids")?;
    if given.is_empty() {
        return Ok((service(session, matches, center)?, list_of(matches, "apim-apis")?));
    }
    let mut source: Option<ResourceId> = None;
    let mut patterns = Vec::new();
    for text in &given {
        let api: ResourceId = api_id(text)?.parse()?;
        patterns.push(api.name().to_owned());
        let of = api.parent().ok_or_else(|| Error::Unexpected(format!("{api} has no parent")))?;
        if *source.get_or_insert_with(|| of.clone()) != of {
            return Err(Error::invalid(
                "--source-resource-ids: the APIs are of several API Management services",
            )
            .with_hint("With --mode client import from one service at a time."));
        }
    }
    let source = source.ok_or_else(|| Error::usage("--source-resource-ids is empty"))?;
    Ok((source, patterns))
}

/// Imports, or shows what an import would do.
pub async fn run(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Outcome> {
    let request = Request::read(session, matches, center)?;
    let mut plan = planned(session, &request, center).await?;
    if request.dry_run {
        return show(session, &request, &mut plan).await;
    }
    let file = match &request.journal {
        Some(file) => file.clone(),
        None => journal::file_for(&session.context.state_dir()?, center, request.source.as_str()),
    };
    let journal = Journal::open(&file, center, request.source.as_str())?;
    if !journal.is_empty() {
        message::note(&format!(
            "Going on with an import that was not completed: {} steps are done.",
            journal.len()
        ));
    }
    let bar = Bar(Progress::bar("Importing", plan.apis.len()));
    let results = execute::execute(session.client()?, &plan, &journal, request.how, &bar).await;
    drop(bar);
    let results = results?;
    conclude(&request, journal, &results)
}

/// Reads what there is, and plans.
async fn planned(session: &Session, request: &Request, center: &ResourceId) -> Result<Plan> {
    let client = session.client()?;
    let at_once = request.how.concurrency;
    let progress = Progress::start(format!("Reading {} and {}", request.source.name(), center.name()));
    let (source, mut held) = futures_util::try_join!(
        inventory::source(client, &request.source, at_once),
        inventory::center(client, center)
    )?;
    let selection = Selection::new(&request.patterns);
    check_selection(&selection, &source)?;
    let design = plan::design(&source, |name| selection.holds(name), &request.options)?;
    inventory::below(client, &mut held, &design, at_once).await?;
    progress.finish();
    plan::plan(&design, &source, &held, &request.options)
}

/// Refuses names that no API has; a pattern that fits none is only said.
fn check_selection(selection: &Selection, source: &Source) -> Result<()> {
    let names = source.apis.iter().map(|api| api.name.as_str());
    for pattern in selection.without_match(&names) {
        let service = source.id.name();
        if is_glob(pattern) {
            message::warn(&format!("--apim-apis: no API of {service} fits '{pattern}'"));
        } else {
            return Err(Error::invalid(format!("--apim-apis: {service} has no API '{pattern}'")).with_hint(
                "azr apim api list shows the names; * and ? stand for any text and any character.",
            ));
        }
    }
    Ok(())
}

async fn show(session: &Session, request: &Request, plan: &mut Plan) -> Result<Outcome> {
    let progress = Progress::start("Comparing definitions");
    execute::examine(session.client()?, plan, request.how.concurrency).await;
    progress.finish();
    let value = report::planned(plan);
    let changes = ["create", "update"].iter().any(|change| value[*change] != json!(0));
    let code = if request.detailed_exitcode && changes { WOULD_CHANGE } else { 0 };
    Ok(Outcome { code, as_table: true, ..Outcome::value(value) })
}

/// Says what came of it, writes the report, and ends the journal.
fn conclude(request: &Request, journal: Journal, results: &[ApiResult]) -> Result<Outcome> {
    say(results);
    if let Some((path, form)) = &request.report {
        write(path, &form.render(results))?;
    }
    let failed = report::count(results, Status::Failed);
    let mut outcome = Outcome::value(report::summary(results));
    // The import came to its end: what failed is seen by comparing, there is nothing to go on with.
    journal.complete()?;
    if failed > 0 {
        let error = Error::Partial { failed, total: results.len() };
        message::error(&error);
        message::note("The same command tries again what failed, and leaves alone what is done.");
        outcome.code = error.exit_code();
    }
    Ok(outcome)
}

fn write(path: &Path, report: &[u8]) -> Result<()> {
    files::write(path, report)?;
    message::note(&format!("Report written to {}", path.display()));
    Ok(())
}

fn say(results: &[ApiResult]) {
    let notes: Vec<String> =
        results.iter().flat_map(|r| r.notes.iter().map(move |note| format!("{}: {note}", r.name))).collect();
    for note in notes.iter().take(SHOWN_NOTES) {
        message::note(note);
    }
    if notes.len() > SHOWN_NOTES {
        message::note(&format!("and {} more notes, which are in the result", notes.len() - SHOWN_NOTES));
    }
    for result in results {
        let reason = result.reason.as_deref().unwrap_or_default();
        match result.status {
            Status::Failed => message::warn(&format!("{} failed: {reason}", result.name)),
            Status::Skipped => message::warn(&format!("{} is left out: {reason}", result.name)),
            _ => {}
        }
    }
    let mut heads = String::new();
    let mut counts = String::new();
    for status in Status::ALL {
        let _ = write!(heads, "{:<11}", status.word());
        let _ = write!(counts, "{:<11}", report::count(results, status));
    }
    message::note(heads.trim_end());
    message::note(counts.trim_end());
}

/// Moves the bar on.
struct Bar(Progress);

impl Observer for Bar {
    fn finished(&self, result: &ApiResult) {
        self.0.advance();
        message::info(&format!("{} is {}", result.name, result.status.word()));
    }
}

/// A plan, or what came of it, as a table for people.
pub fn table(value: &Value) -> Value {
    let texts = |list: &Value| {
        let items = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        items.collect::<Vec<_>>().join(", ")
    };
    let row = |api: &Value| {
        let happens = api.get("action").or(api.get("status"));
        let reason = api["reason"].as_str().map_or_else(|| texts(&api["notes"]), str::to_owned);
        json!({
            "Action": happens,
            "API": api["name"],
            "Title": api["title"],
            "Kind": api["kind"],
            "Versions": texts(&api["versions"]),
            "Note": reason,
        })
    };
    value["apis"].as_array().into_iter().flatten().map(row).collect()
}
