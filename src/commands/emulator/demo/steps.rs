//! The steps of the short demo: from API Management to API Center in the way that azr recommends.

use std::path::Path;

use serde_json::Value;

/// A demo: what is prepared, what is shown, and what to type next.
pub(super) struct Tour {
    /// What the emulator has, and what the steps do with it.
    pub introduction: &'static str,
    /// The commands that prepare the emulator; they are not shown.
    pub preparation: &'static [&'static str],
    /// A file that the steps read: its name and its content, which is shown.
    pub file: Option<(&'static str, &'static str)>,
    /// The steps, in order.
    pub steps: &'static [Step],
    /// What to type next without Azure, after `AZURE_CLOUD_NAME` is set.
    pub next: &'static [&'static str],
    /// What to type next with one's own services.
    pub next_with_azure: &'static [&'static str],
}

/// One command of a demo.
pub(super) struct Step {
    /// What it is for.
    pub title: &'static str,
    /// The command line, as it is typed in a shell.
    pub line: &'static str,
    /// Checks what the command did.
    pub check: Check,
}

/// How a step is checked.
pub(super) enum Check {
    /// By a file that it wrote, and what the content must be.
    File(&'static str, fn(&str) -> bool),
    /// By another command line, which must print this text.
    Prints(&'static str, &'static str),
}

impl Step {
    /// The words after `azr`.
    pub(super) fn words(&self) -> Vec<String> {
        words(self.line)
    }
}

/// The words after `azr` in a command line.
pub(super) fn words(line: &str) -> Vec<String> {
    shlex::split(line).unwrap_or_default().into_iter().skip(1).collect()
}

/// Checks the content of a file in `folder`.
pub(super) fn check_file(folder: &Path, name: &str, is_right: fn(&str) -> bool) -> Result<(), String> {
    let text =
        std::fs::read_to_string(folder.join(name)).map_err(|e| format!("{name} cannot be read: {e}"))?;
    if is_right(&text) { Ok(()) } else { Err(format!("{name} does not have the expected content")) }
}

/// The short demo.
pub(super) const SHORT: Tour = Tour {
    introduction: "azr runs these commands on an emulator of Azure that it has just started.\n",
    preparation: &[],
    file: None,
    steps: STEPS,
    next: &[
        "azr apic api list -g myResourceGroup -n myAPICenter -o table",
        "azr apic inventory -g myResourceGroup -n myAPICenter --html inventory.html",
        "azr emulator reset",
    ],
    next_with_azure: &["azr login", "azr doctor import"],
};

const STEPS: &[Step] = &[
    Step {
        title: "Export the definition of an API, exactly as it was written",
        line: "azr apim api export -g myResourceGroup -n myAPIManagement --api-id my-api \
               --export-format OpenApiJsonFile --file-path .",
        check: Check::File("my-api_openapi+json.json", |text| {
            serde_json::from_str::<Value>(text).is_ok_and(|document| document["openapi"].is_string())
        }),
    },
    Step {
        title: "Register an API from its definition: with version, document and deployments",
        line: "azr apic api register -g myResourceGroup -n myAPICenter -l my-api_openapi+json.json",
        check: Check::Prints(
            "azr apic api show -g myResourceGroup -n myAPICenter --api-id citylibrary --query title -o tsv",
            "City Library",
        ),
    },
    Step {
        title: "Plan the import of all other APIs, without writing anything",
        line: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement \
               --apim-apis '*' '!my-api' --mode client --dry-run -o table",
        check: Check::Prints(
            "azr apic api list -g myResourceGroup -n myAPICenter --query length(@) -o tsv",
            "2",
        ),
    },
    Step {
        title: "Import them",
        line: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement \
               --apim-apis '*' '!my-api' --mode client",
        check: Check::Prints(
            "azr apic api list -g myResourceGroup -n myAPICenter --query length(@) -o tsv",
            "12",
        ),
    },
    Step {
        title: "Import again: nothing has changed, so nothing is written",
        line: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement \
               --apim-apis '*' '!my-api' --mode client",
        check: Check::Prints(
            "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement \
             --apim-apis '*' '!my-api' --mode client --dry-run --detailed-exitcode -o none",
            "",
        ),
    },
    Step {
        title: "Write a page of the center for people: what it has, and what is missing",
        line: "azr apic inventory -g myResourceGroup -n myAPICenter --html inventory.html -o table",
        check: Check::File("inventory.html", |page| page.contains("City Library")),
    },
];

#[cfg(test)]
mod tests {
    use super::super::full::FULL;
    use super::*;

    #[test]
    fn every_line_can_be_split() {
        for step in SHORT.steps.iter().chain(FULL.steps) {
            assert_eq!(shlex::split(step.line).unwrap_or_default().first().map(String::as_str), Some("azr"));
            if let Check::Prints(line, _) = step.check {
                assert!(words(line).len() > 3, "{line}");
            }
        }
    }
}
