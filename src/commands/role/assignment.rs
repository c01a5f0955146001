//! `azr role assignment create|list|delete`.

mod lookup;

use std::future::Future;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value, json};

use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_arm::plan::Target;
use azr_arm::schema::{Absent, Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::ROLE_ASSIGNMENT;
use azr_output::message;
use lookup::{Wanted, is_guid};

type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

static SHAPE: Schema = Schema {
    fields: &[
        text("id").read_only(),
        text("name").read_only(),
        text("type").read_only(),
        field("systemData", Kind::Any).read_only(),
        flattened(
            "properties",
            &[
                text("scope"),
                text("roleDefinitionId"),
                text("principalId"),
                text("principalType"),
                text("description"),
                text("condition"),
                text("conditionVersion"),
                field("createdOn", Kind::Time).read_only(),
                field("updatedOn", Kind::Time).read_only(),
                text("createdBy").read_only(),
                text("updatedBy").read_only(),
                text("delegatedManagedIdentityResourceId"),
            ],
        ),
    ],
    absent: Absent::Null,
};

const PRINCIPALS: [&str; 4] = ["ForeignGroup", "Group", "ServicePrincipal", "User"];

/// `azr role assignment …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run("create", "Assign a role", create_options, |session, matches| {
            Box::pin(create(session, matches)) as Running<'_>
        })
        .examples(&[Example {
            what: "Let a center's identity read an API Management service",
            line: "azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id \"$apicObjID\" --assignee-principal-type ServicePrincipal --scope \"$apimID\"",
        }])
        .into(),
        Leaf::run("delete", "Remove role assignments", delete_options, |session, matches| {
            Box::pin(delete(session, matches)) as Running<'_>
        })
        .examples(&[Example {
            what: "Take a role away again",
            line: "azr role assignment delete --assignee-object-id \"$apicObjID\" --role \"API Management Service Reader Role\" --scope \"$apimID\"",
        }])
        .into(),
        Leaf::run("list", "List role assignments", list_options, |session, matches| {
            Box::pin(list(session, matches)) as Running<'_>
        })
        .examples(&[Example {
            what: "Who may do what with an API Management service",
            line: "azr role assignment list --scope \"$apimID\" --include-inherited -o table",
        }])
        .into(),
    ]
}

fn filters() -> Vec<Arg> {
    vec![
        args::text("assignee").value_name("OBJECT_ID").help("Principal, by its object id"),
        args::text("assignee-object-id").value_name("OBJECT_ID").help("Principal, by its object id"),
        args::text("role").value_name("NAME|ID").help("Role, by name or id"),
        args::resource_group(),
        args::text("scope").value_name("ID").help("Where it applies [default: the subscription]"),
        args::flag("include-inherited").help("Those of the scopes above, too"),
    ]
}

fn create_options() -> Vec<Arg> {
    let mut all: Vec<Arg> = filters()
        .into_iter()
        .filter(|a| !["include-inherited", "resource-group"].contains(&a.get_id().as_str()))
        .map(|a| if ["role", "scope"].contains(&a.get_id().as_str()) { a.required(true) } else { a })
        .collect();
    all.extend([
        args::text("assignee-principal-type")
            .value_parser(clap::builder::PossibleValuesParser::new(PRINCIPALS))
            .ignore_case(true)
            .help("Kind of principal; spares the service a look-up that may come too early"),
        args::text("description").help("Why"),
        args::text("condition").help("Condition under which it applies"),
        args::text("condition-version").help("Version of the condition's syntax [default: 2.0]"),
        args::text("name").short('n').value_name("GUID").help("Id of the assignment [default: a new one]"),
    ]);
    all
}

fn list_options() -> Vec<Arg> {
    let mut all = filters();
    all.extend([
        args::flag("all").help("All of the subscription, whatever their scope"),
        args::flag("include-groups").help("Those of groups that the principal is in, too"),
        args::three_state("fill-role-definition-name").help("Show the roles' names [default: true]"),
        args::three_state("fill-principal-name")
            .help("Accepted for az's sake; azr does not ask Microsoft Graph"),
    ]);
    all
}

fn delete_options() -> Vec<Arg> {
    let mut all = filters();
    all.push(args::many("ids", 1).value_name("ID").help("Assignments by resource id"));
    all.push(args::yes());
    all
}

/// The principal that the options name.
///
/// az asks Microsoft Graph for the object id behind a name or application id; azr talks to the Resource Manager only.
fn principal(matches: &ArgMatches) -> Result<Option<String>> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let given = match (text("assignee"), text("assignee-object-id")) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("--assignee and --assignee-object-id exclude each other: give one"));
        }
        (Some(given), None) | (None, Some(given)) => given,
        (None, None) => return Ok(None),
    };
    if is_guid(&given) {
        return Ok(Some(given));
    }
    let error = if given.is_empty() {
        Error::invalid("--assignee-object-id is empty").with_hint(
            "The command that should have given it printed nothing; does the center have an identity?",
        )
    } else {
        Error::invalid(format!("--assignee: '{given}' is not an object id")).with_hint(
            "Give the object id of the principal: az ad sp show --id APP_ID --query id, or azr identity show --query principalId.",
        )
    };
    Err(error)
}

