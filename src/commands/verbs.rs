//! The verbs: create, list, show, update, delete and wait, once for all resources.

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::args;
use super::body;
use super::resource::{On, Part, Resource};
use super::tree::Leaf;
use super::update_args;
use crate::session::Session;
use azr_arm::edit::{self, Edit};
use azr_arm::plan::{Action, Job, Plan, Target, Until};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::Query;

/// What differs between the verbs of one resource and those of another.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, set where a resource differs"
)]
pub struct Traits {
    /// Whether the names may come as `--ids` (az's aaz commands) or must be given one by one.
    pub ids: bool,
    /// Whether the verb knows `--no-wait`.
    pub no_wait: bool,
    /// Whether the verb knows `--if-match`; the text is what is sent without it.
    pub if_match: Option<&'static str>,
    /// Edits of create and update that are not one option's value at one place.
    pub extra: fn(&ArgMatches) -> Result<Vec<Edit>>,
    /// Completes the shown form of a new resource once the options are in.
    pub complete: fn(&Session, &ArgMatches, &mut Value) -> Result<()>,
    /// The resource group gives the location when no option does.
    pub located: bool,
    /// What must hold after the edits of an update.
    pub settle: fn(&mut Value),
    /// Further options.
    pub more: fn() -> Vec<Arg>,
    /// What further options do to the request.
    pub aim: fn(&ArgMatches, Target) -> Result<Target>,
    /// Whether delete asks for confirmation.
    pub confirm: bool,
}

/// The traits of az's generated commands (`az apic`, `az identity`).
pub const AAZ: Traits = Traits {
    ids: true,
    no_wait: false,
    if_match: None,
    extra: |_| Ok(Vec::new()),
    complete: |_, _, _| Ok(()),
    located: false,
    settle: |_| {},
    more: Vec::new,
    aim: |_, target| Ok(target),
    confirm: true,
};

/// The traits of az's commands over the Python SDK (`az apim`).
pub const SDK: Traits = Traits { ids: false, ..AAZ };

/// Where the resource is that the options name, `--ids` included.
pub fn targets(session: &Session, resource: &Resource, matches: &ArgMatches) -> Result<Vec<Target>> {
    let ids = args::occurrences(matches, "ids").concat();
    if ids.is_empty() {
        return Ok(vec![Target::new(id(session, resource, matches)?.as_str(), resource.kind.api_version)]);
    }
    ids.iter()
        .flat_map(|given| given.lines())
        .map(str::trim)
        .filter(|given| !given.is_empty())
        .map(|given| {
            let id: ResourceId = given.parse()?;
            if !resource.kind.matches(&id) {
                return Err(Error::invalid(format!(
                    "--ids: '{given}' is not the id of {}, whose type is {}",
                    a(resource.noun),
                    resource.kind.name()
                )));
            }
            Ok(Target::new(id.as_str(), resource.kind.api_version))
        })
        .collect()
}

/// The id that the options name.
pub fn id(session: &Session, resource: &Resource, matches: &ArgMatches) -> Result<ResourceId> {
    let scope = session.group_scope(matches)?;
    let generated = uuid::Uuid::new_v4().simple().to_string();
    let mut names = Vec::new();
    for part in resource.parts {
        names.push(match part {
            Part::Fixed(name) => *name,
            Part::Name(name) => match args::name_of(matches, name)? {
                Some(given) => given,
                None if name.generated => &generated,
                None => return Err(Error::usage(format!("--{} is required", name.long[0]))),
            },
        });
    }
    Ok(resource.kind.id(&scope, &names))
}

/// The options that name a resource, with `--ids` where the names may come so.
#[must_use]
pub fn naming(resource: &'static Resource, ids: bool) -> Vec<Arg> {
    let insist = |arg: Arg| if ids { arg.required_unless_present("ids") } else { arg.required(true) };
    let mut all = vec![insist(args::resource_group())];
    all.extend(resource.names().map(|n| if n.generated { args::name(n) } else { insist(args::name(n)) }));
    if ids {
        all.push(args::ids());
    }
    all
}

