//! What somebody wants to do, and what it requires.

use clap::ValueEnum;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Goal {
    /// Export definitions from API Management.
    Export,
    /// Register APIs in a center.
    Register,
    /// Import from API Management into a center.
    Import,
    /// Let the center synchronize itself with API Management.
    Sync,
}

impl Goal {
    /// Whether the goal reads API Management as the signed-in user.
    pub(super) fn reads_management(self) -> bool {
        matches!(self, Self::Export | Self::Import)
    }

    /// Whether the goal writes the center.
    pub(super) fn writes_center(self) -> bool {
        self != Self::Export
    }

    /// Whether the center itself reads API Management.
    pub(super) fn needs_identity(self) -> bool {
        self == Self::Sync
    }

    /// The options that name what the goal uses.
    pub(super) fn options(self) -> &'static str {
        match self {
            Self::Export => "-g GROUP --apim-name SERVICE",
            Self::Register => "-g GROUP -n CENTER",
            Self::Import | Self::Sync => "-g GROUP -n CENTER --apim-name SERVICE",
        }
    }

    /// The word that names the goal.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Register => "register",
            Self::Import => "import",
            Self::Sync => "sync",
        }
    }

    /// The command to run when everything is ready.
    pub(super) fn next_command(
        self,
        center: Option<(&str, &str)>,
        service: Option<(&str, &str)>,
    ) -> Option<String> {
        let in_center = |(group, name): (&str, &str)| format!("-g {group} -n {name}");
        match self {
            Self::Export => service.map(|(group, name)| {
                format!(
                    "azr apim api export -g {group} -n {name} --api-id '*' --export-format OpenApiYamlFile --file-path definitions"
                )
            }),
            Self::Register => {
                center.map(|center| format!("azr apic api register {} -l openapi.json --dry-run", in_center(center)))
            }
            Self::Import => center.zip(service).map(|(center, (_, service))| {
                format!(
                    "azr apic import-from-apim {} --apim-name {service} --apim-apis '*' --mode client --dry-run",
                    in_center(center)
                )
            }),
            Self::Sync => center.zip(service).map(|(center, (_, service))| {
                format!("azr apic integration create apim {} -i apim-sync --azure-apim {service}", in_center(center))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_command_has_the_names_of_the_services() {
        let (center, service) = (Some(("g", "center")), Some(("h", "service")));
        let next = |goal: Goal| goal.next_command(center, service).expect("a command");
        assert!(next(Goal::Export).starts_with("azr apim api export -g h -n service "));
        assert!(next(Goal::Register).starts_with("azr apic api register -g g -n center "));
        assert!(
            next(Goal::Import).starts_with("azr apic import-from-apim -g g -n center --apim-name service ")
        );
        assert!(next(Goal::Sync).ends_with(" --azure-apim service"));
        assert_eq!(Goal::Import.next_command(center, None), None);
    }
}
