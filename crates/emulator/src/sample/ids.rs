//! The names and ids of the sample.

/// The sample's subscription.
pub const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";
/// The sample's resource group.
pub const GROUP: &str = "myResourceGroup";
/// The sample's API Management service.
pub const MANAGEMENT: &str = "myAPIManagement";
/// The sample's API center.
pub const CENTER: &str = "myAPICenter";

pub(super) fn group_id() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}")
}

/// The resource id of the sample's API Management service.
pub(super) fn service_id() -> String {
    format!("{}/providers/Microsoft.ApiManagement/service/{MANAGEMENT}", group_id())
}

/// The resource id of the sample's API center.
pub(super) fn center_id() -> String {
    format!("{}/providers/Microsoft.ApiCenter/services/{CENTER}", group_id())
}