/// `show`: one resource.
#[must_use]
pub fn show(resource: &'static Resource, traits: Traits) -> Leaf {
    Leaf::plan(
        "show",
        format!("Show {}", a(resource.noun)),
        move || naming(resource, traits.ids),
        move |session, matches| {
            let jobs = targets(session, resource, matches)?
                .into_iter()
                .map(|at| Ok(Job::new((traits.aim)(matches, at)?, Action::Get, Some(resource.schema))))
                .collect::<Result<_>>()?;
            Ok(Plan { jobs, confirm: None })
        },
    )
}

/// `create`: one resource, created or replaced.
#[must_use]
pub fn create(resource: &'static Resource, traits: Traits) -> Leaf {
    Leaf::plan(
        "create",
        format!("Create or replace {}", a(resource.noun)),
        move || {
            let mut all = naming(resource, false);
            all.extend(body::options(resource, On::Create));
            all.extend(shared(traits));
            all
        },
        move |session, matches| {
            let at = Target::new(id(session, resource, matches)?.as_str(), resource.kind.api_version);
            let mut shown = Value::Object(serde_json::Map::new());
            let mut edits = body::edits(resource, matches, On::Create)?;
            edits.extend((traits.extra)(matches)?);
            edit::apply(&edits, &mut shown, resource.schema.fields)?;
            (traits.complete)(session, matches, &mut shown)?;
            let location_of = session.location_for(matches, traits.located, &mut shown)?;
            let body = Some(resource.schema.wire(&shown));
            let mut job = Job::new(
                aimed(traits, matches, at)?,
                Action::Put { body, location_of },
                Some(resource.schema),
            );
            job.no_wait = traits.no_wait && args::bool_of(matches, "no-wait")? == Some(true);
            Ok(job.into())
        },
    )
}

/// `update`: one resource, read, changed and put back.
#[must_use]
pub fn update(resource: &'static Resource, traits: Traits) -> Leaf {
    Leaf::plan(
        "update",
        format!("Change {}", a(resource.noun)),
        move || {
            let mut all = naming(resource, traits.ids);
            all.extend(body::options(resource, On::Update));
            all.extend(update_args::options());
            all.extend(shared(traits));
            all
        },
        move |session, matches| {
            let mut edits = body::edits(resource, matches, On::Update)?;
            edits.extend((traits.extra)(matches)?);
            edits.extend(update_args::edits(resource.dialect(), resource.schema.fields, matches)?);
            let no_wait = traits.no_wait && args::bool_of(matches, "no-wait")? == Some(true);
            let jobs = targets(session, resource, matches)?
                .into_iter()
                .map(|at| {
                    let action = Action::Update { edits: edits.clone(), settle: traits.settle };
                    let mut job = Job::new(aimed(traits, matches, at)?, action, Some(resource.schema));
                    job.no_wait = no_wait;
                    Ok(job)
                })
                .collect::<Result<_>>()?;
            Ok(Plan { jobs, confirm: None })
        },
    )
}

/// `delete`: one resource, removed.
#[must_use]
pub fn delete(resource: &'static Resource, traits: Traits) -> Leaf {
    Leaf::plan(
        "delete",
        format!("Delete {}", a(resource.noun)),
        move || {
            let mut all = naming(resource, traits.ids);
            all.extend(shared(traits));
            if traits.confirm {
                all.push(args::yes());
            }
            all
        },
        move |session, matches| {
            let no_wait = traits.no_wait && args::bool_of(matches, "no-wait")? == Some(true);
            let jobs: Vec<Job> = targets(session, resource, matches)?
                .into_iter()
                .map(|at| {
                    let mut job = Job::new(aimed(traits, matches, at)?, Action::Delete, None);
                    job.no_wait = no_wait;
                    job.silent = true;
                    Ok(job)
                })
                .collect::<Result<_>>()?;
            let what: Vec<&str> = jobs.iter().filter_map(|job| job.at.path.rsplit('/').next()).collect();
            let ask = traits.confirm && !matches.get_flag("yes");
            let confirm = ask.then(|| format!("Delete the {} {}?", resource.noun, what.join(", ")));
            Ok(Plan { jobs, confirm })
        },
    )
}

