//! `azr apim workspace`, and `--workspace` of the commands that read APIs.
//!
//! az has no workspaces. The commands use the first stable API version that has them.

use clap::{ArgMatches, Args};

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::resource::{NameArg, Resource, Segment};
use crate::commands::tree::{Example, Node, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::commands::{args, names};
use azr_arm::plan::Target;
use azr_arm::schema::{Schema, flattened, text};
use azr_core::error::Result;
use azr_core::resource::APIM_WORKSPACE;

static SHAPE: Schema =
    shape(&[ID, NAME, TYPE, flattened("properties", &[text("displayName"), text("description")])]);

static WORKSPACE_ID: NameArg = names::apim("workspace-id", &["workspace-id"], "Workspace");

static WORKSPACE: Resource = Resource {
    noun: "workspace",
    plural: "workspaces",
    resource_type: &APIM_WORKSPACE,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&WORKSPACE_ID)],
    schema: &SHAPE,
    args: &[],
};

/// `azr apim workspace …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::list(&WORKSPACE, SDK)
            .examples(&[Example {
                summary: "List the workspaces",
                command: "azr apim workspace list -g myResourceGroup --service-name myAPIManagement -o table",
            }])
            .into(),
        verbs::show(&WORKSPACE, SDK)
            .examples(&[Example {
                summary: "Show a workspace",
                command: "azr apim workspace show -g myResourceGroup --service-name myAPIManagement --workspace-id billing",
            }])
            .into(),
    ]
}

/// `--workspace` of a command that reads an API or lists APIs.
#[derive(Debug, Args)]
pub(super) struct WorkspaceOption {
    #[arg(long, value_name = "NAME", help = "Workspace of API Management with the API [default: none]")]
    workspace: Option<String>,
}

impl WorkspaceOption {
    /// The request for the same resource in the workspace.
    pub(super) fn apply(&self, mut target: Target) -> Result<Target> {
        let Some(workspace) = &self.workspace else { return Ok(target) };
        WORKSPACE_ARG.check(workspace)?;
        target.path = path_in_workspace(&target.path, workspace);
        target.api_version = APIM_WORKSPACE.api_version;
        Ok(target)
    }
}

/// `…/service/NAME/apis…` as `…/service/NAME/workspaces/WORKSPACE/apis…`.
fn path_in_workspace(path: &str, workspace: &str) -> String {
    let service = "/Microsoft.ApiManagement/service/";
    let name = path.find(service).map_or(0, |index| index + service.len());
    let end = path[name..].find('/').map_or(path.len(), |length| name + length);
    let (before, after) = path.split_at(end);
    format!("{before}/workspaces/{workspace}{after}")
}

/// Adds `--workspace` to a request that reads.
fn apply_workspace(matches: &ArgMatches, target: Target) -> Result<Target> {
    read_options::<WorkspaceOption>(matches)?.apply(target)
}

/// A verb that also reads from workspaces.
pub(super) const READ: VerbConfig =
    VerbConfig { extra_args: args::derived::<WorkspaceOption>, customize_target: apply_workspace, ..SDK };

static WORKSPACE_ARG: NameArg = names::apim("workspace", &["workspace"], "Workspace");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_the_workspace() {
        let path = "/subscriptions/s/resourceGroups/apis-group/providers/Microsoft.ApiManagement/service/m/apis/echo";
        let option = |name: &str| WorkspaceOption { workspace: Some(name.to_owned()) };
        let target = option("team").apply(Target::new(path, "2022-08-01")).expect("a target");
        assert_eq!(
            target.path,
            "/subscriptions/s/resourceGroups/apis-group/providers/Microsoft.ApiManagement/service/m/workspaces/team/apis/echo"
        );
        assert_eq!(target.api_version, "2024-05-01");
        assert!(option("a/b").apply(Target::new(path, "2022-08-01")).is_err());
        let none = WorkspaceOption { workspace: None };
        assert_eq!(none.apply(Target::new(path, "2022-08-01")).expect("a target").path, path);
    }
}
