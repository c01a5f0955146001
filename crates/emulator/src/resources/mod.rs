//! The framework of the emulator's resource providers: a table of resource kinds, and one engine for all of them.
//!
//! A provider is a [`Provider`]: its table of [`ResourceKind`]s, and a [`Dialect`] that words its errors and lays out
//! its bodies. [`handle`] does the rest: it finds the resource that a path names, checks its parents, and reads,
//! lists, writes and deletes it. What is particular about a kind is a field of its row: the rules of its properties,
//! hooks, actions, or a handler of its own.
//!
//! To add a resource type, add a row to `apim/kinds.rs` or `apic/kinds.rs`.

mod dialect;
mod engine;
mod fields;
mod kind;
mod page;
mod precondition;
mod retry_after;
mod target;
mod view;

pub(crate) use dialect::{BodyParts, Dialect};
pub(crate) use engine::{
    check_api_version, check_quota, handle, merge_patch, read_properties, respond_with, store,
    without_body_in_early_versions,
};
pub(crate) use fields::{
    ANY_TEXT, Field, Layout, Problem, Reason, Rule, add_defaults, check_fields, optional, required,
    with_default,
};
pub(crate) use kind::{
    Action, ApiVersions, Draft, Hooks, NO_HOOKS, NameCharacters, NameRule, NotFound, Provider, Quota,
    ResourceKind, SystemData,
};
pub(crate) use page::{PageStyle, page};
pub(crate) use precondition::check_if_match;
pub(crate) use retry_after::with_retry_after;
pub(crate) use target::Target;
pub(crate) use view::{ListView, Shown, View, ViewedBody, body_in_view};
