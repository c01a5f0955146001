//! The options that say how the APIs of a service appear in the center: environment, match rules, metadata, links.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgMatches};

use crate::commands::{args, names};
use azr_catalog::plan::{
    ENVIRONMENT_KINDS, EnvironmentOptions, MatchKey, MatchRules, MetadataMapping, PlanOptions,
};
use azr_core::error::{Error, Result};

/// The arguments.
pub(super) fn args() -> Vec<Arg> {
    let kinds = PossibleValuesParser::new(ENVIRONMENT_KINDS).map(|kind| kind.to_ascii_lowercase());
    vec![
        args::text("environment-id")
            .value_name("NAME")
            .help("Environment of the deployments, which is created if it does not exist [default: named after the service]"),
        args::text("environment-title").value_name("TITLE").help("Title of the environment, 1 to 50 characters"),
        args::text("environment-kind")
            .value_parser(kinds)
            .ignore_case(true)
            .value_name("KIND")
            .help("Kind of the environment [default: production for a new one]"),
        args::list("match", 1).value_name("RULE").help(
            "Add to the API that was imported from another service and has the same name, version-set, title or path; \
             prefix=TEXT and suffix=TEXT are removed before",
        ),
        args::list("metadata", 1).value_name("NAME=TEMPLATE").help(
            "Custom metadata of the APIs, set in every run: a text with {tag:NAME}, {tags}, {products}, {path}, {name} \
             and {service}",
        ),
        args::flag("create-metadata").help("Create the metadata schemas of --metadata that the center does not have"),
        args::flag("portal-links")
            .help("Link to the API in the portals, if it does not have external documentation"),
    ]
}

/// Reads the options into the options of a plan.
pub(super) fn read(matches: &ArgMatches, plan: &mut PlanOptions) -> Result<()> {
    let text = |long| args::text_value(matches, long).map(str::to_owned);
    plan.environment = EnvironmentOptions {
        id: text("environment-id"),
        title: text("environment-title"),
        kind: text("environment-kind"),
    };
    if let Some(id) = &plan.environment.id {
        names::ENVIRONMENT.check(id)?;
    }
    plan.environment
        .check_title()
        .map_err(|reason| Error::invalid(format!("--environment-title {reason}")))?;
    plan.match_rules = match_rules(args::occurrences(matches, "match").concat())?;
    plan.metadata = args::occurrences(matches, "metadata")
        .concat()
        .iter()
        .map(|word| metadata(word))
        .collect::<Result<_>>()?;
    plan.create_metadata = matches.get_flag("create-metadata");
    plan.portal_links = matches.get_flag("portal-links");
    if plan.create_metadata && plan.metadata.is_empty() {
        return Err(Error::usage("--create-metadata needs --metadata"));
    }
    Ok(())
}

fn match_rules(words: Vec<String>) -> Result<MatchRules> {
    let mut rules = MatchRules::default();
    for word in words {
        match word.split_once('=') {
            Some((key, text)) if key.eq_ignore_ascii_case("prefix") => rules.prefixes.push(text.to_owned()),
            Some((key, text)) if key.eq_ignore_ascii_case("suffix") => rules.suffixes.push(text.to_owned()),
            _ => {
                let key: MatchKey = word.parse().map_err(|error| {
                    Error::invalid(format!("--match: {error}"))
                        .with_hint("For example: --match name prefix=dev- suffix=-int")
                })?;
                rules.keys.push(key);
            }
        }
    }
    rules.check().map_err(|reason| Error::invalid(format!("--match: {reason}")))?;
    Ok(rules)
}

fn metadata(word: &str) -> Result<MetadataMapping> {
    let Some((name, template)) = word.split_once('=') else {
        return Err(Error::invalid(format!("--metadata: '{word}' is not NAME=TEMPLATE"))
            .with_hint("For example 'team={tag:team}'; the quotes keep the braces from the shell."));
    };
    MetadataMapping::parse(name, template).map_err(|error| {
        let hint = error.hint().map(str::to_owned);
        let error = Error::invalid(format!("--metadata: {error}"));
        match hint {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    })
}
