//! The foundation of azr's crates: errors, resource ids and types, the surroundings of a run, and files.
//!
//! - [`error`] has the error type of azr, with hints and exit codes.
//! - [`id`], [`revision`] and [`resource`] have Azure's resource ids and the resource types that azr uses.
//! - [`context`] reads environment variables, az's configuration and the cloud, and finds azr's folders.
//! - [`files`] writes files atomically and keeps azr's own files private.
//! - [`glob`] and [`python`] have patterns for names, and Python's formatting of values.
//! - [`number`] has integers of any size.
//! - [`interrupt`] and [`throttling`] have what the whole process does: waiting for input, and for a rate limit.
//!
//! ```
//! use azr_core::id::ResourceId;
//! use azr_core::resource::CENTER_API;
//!
//! let scope = ResourceId::resource_group("SUBSCRIPTION", "my-group");
//! let api = CENTER_API.id(&scope, &["my-center", "default", "echo"]);
//! assert!(CENTER_API.matches(&api));
//! assert_eq!(api.group(), Some("my-group"));
//! assert_eq!(api.parent().unwrap().name(), "default");
//! ```

pub mod context;
pub mod error;
pub mod files;
pub mod glob;
pub mod id;
pub mod interrupt;
pub mod jwt;
pub mod number;
pub mod python;
pub mod resource;
pub mod revision;
pub mod text;
pub mod throttling;

pub use error::{Error, Result};
