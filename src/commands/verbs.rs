//! The verbs: create, list, show, update, delete and wait, once for all resources.

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::aaz_value::mark_texts;
use super::args::{self, Paging};
use super::body;
use super::generic_update::Dialect;
use super::resource::{NameArg, Resource, Segment, WriteVerb};
use super::tree::Leaf;
use super::update_args;
use crate::session::Session;
use azr_arm::edit::{self, Edit};
use azr_arm::plan::{Action, Job, Plan, Target, UpdateMethod, WaitCondition};
use azr_core::error::{Error, Result, describe_resource};
use azr_core::id::ResourceId;
use azr_output::Query;

/// What differs between the verbs of one resource and those of another.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, set where a resource differs"
)]
pub(crate) struct VerbConfig {
    /// Whether `--ids` may replace the names (az's aaz commands).
    pub accepts_ids: bool,
    /// Whether the verb has `--no-wait`.
    pub has_no_wait: bool,
    /// The default of `--if-match`; empty sends no header, and None means that the verb does not have the option.
    pub default_if_match: Option<&'static str>,
    /// Edits of create and update besides those of the body options.
    pub extra_edits: fn(&ArgMatches) -> Result<Vec<Edit>>,
    /// Adds defaults to a new resource, after the options have been applied.
    pub defaults: fn(&Session, &ArgMatches, &mut Value) -> Result<()>,
    /// Whether the location defaults to that of the resource group.
    pub location_from_group: bool,
    /// The method that writes an updated resource.
    pub update_method: UpdateMethod,
    /// Brings the resource into the form that the service expects, after the edits of an update.
    pub normalize: fn(&mut Value),
    /// Further options.
    pub extra_args: fn() -> Vec<Arg>,
    /// Adds to the request what the further options say.
    pub customize_target: fn(&ArgMatches, Target) -> Result<Target>,
    /// Whether delete asks for confirmation.
    pub confirm: bool,
}

/// The configuration of az's generated commands (`az apic`, `az identity`).
pub(crate) const AAZ: VerbConfig = VerbConfig {
    accepts_ids: true,
    has_no_wait: false,
    default_if_match: None,
    extra_edits: |_| Ok(Vec::new()),
    defaults: |_, _, _| Ok(()),
    location_from_group: false,
    update_method: UpdateMethod::Put,
    normalize: |_| {},
    extra_args: Vec::new,
    customize_target: |_, target| Ok(target),
    confirm: true,
};

/// The configuration of az's commands over the Python SDK (`az apim`).
pub(crate) const SDK: VerbConfig = VerbConfig { accepts_ids: false, ..AAZ };

/// The resources that `--ids` or the names select.
pub(crate) fn targets(session: &Session, resource: &Resource, matches: &ArgMatches) -> Result<Vec<Target>> {
    let words = args::occurrences(matches, "ids").concat();
    if words.is_empty() {
        return Ok(vec![target(session, resource, matches)?]);
    }
    args::split_ids(&words)
        .iter()
        .map(|line| {
            let id: ResourceId = line.parse()?;
            if !resource.resource_type.matches(&id) {
                return Err(Error::invalid(format!(
                    "--ids: '{line}' is not the id of {}, whose type is {}",
                    with_article(resource.noun),
                    resource.resource_type.name()
                )));
            }
            Ok(Target::new(id.as_str(), resource.resource_type.api_version))
        })
        .collect()
}

/// The resource that the names select.
pub(crate) fn target(session: &Session, resource: &Resource, matches: &ArgMatches) -> Result<Target> {
    let id = resource_id(session, resource, matches)?;
    Ok(Target::new(id.as_str(), resource.resource_type.api_version))
}

/// The id of the resource that the names select.
pub(crate) fn resource_id(
    session: &Session,
    resource: &Resource,
    matches: &ArgMatches,
) -> Result<ResourceId> {
    let scope = session.group_scope(args::resource_group_value(matches))?;
    let generated = uuid::Uuid::new_v4().simple().to_string();
    let mut names = Vec::new();
    for segment in resource.segments {
        names.push(match segment {
            Segment::Fixed(name) => *name,
            Segment::Name(arg) => match args::name_value(matches, arg)? {
                Some(name) => name,
                None if arg.generated => &generated,
                None => return Err(missing(arg)),
            },
        });
    }
    Ok(resource.resource_type.id(&scope, &names))
}

fn missing(arg: &NameArg) -> Error {
    Error::usage(format!("--{} is required", arg.long[0]))
}

/// The options that name a resource, and `--ids` if it may replace them.
#[must_use]
pub(crate) fn name_args(resource: &'static Resource, accepts_ids: bool) -> Vec<Arg> {
    let require = |arg: Arg| if accepts_ids { args::required_unless(arg, "ids") } else { arg.required(true) };
    let mut all = vec![require(args::resource_group())];
    all.extend(
        resource.name_args().map(|n| if n.generated { args::name(n) } else { require(args::name(n)) }),
    );
    if resource.dialect() == Dialect::Aaz {
        all = mark_texts(all);
    }
    if accepts_ids {
        all.push(args::ids());
    }
    all
}

