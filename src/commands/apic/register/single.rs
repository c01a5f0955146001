//! Registers a single definition as az does: with nothing on stdout.

use super::bulk::describe;
use super::document::{self, FileReader};
use super::export_manifest::ExportManifests;
use super::location::Location;
use super::options::RegisterOptions;
use super::texts::Texts;
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_catalog::registration::{DesiredApi, Registration};
use azr_catalog::report::Status;
use azr_catalog::writer::{ExecutionOptions, WriteOutcome};
use azr_core::error::Result;
use azr_output::message;

/// Registers a definition.
pub(super) async fn register(
    session: &Session,
    options: &RegisterOptions,
    location: &Location,
) -> Result<Outcome> {
    let document = match location {
        Location::File(file) => FileReader::new(options.bundling).read(file)?,
        Location::Url(url) => document::read_url(session, url).await?,
    };
    document.details.iter().for_each(|detail| message::info(detail));
    let registration = ExportManifests::default().options_for(location, &options.registration);
    let (version, text) = describe(&options.workspace, &registration, location, document, 0)?;
    for note in &version.notes {
        message::warn(note);
    }
    let names = format!("version {} and definition {}", version.version_name(), version.definition.id.name());
    let mut texts = Texts::new(options.bundling);
    texts.insert(0, text);
    let registration = Registration {
        client: session.client()?,
        workspace: options.workspace.clone(),
        apis: vec![DesiredApi { earlier: Vec::new(), highest: version }],
        custom_properties: options.registration.custom_properties.clone(),
        texts: &texts,
    };
    let mut planned = registration.plan().await?;
    // They have been printed.
    planned.plans.iter_mut().for_each(|plan| plan.notes.clear());
    let mut outcomes = Vec::new();
    let mut on_outcome = |_, outcome| outcomes.push(outcome);
    let execution = ExecutionOptions { concurrency: 1, fail_fast: false };
    planned.execute(None, execution, &mut on_outcome).await?;
    for WriteOutcome { result, completed, remaining, error } in outcomes {
        for label in &completed {
            message::info(&format!("Registered {label}"));
        }
        if let Some(error) = error {
            if !completed.is_empty() {
                message::warn(&format!(
                    "Registered: {}. Not registered: {}. Run the same command again to complete it.",
                    completed.join(", "),
                    remaining.join(", ")
                ));
            }
            return Err(error);
        }
        let name = &result.name;
        let changes = result.notes.join("; ");
        message::status(&match result.status {
            Status::Unchanged => format!("Registered {name} with {names} before; nothing changed."),
            Status::Updated if !changes.is_empty() => format!("Updated {name} with {names}: {changes}."),
            Status::Updated => format!("Updated {name} with {names}."),
            _ => format!("Registered {name} with {names}."),
        });
    }
    Ok(Outcome::empty())
}