/// `list`: all resources of a type under their parent.
///
/// A type without a parent is listed in its resource group, or without `-g` in the subscription.
#[must_use]
pub fn list(resource: &'static Resource, traits: Traits) -> Leaf {
    Leaf::plan(
        "list",
        format!("List the {}", resource.nouns),
        move || {
            let top = resource.parts.len() == 1;
            let mut all = vec![args::resource_group().required(!top)];
            all.extend(above(resource).iter().filter_map(|part| match part {
                Part::Name(name) => Some(args::name(name).required(true)),
                Part::Fixed(_) => None,
            }));
            if traits.ids {
                all.extend(args::paging());
                if !top {
                    all.push(
                        args::text("filter")
                            .value_name("ODATA")
                            .help("Only those that match this OData filter"),
                    );
                }
            }
            all.extend((traits.more)());
            all
        },
        move |session, matches| {
            let above = above(resource);
            let scope = session.group_or_subscription_scope(matches)?;
            let mut path = format!("{scope}/providers/{}", resource.kind.namespace);
            for (segment, part) in resource.kind.types.iter().zip(above) {
                let name = match part {
                    Part::Fixed(name) => name,
                    Part::Name(name) => args::name_of(matches, name)?
                        .ok_or_else(|| Error::usage(format!("--{} is required", name.long[0])))?,
                };
                path = format!("{path}/{segment}/{name}");
            }
            path = format!("{path}/{}", resource.kind.types[above.len()]);
            let mut at = Target::new(path, resource.kind.api_version);
            let mut page = (None, None);
            if traits.ids {
                page = args::page(matches)?;
                if let Some(filter) = matches.try_get_one::<String>("filter").ok().flatten() {
                    at = at.query("$filter", filter);
                }
            }
            let action = Action::List { max_items: page.0, next_token: page.1 };
            Ok(Job::new((traits.aim)(matches, at)?, action, Some(resource.schema)).into())
        },
    )
}

/// A noun with its article.
fn a(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// The parts of the path of the parent.
fn above(resource: &'static Resource) -> &'static [Part] {
    &resource.parts[..resource.parts.len().saturating_sub(1)]
}

/// `wait`: asks until a condition holds.
#[must_use]
pub fn wait(resource: &'static Resource) -> Leaf {
    Leaf::plan(
        "wait",
        format!("Wait until {} reaches a state", a(resource.noun)),
        move || {
            let mut all = naming(resource, false);
            all.extend(args::wait());
            all
        },
        move |session, matches| {
            let until = Until {
                created: matches.get_flag("created"),
                updated: matches.get_flag("updated"),
                exists: matches.get_flag("exists"),
                deleted: matches.get_flag("deleted"),
                custom: matches.get_one::<String>("custom").cloned(),
            };
            if until == Until::default() {
                return Err(Error::invalid(
                    "wait needs one of --created, --updated, --deleted, --exists and --custom",
                ));
            }
            if let Some(expression) = &until.custom {
                Query::parse_option("--custom", expression)?;
            }
            let seconds = |long| matches.get_one::<u64>(long).copied();
            let interval = seconds("interval").unwrap_or(args::WAIT_INTERVAL);
            if interval == 0 {
                return Err(Error::invalid("--interval: at least 1 second must pass between two asks"));
            }
            let timeout = seconds("timeout").unwrap_or(args::WAIT_TIMEOUT);
            let action = Action::Wait { until, interval, timeout };
            let at = Target::new(id(session, resource, matches)?.as_str(), resource.kind.api_version);
            let mut job = Job::new(at, action, Some(resource.schema));
            job.silent = true;
            Ok(job.into())
        },
    )
}

/// The options that a verb has beside names and body.
fn shared(traits: Traits) -> Vec<Arg> {
    let mut all = (traits.more)();
    if traits.if_match.is_some() {
        all.push(args::if_match());
    }
    if traits.no_wait {
        all.push(args::no_wait());
    }
    all
}

/// The target with what the shared options say of it.
fn aimed(traits: Traits, matches: &ArgMatches, at: Target) -> Result<Target> {
    let at = (traits.aim)(matches, at)?;
    Ok(match traits.if_match {
        None => at,
        Some(default) => {
            let given = matches.get_one::<String>("if-match").map_or(default, String::as_str);
            if given.is_empty() { at } else { at.header("if-match", given) }
        }
    })
}
