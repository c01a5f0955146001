//! What the command line of `--mode client` says.

use std::path::PathBuf;

use clap::ArgMatches;
use serde_json::{Map, Value, json};

use super::super::sources::{api_id, list_of, service};
use super::options::{CONCURRENCY, MAX_DELETE};
use crate::commands::apic::report;
use crate::commands::{args, shorthand};
use crate::session::Session;
use azr_arm::edit::{self, Step};
use azr_arm::schema::{Kind, field};
use azr_catalog::choice::Shard;
use azr_catalog::execute::How;
use azr_catalog::inventory::Revisions;
use azr_catalog::nature::KINDS;
use azr_catalog::plan::{OnCollision, OnInvalid, Options};
use azr_catalog::report::Form;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// An import that is asked for.
pub struct Request {
    /// The API Management service.
    pub source: ResourceId,
    /// `--apim-tenant`.
    pub tenant: Option<String>,
    /// The names and patterns of the APIs that are meant.
    pub patterns: Vec<String>,
    /// `--tag`.
    pub tags: Vec<String>,
    /// `--product`.
    pub products: Vec<String>,
    /// `--revisions`.
    pub revisions: Revisions,
    /// `--shard`.
    pub shard: Option<Shard>,
    /// What becomes of what.
    pub options: Options,
    /// `--prune`.
    pub prune: bool,
    /// `--max-delete`.
    pub max_delete: usize,
    /// `--concurrency` and `--fail-fast`.
    pub how: How,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--detailed-exitcode`.
    pub detailed_exitcode: bool,
    /// `--journal`.
    pub journal: Option<PathBuf>,
    /// `--report`.
    pub report: Option<(PathBuf, Form)>,
}

impl Request {
    /// Reads the options.
    pub fn read(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Self> {
        let text = |long: &str| matches.get_one::<String>(long).map(|t| t.to_ascii_lowercase());
        let path = |long: &str| matches.get_one::<String>(long).map(PathBuf::from);
        let (source, patterns) = chosen(session, matches, center)?;
        let report = report::wanted(matches)?.map(|(path, form)| (path.to_owned(), form));
        let request = Self {
            source,
            tenant: matches.get_one::<String>("apim-tenant").cloned(),
            patterns,
            tags: list_of(matches, "tag")?,
            products: list_of(matches, "product")?,
            revisions: match text("revisions").as_deref() {
                Some("all") => Revisions::All,
                _ => Revisions::Current,
            },
            shard: matches.get_one::<String>("shard").map(|text| Shard::parse(text)).transpose()?,
            options: options(matches)?,
            prune: matches.get_flag("prune"),
            max_delete: usize::try_from(*matches.get_one("max-delete").unwrap_or(&MAX_DELETE))
                .unwrap_or(usize::MAX),
            how: How {
                concurrency: usize::from(*matches.get_one("concurrency").unwrap_or(&CONCURRENCY)),
                fail_fast: matches.get_flag("fail-fast"),
            },
            dry_run: matches.get_flag("dry-run"),
            detailed_exitcode: matches.get_flag("detailed-exitcode"),
            journal: path("journal"),
            report,
        };
        for (given, needed, has) in [
            (request.detailed_exitcode, "--detailed-exitcode needs --dry-run", request.dry_run),
            (matches.contains_id("max-delete"), "--max-delete needs --prune", request.prune),
        ] {
            if given && !has {
                return Err(Error::usage(needed));
            }
        }
        if request.prune && !(request.tags.is_empty() && request.products.is_empty()) {
            return Err(Error::usage("--prune cannot be given with --tag or --product")
                .with_hint("An API that is gone has neither; choose by name with --apim-apis."));
        }
        Ok(request)
    }

    /// What tells this import from others into the same center: the service, and the part of it.
    pub fn whole(&self) -> String {
        match self.shard {
            Some(shard) => format!("{} part {shard}", self.source),
            None => self.source.to_string(),
        }
    }
}

fn options(matches: &ArgMatches) -> Result<Options> {
    let text = |long: &str| matches.get_one::<String>(long).map(|t| t.to_ascii_lowercase());
    Ok(Options {
        on_collision: match text("on-collision").as_deref() {
            Some("merge") => OnCollision::Merge,
            Some("fail") => OnCollision::Fail,
            _ => OnCollision::Suffix,
        },
        on_invalid: match text("on-invalid").as_deref() {
            Some("skip") => OnInvalid::Skip,
            Some("fail") => OnInvalid::Fail,
            _ => OnInvalid::Truncate,
        },
        stage: text("lifecycle-stage"),
        kinds: list_of_kinds(matches)?,
        custom: custom(matches)?,
    })
}

/// `--kind`: patterns for names, each with a kind.
fn list_of_kinds(matches: &ArgMatches) -> Result<Vec<(String, &'static str)>> {
    let words = args::last_occurrence(matches, "kind").unwrap_or_default();
    let read = |word: &String| {
        let kind = word.rsplit_once('=').and_then(|(pattern, kind)| {
            let kind = KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind))?;
            (!pattern.is_empty()).then(|| (pattern.to_owned(), *kind))
        });
        kind.ok_or_else(|| {
            Error::invalid(format!("--kind: '{word}' is not a pattern with a kind")).with_hint(format!(
                "Give PATTERN=KIND, such as 'hooks-*=webhook'; kinds are {}.",
                KINDS.join(", ")
            ))
        })
    };
    words.iter().map(read).collect()
}

/// `--custom-properties`, in az's shorthand or as JSON.
fn custom(matches: &ArgMatches) -> Result<Map<String, Value>> {
    static KIND: Kind = Kind::Map(&Kind::Any);
    let occurrences = args::occurrences(matches, "custom-properties");
    if occurrences.is_empty() {
        return Ok(Map::new());
    }
    let path = [Step::Key("given".to_owned())];
    let edits = shorthand::parse("--custom-properties", &KIND, &path, &occurrences)?;
    let mut doc = json!({});
    edit::apply(&edits, &mut doc, const { &[field("given", Kind::Map(&Kind::Any))] })?;
    Ok(doc["given"].as_object().cloned().unwrap_or_default())
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
        let of = api.parent().ok_or_else(|| Error::unexpected(format!("{api} has no parent")))?;
        if *source.get_or_insert_with(|| of.clone()) != of {
            return Err(Error::invalid(
                "--source-resource-ids: the APIs are of several API Management services",
            )
            .with_hint("With --mode client import from one service at a time; --on-collision merge brings them together."));
        }
    }
    let source = source.ok_or_else(|| Error::usage("--source-resource-ids is empty"))?;
    Ok((source, patterns))
}