/// `show`: one resource.
#[must_use]
pub(crate) fn show(resource: &'static Resource, config: VerbConfig) -> Leaf {
    Leaf::plan(
        "show",
        format!("Show {}", with_article(resource.noun)),
        move || {
            let mut all = name_args(resource, config.accepts_ids);
            all.extend((config.extra_args)());
            all
        },
        move |session, matches| {
            let jobs = targets(session, resource, matches)?
                .into_iter()
                .map(|target| {
                    let target = (config.customize_target)(matches, target)?;
                    Ok(Job::new(target, Action::Get, Some(resource.schema)))
                })
                .collect::<Result<_>>()?;
            Ok(Plan { jobs, confirm: None })
        },
    )
}

/// `create`: one resource, created or replaced.
#[must_use]
pub(crate) fn create(resource: &'static Resource, config: VerbConfig) -> Leaf {
    Leaf::plan(
        "create",
        format!("Create or replace {}", with_article(resource.noun)),
        move || {
            let mut all = name_args(resource, false);
            all.extend(body::options(resource, WriteVerb::Create));
            all.extend(common_args(config));
            all
        },
        move |session, matches| {
            let target = target(session, resource, matches)?;
            let mut body = Value::Object(serde_json::Map::new());
            let mut edits = body::edits(resource, matches, WriteVerb::Create)?;
            edits.extend((config.extra_edits)(matches)?);
            edit::apply(&edits, &mut body, resource.schema.fields)?;
            (config.defaults)(session, matches, &mut body)?;
            let location_from_group = if config.location_from_group {
                session.add_location(args::resource_group_value(matches), &mut body)?
            } else {
                None
            };
            let body = Some(resource.schema.wire(&body));
            let mut job = Job::new(
                customize(config, matches, target)?,
                Action::Put { body, location_from_group },
                Some(resource.schema),
            );
            job.no_wait = config.has_no_wait && args::no_wait_value(matches);
            Ok(job.into())
        },
    )
}

/// `update`: one resource, read, changed and written back.
#[must_use]
pub(crate) fn update(resource: &'static Resource, config: VerbConfig) -> Leaf {
    Leaf::plan(
        "update",
        format!("Update {}", with_article(resource.noun)),
        move || {
            let mut all = name_args(resource, config.accepts_ids);
            all.extend(body::options(resource, WriteVerb::Update));
            all.extend(update_args::options());
            all.extend(common_args(config));
            all
        },
        move |session, matches| {
            let mut edits = body::edits(resource, matches, WriteVerb::Update)?;
            edits.extend((config.extra_edits)(matches)?);
            edits.extend(update_args::edits(resource.dialect(), resource.schema.fields, matches)?);
            let no_wait = config.has_no_wait && args::no_wait_value(matches);
            let jobs = targets(session, resource, matches)?
                .into_iter()
                .map(|target| {
                    let action = Action::Update {
                        method: config.update_method,
                        edits: edits.clone(),
                        normalize: config.normalize,
                    };
                    let mut job =
                        Job::new(customize(config, matches, target)?, action, Some(resource.schema));
                    job.no_wait = no_wait;
                    Ok(job)
                })
                .collect::<Result<_>>()?;
            Ok(Plan { jobs, confirm: None })
        },
    )
}

/// `delete`: one resource.
#[must_use]
pub(crate) fn delete(resource: &'static Resource, config: VerbConfig) -> Leaf {
    Leaf::plan(
        "delete",
        format!("Delete {}", with_article(resource.noun)),
        move || {
            let mut all = name_args(resource, config.accepts_ids);
            all.extend(common_args(config));
            if config.confirm {
                all.push(args::yes());
            }
            all
        },
        move |session, matches| {
            let no_wait = config.has_no_wait && args::no_wait_value(matches);
            let jobs: Vec<Job> = targets(session, resource, matches)?
                .into_iter()
                .map(|target| {
                    let mut job = Job::new(customize(config, matches, target)?, Action::Delete, None);
                    job.no_wait = no_wait;
                    job.silent = true;
                    Ok(job)
                })
                .collect::<Result<_>>()?;
            let asks = config.confirm && !matches.get_flag("yes");
            let names = || jobs.iter().map(|job| describe_target(&job.target, resource)).collect::<Vec<_>>();
            let confirm = asks.then(|| format!("Delete {}?", names().join(", ")));
            Ok(Plan { jobs, confirm })
        },
    )
}

/// A resource to delete, by kind and name, and what contains it.
fn describe_target(target: &Target, resource: &Resource) -> String {
    let id = target.path.parse::<ResourceId>().ok();
    id.as_ref().and_then(|id| describe_resource(id, "from")).unwrap_or_else(|| {
        format!("the {} '{}'", resource.noun, target.path.rsplit('/').next().unwrap_or_default())
    })
}

