//! The real binary, run as a process against a real emulator: what a script sees of azr.
//!
//! Every test has an emulator on a port of its own, or a state file of its own, and a folder of its own; none
//! waits for anything but an answer, and none depends on another.

mod apic_catalog;
mod apic_center;
mod apim_api;
mod apim_parts;
mod apim_service;
mod around;
mod bad_input;
mod bad_surroundings;
mod catalog;
mod center;
mod client_import;
mod client_import_between;
mod client_import_faults;
mod client_import_resume;
#[cfg(unix)]
mod crashes;
mod doctor;
mod documents;
mod emulator;
mod every_command;
mod export;
mod export_many;
mod faults;
#[path = "../common/generated_spec.rs"]
mod generated_spec;
mod identity;
mod import;
mod interruption;
mod inventory;
mod login;
#[cfg(unix)]
mod login_browser;
mod management;
mod manual;
mod matrix;
mod network;
mod outputs;
mod paging;
#[cfg(unix)]
mod permissions;
mod powershell;
mod quirks;
mod register;
mod register_bundle;
mod register_large;
mod register_many;
mod register_resume;
mod register_url;
mod report;
mod secrets;
mod service_import;
mod settings;
mod shells;
mod support;
#[cfg(unix)]
mod terminal;
mod throttled;
mod topics;
mod transcript;
mod walk;
mod wide;
