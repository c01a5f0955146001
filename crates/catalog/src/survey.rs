//! Planning every API that an import is about, one after the other and many at once.

use std::collections::HashSet;

use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};

use super::document;
use super::held::{Below, HeldApi};
use super::inventory;
use super::plan::{Change, Document, Group, Known, PlannedApi, Planner};
use super::report::ApiResult;
use azr_arm::client::Client;
use azr_core::error::Result;

/// The two sides of an import; one client where both are reached as the same principal.
#[derive(Clone, Copy)]
pub struct Clients<'a> {
    /// Reads API Management.
    pub source: &'a Client,
    /// Reads and writes the center.
    pub center: &'a Client,
}

/// One API to look at.
#[derive(Debug, Clone, Copy)]
pub enum Task<'a> {
    /// An API that the center is to have; with the reason why not, where it has no room for it.
    Group(&'a Group<'a>, Option<&'a str>),
    /// An API that a former run brought, of which the service has nothing any more.
    Gone(&'a HeldApi),
}

impl Task<'_> {
    /// The API's name in the center.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Group(group, _) => &group.name,
            Self::Gone(api) => &api.name,
        }
    }

    /// The result of an API that never got as far as being planned.
    #[must_use]
    pub fn unplanned(&self) -> ApiResult {
        let mut result = ApiResult { name: self.name().to_owned(), ..ApiResult::default() };
        if let Self::Group(group, _) = self {
            let title = group.set.map_or(&*group.versions[0].api.title, |set| &set.title);
            title.clone_into(&mut result.title);
            result.sources = group.selected().map(|version| version.api.name.to_string()).collect();
            result.versions = group.selected().map(|version| version.title.clone()).collect();
        }
        result
    }
}

/// What an import is about.
pub struct Survey<'a> {
    /// The two sides.
    pub clients: Clients<'a>,
    /// Plans an API.
    pub planner: &'a Planner<'a>,
    /// The APIs, in the order of their names; those that are gone come last.
    pub tasks: Vec<Task<'a>>,
}

impl<'a> Survey<'a> {
    /// A survey of these groups; `full` says why those have no place that the center has no room for.
    #[must_use]
    pub fn new(
        clients: Clients<'a>,
        planner: &'a Planner<'a>,
        groups: impl Iterator<Item = &'a Group<'a>>,
        full: &'a Full,
    ) -> Self {
        let tasks = groups.map(|group| Task::Group(group, full.reason(&group.name))).collect();
        Self { clients, planner, tasks }
    }

    /// Adds what a former run brought and the service no longer has, of the APIs that `wanted` lets through.
    pub fn add_gone(&mut self, all: &[Group<'_>], wanted: impl Fn(&str) -> bool) {
        let Some(pruning) = &self.planner.pruning else { return };
        let there: HashSet<String> = all.iter().map(|group| group.name.to_ascii_lowercase()).collect();
        let mut gone: Vec<&HeldApi> = self
            .planner
            .held
            .apis
            .iter()
            .filter(|(name, api)| !there.contains(*name) && pruning.is_about(api) && wanted(name))
            .map(|(_, api)| api)
            .collect();
        gone.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        self.tasks.extend(gone.into_iter().map(Task::Gone));
    }

    /// Plans one API; None for one of which nothing is to go.
    pub async fn plan(&self, task: Task<'a>) -> Result<Option<PlannedApi>> {
        let planner = self.planner;
        match task {
            Task::Group(group, no_room) => {
                let id = planner.id(&group.name);
                let mut below = Below::default();
                if planner.held.apis.contains_key(&group.name.to_ascii_lowercase()) {
                    let all = planner.pruning.is_some();
                    let wanted =
                        |name: &str| all || group.selected().any(|v| v.name.eq_ignore_ascii_case(name));
                    below = inventory::below(self.clients.center, &id, wanted).await?;
                }
                let mut api = planner.api(group, &below);
                if let Some(why) = no_room {
                    api.refused.get_or_insert_with(|| why.to_owned());
                }
                Ok(Some(api))
            }
            Task::Gone(api) => {
                let Some(pruning) = &planner.pruning else { return Ok(None) };
                let id = planner.id(&api.name);
                let below = inventory::below(self.clients.center, &id, |_| true).await?;
                Ok(pruning.gone(&id, api, &below))
            }
        }
    }

    /// Plans all, so many at once, with the documents compared where that is wanted; in no order.
    pub fn all(
        &self,
        at_once: usize,
        documents: bool,
    ) -> impl Stream<Item = (usize, Result<Option<PlannedApi>>)> + '_ {
        let work = self.tasks.iter().enumerate().map(move |(at, task)| async move {
            let mut planned = self.plan(*task).await;
            if let Ok(Some(planned)) = &mut planned
                && documents
                && planned.refused.is_none()
            {
                self.compare(planned).await;
            }
            (at, planned)
        });
        stream::iter(work).buffer_unordered(at_once.max(1))
    }

    /// Compares the documents of a plan with those in the center, for a plan that is only to be shown.
    ///
    /// An API whose document cannot be had is not an error here: it is one when it is imported, and is noted.
    async fn compare(&self, planned: &mut PlannedApi) {
        for part in &mut planned.parts {
            let Some(of) = &mut part.document else { continue };
            match self.compared(of).await {
                Ok(change) if of.definition.change == Change::Unchanged => of.definition.change = change,
                Ok(_) => {}
                Err(error) => planned.notes.push(format!("{}: {error}", of.definition.what)),
            }
        }
    }

    async fn compared(&self, of: &Document) -> Result<Change> {
        if of.known == Known::Nothing {
            return Ok(Change::Create);
        }
        let digest = document::export(self.clients.source, of).await?.digest();
        let there = match &of.known {
            Known::Digest(there) => Some(there.clone()),
            _ => document::digest_in_center(self.clients.center, of).await?,
        };
        Ok(match there {
            None => Change::Create,
            Some(there) if there == digest => Change::Unchanged,
            Some(_) => Change::Update,
        })
    }
}

/// The new APIs that a center has no room for.
#[derive(Debug, Default)]
pub struct Full {
    reason: String,
    names: HashSet<String>,
}

impl Full {
    /// Counts the APIs that are new, in the order of their names, against what the center's plan takes.
    ///
    /// Those that are refused for another reason take no room.
    #[must_use]
    pub fn of(planner: &Planner<'_>, groups: &[Group<'_>]) -> Self {
        let held = planner.held;
        let limits = held.limits;
        let mut room = limits.apis.saturating_sub(held.apis.len());
        let is_new = |group: &&Group<'_>| {
            group.is_selected() && !held.apis.contains_key(&group.name.to_ascii_lowercase())
        };
        let reason = format!("a center takes {} APIs in the {} plan", limits.apis, limits.plan);
        let mut names = HashSet::new();
        if groups.iter().filter(is_new).count() <= room {
            return Self { reason, names };
        }
        for group in groups.iter().filter(is_new) {
            if planner.api(group, &Below::default()).refused.is_some() {
                continue;
            }
            if room == 0 {
                names.insert(group.name.clone());
            }
            room = room.saturating_sub(1);
        }
        Self { reason, names }
    }

    /// Why there is no room for an API of this name; None where there is.
    #[must_use]
    pub fn reason(&self, name: &str) -> Option<&str> {
        self.names.contains(name).then_some(self.reason.as_str())
    }
}
