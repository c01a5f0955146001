//! `azr role assignment create|list|delete`.

pub(super) mod lookup;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use crate::commands::args::{self, ResourceGroupArg, parse_bool};
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_arm::Method;
use azr_arm::plan::Target;
use azr_arm::schema::{Absent, Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::ROLE_ASSIGNMENT;
use azr_output::message;
use lookup::{Filter, is_guid};

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

/// `azr role assignment …`.
pub(crate) fn children() -> Vec<Node> {
    vec![
        Leaf::run("create", "Assign a role", create)
            .examples(&[Example {
                summary: "Let the identity of an API center read an API Management service",
                command: "azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id \"$apicObjID\" --assignee-principal-type ServicePrincipal --scope \"$apimID\"",
            }])
            .into(),
        Leaf::run("delete", "Delete role assignments", delete)
            .examples(&[Example {
                summary: "Remove a role again",
                command: "azr role assignment delete --assignee-object-id \"$apicObjID\" --role \"API Management Service Reader Role\" --scope \"$apimID\"",
            }])
            .into(),
        Leaf::run("list", "List role assignments", list)
            .examples(&[Example {
                summary: "Show who has which role on an API Management service",
                command: "azr role assignment list --scope \"$apimID\" --include-inherited -o table",
            }])
            .into(),
    ]
}

#[derive(Args)]
struct PrincipalArgs {
    #[arg(long, value_name = "OBJECT_ID", help = "Object id of the principal")]
    assignee: Option<String>,
    #[arg(long, value_name = "OBJECT_ID", help = "Object id of the principal")]
    assignee_object_id: Option<String>,
}

impl PrincipalArgs {
    /// The object id of the principal.
    ///
    /// az also accepts a name or an application id and asks Microsoft Graph for the object id; azr uses only Azure
    /// Resource Manager.
    fn object_id(&self) -> Result<Option<String>> {
        let (option, id) = match (&self.assignee, &self.assignee_object_id) {
            (Some(_), Some(_)) => {
                return Err(Error::invalid("--assignee and --assignee-object-id are mutually exclusive"));
            }
            (Some(id), None) => ("--assignee", id),
            (None, Some(id)) => ("--assignee-object-id", id),
            (None, None) => return Ok(None),
        };
        if is_guid(id) {
            return Ok(Some(id.clone()));
        }
        Err(if id.is_empty() {
            Error::invalid(format!("{option} is empty")).with_hint(
                "The command that should print the object id printed nothing; does the API center have an identity?",
            )
        } else {
            Error::invalid(format!("{option}: '{id}' is not an object id")).with_hint(
                "Use the object id of the principal: az ad sp show --id APP_ID --query id, or azr identity show --query principalId.",
            )
        })
    }
}

/// The options that select role assignments.
#[derive(Args)]
struct FilterOptions {
    #[command(flatten)]
    principal: PrincipalArgs,
    #[arg(long, value_name = "NAME|ID", help = "Name or id of the role")]
    role: Option<String>,
    #[command(flatten)]
    group: ResourceGroupArg,
    #[arg(long, value_name = "ID", help = "Scope of the assignment [default: the subscription]")]
    scope: Option<String>,
    #[arg(long, help = "Include the assignments of the scopes above")]
    include_inherited: bool,
}

#[derive(Args)]
struct CreateOptions {
    #[command(flatten)]
    principal: PrincipalArgs,
    #[arg(long, value_name = "NAME|ID", help = "Name or id of the role")]
    role: String,
    #[arg(long, value_name = "ID", help = "Scope of the assignment")]
    scope: String,
    #[arg(
        long,
        ignore_case = true,
        help = "Type of the principal; avoids a lookup that fails for a principal that was just created"
    )]
    assignee_principal_type: Option<PrincipalType>,
    #[arg(long, help = "Description of the assignment")]
    description: Option<String>,
    #[arg(long, help = "Condition under which the assignment applies")]
    condition: Option<String>,
    #[arg(long, help = "Version of the condition syntax [default: 2.0]")]
    condition_version: Option<String>,
    #[arg(long, short = 'n', value_name = "GUID", help = "Name of the assignment [default: a new GUID]")]
    name: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "PascalCase")]
enum PrincipalType {
    ForeignGroup,
    Group,
    ServicePrincipal,
    User,
}

impl PrincipalType {
    fn as_str(self) -> &'static str {
        match self {
            Self::ForeignGroup => "ForeignGroup",
            Self::Group => "Group",
            Self::ServicePrincipal => "ServicePrincipal",
            Self::User => "User",
        }
    }
}

#[derive(Args)]
struct ListOptions {
    #[command(flatten)]
    filter: FilterOptions,
    #[arg(long, help = "List all assignments in the subscription, whatever their scope")]
    all: bool,
    #[arg(long, help = "Include the assignments of groups that the principal is a member of")]
    include_groups: bool,
    #[arg(
        long,
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = parse_bool,
        help = "Whether to add the names of the roles [default: true]"
    )]
    fill_role_definition_name: Option<bool>,
    #[arg(
        long,
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = parse_bool,
        help = "Ignored; accepted for az compatibility (azr does not use Microsoft Graph)"
    )]
    fill_principal_name: Option<bool>,
}

#[derive(Args)]
struct DeleteOptions {
    #[command(flatten)]
    filter: FilterOptions,
    #[arg(long, num_args = 1.., value_name = "ID", help = "Resource ids of the assignments")]
    ids: Vec<String>,
    #[arg(long, short = 'y', help = "Do not ask for confirmation")]
    yes: bool,
}

/// The scope of `--scope`, which may lack its leading slash (the how-to strips it).
fn parse_scope(text: &str) -> Result<String> {
    if text.is_empty() {
        return Err(Error::invalid("--scope is empty"));
    }
    if text.trim_matches('/').is_empty() {
        return Ok(String::new());
    }
    Ok(text.parse::<ResourceId>()?.to_string())
}