/// `list`: all resources of a type below their parent.
///
/// A type without a parent is listed in its resource group, or without `-g` in the subscription.
#[must_use]
pub(crate) fn list(resource: &'static Resource, config: VerbConfig) -> Leaf {
    Leaf::plan(
        "list",
        format!("List the {}", resource.plural),
        move || {
            let has_parent = resource.segments.len() > 1;
            let mut all = vec![args::resource_group().required(has_parent)];
            all.extend(parent_segments(resource).iter().filter_map(|segment| match segment {
                Segment::Name(arg) => Some(args::name(arg).required(true)),
                Segment::Fixed(_) => None,
            }));
            if config.accepts_ids {
                all.extend(args::paging());
                if has_parent {
                    all.push(args::text("filter").value_name("ODATA").help("OData filter"));
                }
            }
            if resource.dialect() == Dialect::Aaz {
                all = mark_texts(all);
            }
            all.extend((config.extra_args)());
            all
        },
        move |session, matches| {
            let parents = parent_segments(resource);
            let scope = session.group_or_subscription_scope(args::resource_group_value(matches))?;
            let mut path = format!("{scope}/providers/{}", resource.resource_type.namespace);
            for (resource_type, segment) in resource.resource_type.types.iter().zip(parents) {
                let name = match segment {
                    Segment::Fixed(name) => name,
                    Segment::Name(arg) => args::name_value(matches, arg)?.ok_or_else(|| missing(arg))?,
                };
                path = format!("{path}/{resource_type}/{name}");
            }
            path = format!("{path}/{}", resource.resource_type.types[parents.len()]);
            let mut target = Target::new(path, resource.resource_type.api_version);
            let mut paging = Paging::default();
            if config.accepts_ids {
                paging = Paging::read(matches)?;
                if let Some(filter) = args::text_value(matches, "filter") {
                    target = target.query("$filter", filter);
                }
            }
            let action = Action::List { max_items: paging.max_items, next_token: paging.next_token };
            Ok(Job::new((config.customize_target)(matches, target)?, action, Some(resource.schema)).into())
        },
    )
}

/// The letters whose names start with the sound of a vowel, as in "an MCP server".
const LETTERS_WITH_VOWEL_SOUND: &str = "AEFHILMNORSX";

/// A noun with its indefinite article.
fn with_article(noun: &str) -> String {
    let word = noun.split(' ').next().unwrap_or_default();
    let is_acronym = word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    let has_vowel_sound = if is_acronym {
        word.starts_with(|letter| LETTERS_WITH_VOWEL_SOUND.contains(letter))
    } else {
        word.to_ascii_lowercase().starts_with(['a', 'e', 'i', 'o'])
    };
    format!("{} {noun}", if has_vowel_sound { "an" } else { "a" })
}

/// The segments of the parent's path.
fn parent_segments(resource: &'static Resource) -> &'static [Segment] {
    &resource.segments[..resource.segments.len().saturating_sub(1)]
}

/// `wait`: polls until a condition is met.
#[must_use]
pub(crate) fn wait(resource: &'static Resource) -> Leaf {
    Leaf::plan(
        "wait",
        format!("Wait until {} reaches a state", with_article(resource.noun)),
        move || {
            let mut all = name_args(resource, false);
            all.extend(args::wait());
            all
        },
        move |session, matches| {
            let condition = WaitCondition {
                created: matches.get_flag("created"),
                updated: matches.get_flag("updated"),
                exists: matches.get_flag("exists"),
                deleted: matches.get_flag("deleted"),
                custom: matches.get_one::<String>("custom").cloned(),
            };
            if condition == WaitCondition::default() {
                return Err(Error::invalid(
                    "one of --created, --updated, --deleted, --exists and --custom is required",
                ));
            }
            if let Some(expression) = &condition.custom {
                Query::parse_option("--custom", expression)?;
            }
            let seconds = |long| matches.get_one::<u64>(long).copied();
            let interval = seconds("interval").unwrap_or(args::WAIT_INTERVAL);
            if interval == 0 {
                return Err(Error::invalid("--interval: the minimum is 1 second"));
            }
            let timeout = seconds("timeout").unwrap_or(args::WAIT_TIMEOUT);
            let action = Action::Wait { condition, interval, timeout };
            let target = target(session, resource, matches)?;
            let mut job = Job::new(target, action, Some(resource.schema));
            job.silent = true;
            Ok(job.into())
        },
    )
}

/// The options of a verb besides the names and the body.
fn common_args(config: VerbConfig) -> Vec<Arg> {
    let mut all = (config.extra_args)();
    if config.default_if_match.is_some() {
        all.push(args::if_match());
    }
    if config.has_no_wait {
        all.push(args::no_wait());
    }
    all
}

/// Adds to the target what the common options say.
fn customize(config: VerbConfig, matches: &ArgMatches, target: Target) -> Result<Target> {
    let target = (config.customize_target)(matches, target)?;
    let Some(default) = config.default_if_match else { return Ok(target) };
    let etag = args::text_value(matches, "if-match").unwrap_or(default);
    Ok(if etag.is_empty() { target } else { target.header("if-match", etag) })
}
