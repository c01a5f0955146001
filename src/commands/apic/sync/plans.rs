//! The plans of all sources, each for the center as the sources before it would leave it.

use std::collections::HashMap;

use serde_json::Value;

use super::selected_apis::SelectedApis;
use super::service_run::{self, ServiceClients};
use super::sources::{RunSource, ServiceWork, SourceWork};
use crate::commands::apic::register::folder::ReadFolder;
use crate::commands::apic::register::options::RegisterOptions;
use crate::session::Session;
use azr_catalog::bulk_import::BulkImport;
use azr_catalog::dry_run::DryRunReport;
use azr_catalog::found_apis::FoundApis;
use azr_catalog::plan::PlannedApi;
use azr_catalog::planned_center::PlannedCenter;
use azr_catalog::planned_step::{PlannedStep, plan_steps, step_of};
use azr_catalog::saved_plan::SavedApi;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::progress::Progress;

/// The plans of all sources.
#[derive(Default)]
pub(crate) struct Plans {
    /// What would happen to every API.
    pub report: DryRunReport,
    /// How many APIs, versions, definitions and deployments would be deleted.
    pub deletion_count: usize,
    /// How many APIs were found in API Management.
    pub found: FoundApis,
    /// The steps of every API, if they are to be saved.
    pub apis: Vec<SavedApi>,
    /// The steps of what the APIs of each source need.
    pub prerequisites: Vec<Vec<PlannedStep>>,
    center: PlannedCenter,
}

/// Plans the sources; with `has_steps`, also the steps of every API, for which all documents are read.
pub(crate) async fn plan_sources(
    session: &Session,
    center: &ResourceId,
    sources: &[RunSource],
    has_steps: bool,
) -> Result<Plans> {
    let mut plans = Plans::default();
    let mut selected = SelectedApis::default();
    for (index, source) in sources.iter().enumerate() {
        let is_last = index + 1 == sources.len();
        let planning = Planning { session, center, index, source, has_steps, is_last };
        match &source.work {
            SourceWork::Service(work) => {
                Box::pin(planning.plan_service(work, &mut plans, &mut selected)).await?;
            }
            SourceWork::Folder(folder) => Box::pin(planning.plan_folder(&folder.options, &mut plans)).await?,
        }
    }
    Ok(plans)
}

/// The planning of one source.
struct Planning<'a> {
    session: &'a Session,
    center: &'a ResourceId,
    index: usize,
    source: &'a RunSource,
    has_steps: bool,
    /// Whether no other source is planned for the center that this one leaves.
    is_last: bool,
}

impl<'a> Planning<'a> {
    async fn plan_service(
        &self,
        work: &ServiceWork,
        plans: &mut Plans,
        selected: &mut SelectedApis<'a>,
    ) -> Result<()> {
        let label = &self.source.label;
        let clients = ServiceClients::new(self.session, work)?;
        service_run::check_links(self.session.client()?, self.center, work, true).await?;
        let import =
            BulkImport::new(clients.get(), self.center.clone(), work.import.clone()).after(&plans.center);
        let import = if self.has_steps { import.with_all_documents() } else { import };
        let inventory = service_run::read_inventory(&import, label, self.center).await?;
        service_run::warn_about_patterns(&inventory, label);
        selected.add(&work.import.source, label, &inventory)?;
        plans.found.add(&inventory.found);
        let plan = import.plan(&inventory)?;
        let bar = Progress::bar("Planning", plan.len()).with_details(&format!("from {label}"));
        let mut source_plans = SourcePlans::default();
        let mut on_plan = |planned: &PlannedApi| self.add_plan(&mut source_plans, &plans.center, planned);
        let preview = plan.preview_into(&|| bar.advance(), &mut on_plan).await?;
        bar.finish();
        let prerequisites = plan.prerequisites();
        source_plans.center.add_prerequisites(prerequisites);
        let needed = std::iter::once(&prerequisites.metadata)
            .chain(&prerequisites.metadata_schemas)
            .chain([&prerequisites.environment]);
        let steps = needed.filter(|step| step.change.is_write()).filter_map(|step| step_of(step, false));
        plans.prerequisites.push(steps.collect());
        plans.deletion_count += preview.deletion_count;
        self.add(plans, preview.report, source_plans);
        Ok(())
    }

    async fn plan_folder(&self, options: &RegisterOptions, plans: &mut Plans) -> Result<()> {
        let folder = ReadFolder::read(self.session, options).await?;
        let is_planned = |name: &str| plans.center.has_plan(name);
        let mut planned = folder.plan(self.session.client()?, options, &is_planned).await?;
        planned.compare_documents().await?;
        let mut report = DryRunReport::default();
        let mut source_plans = SourcePlans::default();
        for (index, plan) in planned.plans.iter().enumerate() {
            report.add(index, plan);
            self.add_plan(&mut source_plans, &plans.center, plan);
        }
        for (index, failed) in folder.failed.iter().enumerate() {
            let error = Error::invalid(failed.reason.clone().unwrap_or_default());
            report.add_failed(planned.plans.len() + index, &failed.name, &error);
        }
        plans.prerequisites.push(Vec::new());
        self.add(plans, report, source_plans);
        Ok(())
    }

    /// Adds the plan of an API to those of the source, as far as it is needed later.
    fn add_plan(&self, plans: &mut SourcePlans, center: &PlannedCenter, planned: &PlannedApi) {
        if self.has_steps {
            let steps = plan_steps(planned, center.has_plan(&planned.name));
            plans.steps.insert(planned.name.clone(), steps);
        }
        if !self.is_last {
            plans.center.add(planned);
        }
    }

    /// Adds the plans of the source.
    fn add(&self, plans: &mut Plans, report: DryRunReport, mut source_plans: SourcePlans) {
        if self.has_steps {
            for api in report.apis() {
                let name = text(api, "name");
                plans.apis.push(SavedApi {
                    source: self.index,
                    origin: self.source.label.clone(),
                    action: text(api, "action"),
                    title: text(api, "title"),
                    kind: text(api, "kind"),
                    sources: texts(api, "sources"),
                    versions: texts(api, "versions"),
                    reason: api["reason"].as_str().map(str::to_owned),
                    notes: texts(api, "notes"),
                    steps: source_plans.steps.remove(&name).unwrap_or_default(),
                    name,
                });
            }
        }
        plans.report.append(&self.source.label, report);
        plans.center.append(source_plans.center);
    }
}

/// What is needed later of the plans of one source.
#[derive(Default)]
struct SourcePlans {
    /// The center as the plans would change it.
    center: PlannedCenter,
    /// The steps of each API by its name, if they are to be saved.
    steps: HashMap<String, Vec<PlannedStep>>,
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value, member: &str) -> Vec<String> {
    let items = value[member].as_array().into_iter().flatten().filter_map(Value::as_str);
    items.map(str::to_owned).collect()
}
