//! The steps of the full demo: several services in one center, kept up to date, backed up and restored.

use serde_json::Value;

use super::steps::{Check, Step, Tour};

/// The full demo.
pub(super) const FULL: Tour = Tour {
    introduction: "azr runs these commands on an emulator of Azure that it has just started. It has three\n\
                   API Management services: production and test have the same APIs under different\n\
                   prefixes, and myAPIManagement has MCP servers and the workspace billing.\n",
    preparation: PREPARATION,
    file: Some(("azr.yaml", FILE)),
    steps: STEPS,
    next: &[
        "azr apic backup -g myResourceGroup -n myAPICenter --path catalog",
        "azr apic diff catalog myAPICenter -g myResourceGroup -o table",
        "azr emulator reset",
    ],
    next_with_azure: &[
        "azr login",
        "azr schema azr.yaml > azr.schema.json",
        "azr apic sync -g GROUP -n CENTER --file azr.yaml --dry-run -o table",
    ],
};

const FILE: &str = "\
version: 1
sources:
  - apim: production
    environment: {id: production, title: Production, kind: production}
    lifecycle-stage: production
    match: {by: name, prefixes: prod-}
  - apim: test
    environment: {id: test, title: Test, kind: testing}
    lifecycle-stage: testing
    match: {by: name, prefixes: test-}
  - apim: myAPIManagement
    apis: [library-tools, handbook-search]
  - apim: myAPIManagement
    workspace: billing
";

/// Creates the services with their APIs, and a center from which the sample API of a new center is deleted.
const PREPARATION: &[&str] = &[
    "azr apim create -g myResourceGroup -n production --publisher-email apis@contoso.com --publisher-name Contoso",
    "azr apim create -g myResourceGroup -n test --publisher-email apis@contoso.com --publisher-name Contoso",
    "azr apim api create -g myResourceGroup -n production --api-id prod-payments --path payments \
     --display-name Payments --description 'Payments by card.' --protocols https",
    "azr apim api create -g myResourceGroup -n production --api-id prod-shipping --path shipping \
     --display-name Shipping --description 'Parcels and where they are.' --protocols https",
    "azr apim api create -g myResourceGroup -n test --api-id test-payments --path payments \
     --display-name Payments --description 'Payments by card.' --protocols https",
    "azr apim api create -g myResourceGroup -n test --api-id test-shipping --path shipping \
     --display-name Shipping --description 'Parcels and where they are.' --protocols https",
    "azr apic create -g myResourceGroup -n secondAPICenter",
    "azr apic api delete -g myResourceGroup -n secondAPICenter --api-id swagger-petstore --yes",
];

const STEPS: &[Step] = &[
    Step {
        title: "Plan the synchronization of all sources in azr.yaml, without writing anything",
        line: "azr apic sync -g myResourceGroup -n myAPICenter --file azr.yaml --dry-run -o table",
        check: Check::Prints(
            "azr apic api list -g myResourceGroup -n myAPICenter --query length(@) -o tsv",
            "1",
        ),
    },
    Step {
        title: "Synchronize: each API is in the center once, with a deployment for each service",
        line: "azr apic sync -g myResourceGroup -n myAPICenter --file azr.yaml --report first.json",
        check: Check::File("first.json", |report| {
            [count(report, "created"), count(report, "updated"), count(report, "unchanged")] == [5, 2, 0]
        }),
    },
    Step {
        title: "Change an API in API Management",
        line: "azr apim api update -g myResourceGroup -n production --api-id prod-payments \
               --description 'Payments by card and by invoice.' --query description",
        check: Check::Prints(
            "azr apim api show -g myResourceGroup -n production --api-id prod-payments --query description -o tsv",
            "Payments by card and by invoice.",
        ),
    },
    Step {
        title: "Change the same API in the center, as people do: the summary is theirs",
        line: "azr apic api update -g myResourceGroup -n myAPICenter --api-id payments \
               --summary 'Ask the payments team first.' --query summary",
        check: Check::Prints(
            "azr apic api show -g myResourceGroup -n myAPICenter --api-id payments --query summary -o tsv",
            "Ask the payments team first.",
        ),
    },
    Step {
        title: "Synchronize again: only the API that has changed is written",
        line: "azr apic sync -g myResourceGroup -n myAPICenter --file azr.yaml --report second.json",
        check: Check::File("second.json", |report| {
            [count(report, "created"), count(report, "updated"), count(report, "unchanged")] == [0, 1, 6]
        }),
    },
    Step {
        title: "Look at the API: the new description has arrived, and the summary has stayed",
        line: "azr apic api show -g myResourceGroup -n myAPICenter --api-id payments \
               --query '{summary: summary, description: description}' -o yaml",
        check: Check::Prints(
            "azr apic api show -g myResourceGroup -n myAPICenter --api-id payments \
             --query \"join(' / ', [summary, description])\" -o tsv",
            "Ask the payments team first. / Payments by card and by invoice.",
        ),
    },
    Step {
        title: "Back up the center to a folder, which Git can compare",
        line: "azr apic backup -g myResourceGroup -n myAPICenter --path catalog",
        check: Check::File("catalog/manifest.json", |manifest| {
            serde_json::from_str::<Value>(manifest).is_ok_and(|manifest| manifest["files"].is_object())
        }),
    },
    Step {
        title: "Restore it into a second center, which is empty",
        line: "azr apic restore -g myResourceGroup -n secondAPICenter --path catalog",
        check: Check::Prints(
            "azr apic api list -g myResourceGroup -n secondAPICenter --query length(@) -o tsv",
            "6",
        ),
    },
    Step {
        title: "Compare the two centers: there is no difference",
        line: "azr apic diff myAPICenter secondAPICenter -g myResourceGroup",
        check: Check::Prints(
            "azr apic diff myAPICenter secondAPICenter -g myResourceGroup --query length(differences) -o tsv",
            "0",
        ),
    },
];

/// How many APIs of a report have this status.
fn count(report: &str, status: &str) -> usize {
    let results: Vec<Value> = serde_json::from_str(report).unwrap_or_default();
    results.iter().filter(|result| result["status"] == status).count()
}
