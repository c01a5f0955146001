//! The real binary, run as a process against an emulator: what a script sees of azr.
//!
//! Every test has its own emulator or state file and its own folder. No test sleeps, and none depends on another.

mod account_and_roles;
mod apic_catalog;
mod apic_center;
mod apim;
mod apim_api;
mod apim_entities;
mod apim_mcp_and_workspaces;
mod apim_service;
mod az_parsing;
mod backup;
mod backup_interrupted;
mod backup_tampered;
mod bad_environment;
mod bad_input;
mod catalog;
mod center;
mod client_import;
mod client_import_coexistence;
mod client_import_effect;
mod client_import_faults;
mod client_import_lists;
mod client_import_mapping;
mod client_import_mcp;
mod client_import_moves;
mod client_import_people;
mod client_import_races;
mod client_import_responses;
mod client_import_resume;
mod client_import_workspaces;
#[cfg(unix)]
mod closed_streams;
mod completion;
#[cfg(unix)]
mod crashes;
mod credentials;
mod deleted_meanwhile;
mod device_names;
mod diff;
mod doctor;
mod documents;
mod emulator;
mod every_command;
mod export;
mod export_many;
mod exported_documents;
mod faults;
#[cfg(unix)]
mod file_permissions;
mod first_import_mistakes;
#[path = "../common/generated_spec.rs"]
mod generated_spec;
mod help_pages;
mod help_topics;
mod hostile_texts;
mod how_to;
mod integration_status;
#[cfg(target_os = "linux")]
mod interrupted_waits;
mod interruption;
mod inventory;
mod linked_centers;
mod login;
#[cfg(unix)]
mod login_browser;
mod man_pages;
mod matrix;
mod messages;
mod network;
mod new_roles;
mod outputs;
mod paging;
mod powershell;
mod progress;
mod quirks;
mod rate_limits;
mod register;
mod register_bundle;
mod register_exclusions;
mod register_exported;
mod register_large;
mod register_many;
mod register_resume;
mod register_url;
mod report;
mod restore;
mod saved_plan;
mod schema;
mod secrets;
mod service_import;
mod service_import_report;
mod settings;
mod shells;
mod source_details;
mod support;
mod sync;
mod sync_file;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod terminal_views;
#[cfg(unix)]
mod terminal_widths;
mod transcript;
mod untrusted_text;
mod values;
mod wide_tables;
#[cfg(windows)]
mod windows;
#[cfg(windows)]
mod windows_files;
