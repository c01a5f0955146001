//! `azr apim …` on services: create, update, delete, actions, wait, tables. `azr account|group|identity …`.

use std::time::{Duration, Instant};

use crate::support::{Azure, InProcessAzure};
use crate::transcript::run_transcript;

#[test]
fn services() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim create $GROUP -n second --publisher-name Contoso --publisher-email a@b.example --sku-name Basic --sku-capacity 2 --tags a=1 --public-network-access false
{"name": "second", "location": "East US", "sku": {"name": "Basic", "capacity": 2}, "tags": {"a": "1"}, "publisherName": "Contoso", "notificationSenderEmail": "a@b.example", "virtualNetworkType": "None", "provisioningState": "Succeeded", "zones": null}
$ apim show $GROUP -n second --query sku.name -o tsv
Basic
$ apim list --query 'sort([].name)'
["myAPIManagement", "second"]
$ apim list $GROUP -o table
NAME             RESOURCE GROUP    LOCATION    GATEWAY ADDR                           PUBLIC IP    PRIVATE IP    STATUS    TIER       UNITS
---------------  ----------------  ----------  -------------------------------------  -----------  ------------  --------  ---------  -------
myAPIManagement  myResourceGroup   East US     https://myapimanagement.azure-api.net  20.1.2.3                   Online    Developer  1
second           myResourceGroup   East US     https://second.azure-api.net           20.1.2.3                   Online    Basic      2
$ apim update $GROUP -n second --enable-managed-identity true --publisher-name Fabrikam
{"publisherName": "Fabrikam", "identity": {"type": "SystemAssigned"}, "tags": {"a": "1"}}
$ apim update $GROUP -n second --set tags.b=2 --query tags
{"a": "1", "b": "2"}
$ apim update $GROUP -n second --remove tags.a --query tags
{"b": "2"}
$ apim update $GROUP -n second --set tags.n=4 --force-string --query tags.n
"4"
$ apim update $GROUP -n second --tags x=y --no-wait
$ apim update $GROUP -n nobody --tags x=y
exit 3
$ apim check-name -n second
{"nameAvailable": false, "reason": "AlreadyExists"}
$ apim check-name -n third
{"nameAvailable": true}
$ apim delete $GROUP -n second
exit 1 --yes
$ apim delete $GROUP -n second --yes
$ apim show $GROUP -n second
exit 3
$ apim deletedservice list --query [].name
["second"]
$ apim deletedservice show -l 'East US' -n second
{"name": "second", "location": "East US"}
$ apim create $GROUP -n second --publisher-name C --publisher-email a@b.example
exit 1 soft-deleted
$ apim deletedservice purge -l eastus -n second
$ apim deletedservice show -l eastus -n second
exit 3
$ apim create $GROUP -n second --publisher-name C --publisher-email a@b.example --no-wait
$ apim delete $GROUP -n second -y --no-wait
$ apim deletedservice list --query length(@)
1
"#,
    );
}

#[test]
fn operations_take_the_time_that_the_emulator_is_told() {
    let created = "apim create -g myResourceGroup -n second --publisher-name C --publisher-email a@b.example";
    let slow = Azure::start_with("--sample --operation-ms 600000");
    slow.ok(format!("{created} --no-wait"));
    assert_eq!(slow.json("apim show -g myResourceGroup -n second")["provisioningState"], "Activating");
    let azure = Azure::start_with("--sample --operation-ms 700");
    let start = Instant::now();
    azure.ok(format!("{created} --no-wait"));
    assert_eq!(azure.ok("apim wait -g myResourceGroup -n second --created --interval 1").text(), "");
    assert!(start.elapsed() >= Duration::from_millis(700));
    let start = Instant::now();
    azure.ok("apim delete -g myResourceGroup -n second -y");
    assert!(start.elapsed() >= Duration::from_millis(700));
}

#[test]
fn actions_on_a_service() {
    run_transcript(
        &Azure::start(),
        r#"
$ apim backup $APIM --backup-name b1 --storage-account-name store --storage-account-container c --storage-account-key k --query name
"myAPIManagement"
$ apim backup $APIM --backup-name b1 --storage-account-name store --container-name c --storage-account-key k --no-wait
$ apim backup $APIM --backup-name b1 --storage-account-name store --container-name c --storage-account-key ''
exit 1 accessKey
$ apim restore $APIM --backup-name b1 --storage-account-name store --container-name c --storage-account-key k --query name
"myAPIManagement"
$ apim restore $GROUP -n nobody --backup-name b1 --storage-account-name store --container-name c --storage-account-key k
exit 3
$ apim apply-network-updates $APIM --query name
"myAPIManagement"
$ apim apply-network-updates $APIM -l 'East US' --no-wait
"#,
    );
}

#[test]
fn waiting() {
    run_transcript(
        &Azure::start(),
        r"
$ apim wait $APIM --created
$ apim wait $APIM --updated
$ apim wait $APIM --exists
$ apim wait $APIM --custom 'provisioningState==`Succeeded`'
$ apim wait $APIM --created --custom sku.name
$ apim wait $GROUP -n nobody --deleted
$ apim wait $GROUP -n nobody --exists --deleted
$ apim wait $APIM --custom 'length(name) > `3`' --interval 1 --timeout 1
$ apim wait $GROUP -n nobody --updated
exit 3
$ apim wait $APIM
exit 1 --created
$ apim wait $APIM --custom [?
exit 2 --custom
$ apim wait $APIM --exists --interval 0
exit 1 --interval
$ apim wait $APIM --deleted --interval 1 --timeout 1
exit 1 --timeout
$ apim wait $APIM --custom tags.never --interval 5 --timeout 3
exit 1 3 seconds
$ apim wait $GROUP -n nobody --created --interval 1 --timeout 1
exit 1 --timeout
$ apim api wait $APIM --api-id my-api --exists
$ apim api wait $GROUP --name myAPIManagement --api-id my-api --custom isCurrent
$ apim api wait $APIM --api-id nobody --deleted
$ apim api wait $APIM --api-id my-api --deleted --interval 1 --timeout 1
exit 1 --timeout
$ apim api schema wait $APIM --api-id museum --schema-id graphql --created
$ apim nv wait $APIM --named-value-id nobody --deleted
$ apim product wait $APIM --product-id starter --custom state
",
    );
}

#[test]
fn account_group_and_identity() {
    run_transcript(
        &InProcessAzure::new(),
        r#"
$ account show --query name -o tsv
Example Sub
$ account list -o table
Name         CloudName      SubscriptionId                        TenantId                              State    IsDefault
-----------  -------------  ------------------------------------  ------------------------------------  -------  -----------
Example Sub  AzureEmulator  00000000-0000-0000-0000-000000000000  22222222-2222-2222-2222-222222222222  Enabled  True
$ account set -s nobody
exit 1 nobody
$ group show -n myResourceGroup --query location
"eastus"
$ identity create $GROUP -n reader --query name
"reader"
$ identity show $GROUP -n reader --query type
"Microsoft.ManagedIdentity/userAssignedIdentities"
$ identity list --query [].name
["reader"]
$ identity delete $GROUP --name reader
$ identity list $GROUP
[]
$ role assignment list --all
[]
"#,
    );
}