async fn create(session: &Session, options: CreateOptions) -> Result<Outcome> {
    let principal =
        options.principal.object_id()?.ok_or_else(|| Error::invalid("--assignee-object-id is required"))?;
    let CreateOptions { condition, condition_version, .. } = options;
    if condition_version.is_some() && condition.is_none() {
        return Err(Error::invalid("--condition-version requires --condition"));
    }
    let scope = parse_scope(&options.scope)?;
    let name = match options.name {
        Some(name) if !is_guid(&name) => {
            return Err(Error::invalid(format!("--name: '{name}' is not a GUID")));
        }
        Some(name) => name,
        None => uuid::Uuid::new_v4().to_string(),
    };
    let client = session.client()?;
    let role = lookup::role_id(session, client, &options.role, &scope).await?;
    let mut properties = Map::new();
    let condition_version = condition_version.or_else(|| condition.as_ref().map(|_| "2.0".to_owned()));
    for (member, value) in [
        ("roleDefinitionId", Some(role.clone())),
        ("principalId", Some(principal.clone())),
        ("principalType", options.assignee_principal_type.map(|kind| kind.as_str().to_owned())),
        ("description", options.description),
        ("condition", condition),
        ("conditionVersion", condition_version),
    ] {
        if let Some(value) = value {
            properties.insert(member.to_owned(), Value::String(value));
        }
    }
    let target = assignment(&scope, &name);
    let value = match client.send(Method::PUT, &target, Some(&json!({"properties": properties}))).await {
        Ok(answer) => SHAPE.show(&answer.body),
        // az is idempotent here: the result is the assignment that exists.
        Err(error) if error.code() == "RoleAssignmentExists" => {
            let filter = Filter { principal: Some(principal), role: Some(role), ..Filter::at_scope(&scope) };
            let assignments = lookup::assignments(session, client, &filter).await?;
            let first = assignments.first().ok_or(error)?;
            message::status("The role is already assigned.");
            SHAPE.show(first)
        }
        Err(e) => return Err(e),
    };
    Ok(Outcome::value(value))
}

async fn list(session: &Session, options: ListOptions) -> Result<Outcome> {
    let client = session.client()?;
    let filter = options.filter.resolve(session, options.all, options.include_groups).await?;
    let assignments = lookup::assignments(session, client, &filter).await?;
    let mut shown: Vec<Value> = assignments.iter().map(|a| without_nulls(SHAPE.show(a))).collect();
    if !shown.is_empty() && options.fill_role_definition_name != Some(false) {
        lookup::add_role_names(session, client, filter.scope.as_deref(), &mut shown).await?;
    }
    Ok(Outcome::value(Value::Array(shown)))
}

/// az omits the members that an assignment does not have.
fn without_nulls(mut shown: Value) -> Value {
    if let Value::Object(members) = &mut shown {
        members.retain(|_, value| !value.is_null());
    }
    shown
}

async fn delete(session: &Session, options: DeleteOptions) -> Result<Outcome> {
    let client = session.client()?;
    let DeleteOptions { filter, ids, yes: _ } = options;
    if ids.is_empty() && filter.is_empty() {
        return Err(Error::invalid(
            "one of --ids, --assignee-object-id, --role, --resource-group and --scope is required",
        ));
    }
    let ids_to_delete = if ids.is_empty() {
        let filter = filter.resolve(session, false, false).await?;
        let assignments = lookup::assignments(session, client, &filter).await?;
        let ids: Vec<String> =
            assignments.iter().filter_map(|a| a["id"].as_str().map(str::to_owned)).collect();
        if ids.is_empty() {
            return Err(Error::no_match("no role assignment matches; nothing was deleted"));
        }
        ids
    } else {
        args::split_ids(&ids)
            .iter()
            .map(|id| Ok(id.parse::<ResourceId>()?.to_string()))
            .collect::<Result<_>>()?
    };
    for id in ids_to_delete {
        client.send(Method::DELETE, &Target::new(id, ROLE_ASSIGNMENT.api_version), None).await?;
    }
    Ok(Outcome::empty())
}

impl FilterOptions {
    /// Whether none of the options that select assignments was used.
    fn is_empty(&self) -> bool {
        let texts = [
            &self.principal.assignee,
            &self.principal.assignee_object_id,
            &self.role,
            &self.group.resource_group,
            &self.scope,
        ];
        texts.into_iter().all(Option::is_none)
    }

    /// The scope that the options select.
    fn scope(&self, session: &Session) -> Result<String> {
        let group = self.group.resource_group.as_deref();
        match (&self.scope, group) {
            (Some(_), Some(_)) => Err(Error::invalid("--scope and --resource-group are mutually exclusive")),
            (Some(scope), None) => parse_scope(scope),
            (None, Some(_)) => Ok(session.group_scope(group)?.to_string()),
            (None, None) => Ok(session.subscription_scope()?.to_string()),
        }
    }

    /// Looks up the role by name, and makes the filter.
    async fn resolve(&self, session: &Session, all: bool, groups: bool) -> Result<Filter> {
        let role = match &self.role {
            Some(role) => {
                let scope = self.scope(session)?;
                Some(lookup::role_id(session, session.client()?, role, &scope).await?)
            }
            None => None,
        };
        Ok(Filter {
            scope: if all { None } else { Some(self.scope(session)?) },
            inherited: self.include_inherited,
            principal: self.principal.object_id()?,
            groups,
            role,
        })
    }
}

fn assignment(scope: &str, name: &str) -> Target {
    let path = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
    Target::new(path, ROLE_ASSIGNMENT.api_version)
}
