//! The root of the command tree.

use super::tree::{Node, group};
use super::{
    account, apic, apim, cloud, completion, config, configure, doctor, emulator, help, identity, login,
    logout, man, resource_group, rest, role, schema, version,
};

/// `azr …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    vec![
        group("account", "Subscriptions", account::children),
        group("apic", "API Center: the inventory of APIs", apic::children),
        group("apim", "API Management", apim::children),
        group("cloud", "Azure clouds", cloud::children),
        completion::command().into(),
        group("config", "Settings, shared with az", config::children),
        configure::command().into(),
        doctor::command().into(),
        group("emulator", "A local stand-in for Azure", emulator::children),
        group("group", "Resource groups", resource_group::children),
        help::command().into(),
        group("identity", "User-assigned managed identities", identity::children),
        login::command().into(),
        logout::command().into(),
        man::command().into(),
        rest::command().into(),
        group("role", "Role assignments", role::children),
        schema::command().into(),
        version::command().into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::sections::SECTIONS;

    #[test]
    fn help_lists_every_command_in_one_section() {
        let mut listed: Vec<&str> = SECTIONS.iter().flat_map(|section| section.names).copied().collect();
        let mut names: Vec<&str> = children().iter().map(Node::name).collect();
        listed.sort_unstable();
        names.sort_unstable();
        assert_eq!(listed, names);
    }
}