/// The scope that the options name; a missing leading slash is put back (the how-to strips it).
fn scope(session: &Session, matches: &ArgMatches) -> Result<String> {
    let group = matches.try_get_one::<String>("resource-group").ok().flatten();
    match (matches.get_one::<String>("scope"), group) {
        (Some(_), Some(_)) => Err(Error::invalid("--resource-group is redundant, because --scope is given")),
        (Some(given), None) if given == "/" || given.trim_matches('/').is_empty() => {
            if given.is_empty() {
                return Err(Error::invalid("--scope is empty"));
            }
            Ok(String::new())
        }
        (Some(given), None) => Ok(given.parse::<ResourceId>()?.to_string()),
        (None, Some(_)) => Ok(session.group_scope(matches)?.to_string()),
        (None, None) => Ok(session.subscription_scope()?.to_string()),
    }
}

async fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let principal = principal(matches)?.ok_or_else(|| Error::invalid("--assignee-object-id is required"))?;
    let kind = text("assignee-principal-type").map(|given| {
        PRINCIPALS.iter().find(|p| p.eq_ignore_ascii_case(&given)).map_or(given.clone(), |p| (*p).to_owned())
    });
    let (condition, version) = (text("condition"), text("condition-version"));
    if version.is_some() && condition.is_none() {
        return Err(Error::invalid("--condition-version goes with --condition: give both"));
    }
    let scope = scope(session, matches)?;
    let name = match text("name") {
        Some(given) if !is_guid(&given) => {
            return Err(Error::invalid(format!("--name: '{given}' is not a GUID")));
        }
        Some(given) => given,
        None => uuid::Uuid::new_v4().to_string(),
    };
    let client = session.client()?;
    let role = lookup::role_id(session, client, &text("role").unwrap_or_default(), &scope).await?;
    let mut properties = Map::new();
    let version = version.or_else(|| condition.as_ref().map(|_| "2.0".to_owned()));
    for (member, value) in [
        ("roleDefinitionId", Some(role.clone())),
        ("principalId", Some(principal.clone())),
        ("principalType", kind),
        ("description", text("description")),
        ("condition", condition),
        ("conditionVersion", version),
    ] {
        if let Some(value) = value {
            properties.insert(member.to_owned(), Value::String(value));
        }
    }
    let at = assignment(&scope, &name);
    let value = match client.send("PUT", &at, Some(&json!({"properties": properties}))).await {
        Ok(answer) => SHAPE.show(&answer.body),
        // az is idempotent here: the assignment that is there is the answer.
        Err(error) if error.code() == "RoleAssignmentExists" => {
            let wanted = Wanted { principal: Some(principal), role: Some(role), ..Wanted::at(&scope) };
            let found = lookup::assignments(session, client, &wanted).await?;
            let first = found.first().ok_or(error)?;
            message::status("The role is assigned already.");
            SHAPE.show(first)
        }
        Err(e) => return Err(e),
    };
    Ok(Outcome::value(value))
}

async fn list(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let client = session.client()?;
    let wanted =
        wanted(session, matches, matches.get_flag("all"), matches.get_flag("include-groups")).await?;
    let found = lookup::assignments(session, client, &wanted).await?;
    let mut shown: Vec<Value> = found.iter().map(|a| without_nulls(SHAPE.show(a))).collect();
    if !shown.is_empty() && args::bool_of(matches, "fill-role-definition-name")? != Some(false) {
        lookup::fill_role_names(session, client, wanted.scope.as_deref(), &mut shown).await?;
    }
    Ok(Outcome::value(Value::Array(shown)))
}

/// az lists an assignment without the members it has not.
fn without_nulls(mut shown: Value) -> Value {
    if let Value::Object(members) = &mut shown {
        members.retain(|_, value| !value.is_null());
    }
    shown
}

async fn delete(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let client = session.client()?;
    let ids = args::occurrences(matches, "ids").concat();
    let given = ["assignee", "assignee-object-id", "role", "resource-group", "scope"]
        .iter()
        .any(|long| matches.get_one::<String>(long).is_some());
    if ids.is_empty() && !given {
        return Err(Error::invalid(
            "say which: --ids, --assignee-object-id, --role, --resource-group or --scope",
        ));
    }
    let mut doomed = Vec::new();
    if ids.is_empty() {
        let wanted = wanted(session, matches, false, false).await?;
        for found in lookup::assignments(session, client, &wanted).await? {
            doomed.extend(found["id"].as_str().map(str::to_owned));
        }
        if doomed.is_empty() {
            return Err(Error::no_match("no role assignment matches; nothing was removed"));
        }
    } else {
        for id in &ids {
            doomed.push(id.parse::<ResourceId>()?.to_string());
        }
    }
    for id in doomed {
        client.send("DELETE", &Target::new(id, ROLE_ASSIGNMENT.api_version), None).await?;
    }
    Ok(Outcome::nothing())
}

async fn wanted(session: &Session, matches: &ArgMatches, all: bool, groups: bool) -> Result<Wanted> {
    let role = match matches.get_one::<String>("role") {
        Some(role) => {
            let at = scope(session, matches)?;
            Some(lookup::role_id(session, session.client()?, role, &at).await?)
        }
        None => None,
    };
    Ok(Wanted {
        scope: if all { None } else { Some(scope(session, matches)?) },
        inherited: matches.get_flag("include-inherited"),
        principal: principal(matches)?,
        groups,
        role,
    })
}

fn assignment(scope: &str, name: &str) -> Target {
    let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
    Target::new(path, ROLE_ASSIGNMENT.api_version)
}
