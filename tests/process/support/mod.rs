//! What the tests share: a shell that runs azr, an emulator to run it against, and its words and results.

mod azure;
mod http;
mod json;
mod run;
mod shell;

pub use azure::{Azure, Local};
pub use http::{Reply, Site, ask, get};
pub use json::{includes, strings};
pub use run::Run;
pub use shell::{RECORD, Shell, TOKEN};

/// The options that name the sample's API center.
pub const CENTER: &str = "-g myResourceGroup -n myAPICenter";

/// The options that name the sample's API Management service.
pub const APIM: &str = "-g myResourceGroup -n myAPIManagement";

/// The resource id of the sample's API center.
pub const CENTER_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/\
                             providers/Microsoft.ApiCenter/services/myAPICenter";

/// The resource id of the sample's API Management service.
pub const APIM_ID: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/\
                           providers/Microsoft.ApiManagement/service/myAPIManagement";
