//! The data a new emulator starts with.

use serde_json::json;
use time::OffsetDateTime;

use super::world::World;
use super::{Emulator, Options, groups, inbound};

/// Adds a subscription, a resource group and an API center.
pub fn load(world: &mut World, now: OffsetDateTime) {
    let subscription = "00000000-0000-0000-0000-000000000000";
    groups::add_subscription(world, subscription, "Emulator");
    groups::add_group(world, subscription, "myResourceGroup", "eastus");
    let emulator = Emulator::new(std::mem::take(world), Options::default());
    let path = format!(
        "/subscriptions/{subscription}/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/services/myAPICenter"
    );
    let mut call = inbound::call("PUT", &path, "api-version=2024-03-01", "", now);
    call.body = json!({"location": "eastus"}).to_string().into();
    emulator.respond(&call);
    emulator.with_world(|made| *world = std::mem::take(made));
}

/// Adds so many made-up APIs.
pub fn synthetic_apis(_world: &mut World, _count: usize, _now: OffsetDateTime) {}
