//! The steps of the demo: those of Microsoft's how-to on importing APIs from API Management, in its order and in the
//! spelling of today.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One command of the walk.
pub(super) struct Step {
    /// What it is for.
    pub title: &'static str,
    /// The command line, as one types it in bash.
    ///
    /// A variable (`$link`) must stand where bash would neither split its value nor leave it alone.
    pub line: &'static str,
    /// The variable that takes what it prints.
    pub into: Option<&'static str>,
    /// Whether what it printed is right.
    pub check: fn(&str, &Variables) -> Result<(), String>,
}

impl Step {
    /// A step of which nothing but the exit code matters.
    const fn new(title: &'static str, line: &'static str) -> Self {
        Self { title, line, into: None, check: |_, _| Ok(()) }
    }

    const fn into(mut self, variable: &'static str) -> Self {
        self.into = Some(variable);
        self
    }

    const fn check(mut self, check: fn(&str, &Variables) -> Result<(), String>) -> Self {
        self.check = check;
        self
    }

    /// The command line with its assignment, for the reader.
    pub(super) fn shown(&self) -> String {
        match self.into {
            Some(name) => format!("{name}=$({})", self.line),
            None => self.line.to_owned(),
        }
    }
}

/// The shell variables of the how-to.
pub(super) struct Variables {
    folder: PathBuf,
    values: Vec<(&'static str, String)>,
}

impl Variables {
    /// No variables yet, in this folder.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), values: Vec::new() }
    }

    /// Sets a variable; `apimID` also sets `scope`, from which the how-to strips the leading slash.
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        if name == "apimID" {
            self.set("scope", value.strip_prefix('/').unwrap_or(value));
        }
        self.values.retain(|(n, _)| *n != name);
        self.values.push((name, value.to_owned()));
    }

    /// The words after `azr` of a command line, with the variables' values in them.
    pub(super) fn words(&self, line: &str) -> Vec<String> {
        shlex::split(line)
            .unwrap_or_default()
            .into_iter()
            .skip(1)
            .map(|word| self.values.iter().fold(word, |w, (n, v)| w.replace(&format!("${n}"), v)))
            .collect()
    }

    fn read(&self, name: &str) -> Result<String, String> {
        std::fs::read_to_string(self.folder.join(name)).map_err(|e| format!("{name} cannot be read: {e}"))
    }
}

/// The steps, in order.
pub(super) const STEPS: &[Step] = &[
    Step::new(
        "Export the definition of an API to a file",
        "azr apim api export --api-id my-api --resource-group myResourceGroup --service-name myAPIManagement \
         --export-format OpenApiJsonFile --file-path .",
    )
    .check(|_, variables| {
        let document: Value = serde_json::from_str(&variables.read("my-api_openapi+json.json")?)
            .map_err(|e| format!("the document is not JSON: {e}"))?;
        expect(document["openapi"].is_string(), "the document is not OpenAPI")
    }),
    Step::new(
        "Export it to a link that is good for five minutes",
        "azr apim api export --api-id my-api --resource-group myResourceGroup --service-name myAPIManagement \
         --export-format OpenApiJsonUrl --query properties.value.link --output tsv",
    )
    .into("link")
    .check(|out, _| expect(out.starts_with("http"), "no link was printed")),
    Step::new(
        "Register the API from the file",
        "azr apic api register --resource-group myResourceGroup --service-name myAPICenter \
         --api-location my-api_openapi+json.json",
    ),
    Step::new(
        "Or add an API, a version and a definition by hand …",
        "azr apic api create --resource-group myResourceGroup --service-name myAPICenter --api-id my-api \
         --title \"My API\" --type rest --output table",
    )
    .check(|out, _| expect(out.contains("my-api"), "the API is not shown")),
    Step::new(
        "… the version …",
        "azr apic api version create --resource-group myResourceGroup --service-name myAPICenter --api-id my-api \
         --version-id v1-0-0 --title v1.0.0 --lifecycle-stage design --output table",
    )
    .check(|out, _| expect(out.contains("v1-0-0"), "the version is not shown")),
    Step::new(
        "… the definition …",
        "azr apic api definition create --resource-group myResourceGroup --service-name myAPICenter --api-id my-api \
         --version-id v1-0-0 --definition-id openapi --title OpenAPI --output table",
    )
    .check(|out, _| expect(out.contains("openapi"), "the definition is not shown")),
    Step::new(
        "… and import the document from the link",
        "azr apic api definition import-specification --resource-group myResourceGroup --service-name myAPICenter \
         --api-id my-api --version-id v1-0-0 --definition-id openapi --format link --value \"$link\" \
         --specification '{\"name\":\"openapi\",\"version\":\"3.0.2\"}'",
    ),
    Step::new(
        "Read the document back: it is the one that was exported",
        "azr apic api definition export-specification --resource-group myResourceGroup --service-name myAPICenter \
         --api-id my-api --version-id v1-0-0 --definition-id openapi --file-name again.json",
    )
    .check(|_, variables| {
        let same = variables.read("again.json")? == variables.read("my-api_openapi+json.json")?;
        expect(same, "the documents differ")
    }),
    Step::new(
        "To import everything at once, give the API center an identity",
        "azr apic update --name myAPICenter --resource-group myResourceGroup \
         --identity '{\"type\": \"SystemAssigned\"}' --output none",
    ),
    Step::new(
        "Find its principal",
        "azr apic show --name myAPICenter --resource-group myResourceGroup \
         --query identity.principalId --output tsv",
    )
    .into("apicObjID")
    .check(|out, _| expect(out.trim().len() == 36, "no principal was printed")),
    Step::new(
        "Find the API Management service",
        "azr apim show --name myAPIManagement --resource-group myResourceGroup --query id --output tsv",
    )
    .into("apimID")
    .check(|out, _| expect(out.starts_with("/subscriptions/"), "no resource id was printed")),
    Step::new(
        "Let the identity read it",
        "azr role assignment create --role \"API Management Service Reader Role\" \
         --assignee-object-id $apicObjID --assignee-principal-type ServicePrincipal --scope $scope --output none",
    ),
    Step::new(
        "Import all its APIs",
        "azr apic import-from-apim --service-name myAPICenter --resource-group myResourceGroup \
         --source-resource-ids \"$apimID/apis/*\"",
    ),
    Step::new(
        "There they are",
        "azr apic api list --resource-group myResourceGroup --service-name myAPICenter \
         --query \"[].{kind:kind,title:title,name:name}\" --output table",
    )
    .check(|out, _| {
        let rows = out.lines().skip(2).count();
        expect(rows >= 9, "APIs are missing")
    }),
];

fn expect(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_as_bash_does_and_filled() {
        let mut variables = Variables::new(Path::new("."));
        variables.set("apimID", "/subscriptions/a b");
        let words = variables.words("azr x --ids \"$apimID/apis/*\" --json '{\"a\": 1}' --scope $scope");
        let expected = ["x", "--ids", "/subscriptions/a b/apis/*", "--json", r#"{"a": 1}"#, "--scope"];
        assert_eq!(words[..6], expected);
        assert_eq!(words[6], "subscriptions/a b");
    }

    #[test]
    fn every_line_can_be_split() {
        for step in STEPS {
            assert_eq!(shlex::split(step.line).unwrap_or_default().first().map(String::as_str), Some("azr"));
        }
    }
}
