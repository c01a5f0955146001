//! The new APIs for which a center has no room.

use std::collections::HashSet;

use super::plan::{ApiGroup, Planner, StaleSources};
use super::snapshot::{ApiChildren, PlanLimits};

/// The new APIs that exceed the number of APIs that the center's plan allows.
#[derive(Debug, Default)]
pub(crate) struct OverQuota {
    reason: String,
    names: HashSet<String>,
}

impl OverQuota {
    /// Counts the new APIs, in the order of their names, against the limit of the center's plan.
    ///
    /// APIs that are skipped for another reason do not count.
    #[must_use]
    pub(crate) fn new(planner: &Planner<'_>, groups: &[ApiGroup<'_>]) -> Self {
        let center = planner.center;
        let limits = center.limits;
        let mut room = limits.apis.saturating_sub(center.apis.len());
        let is_new = |group: &&ApiGroup<'_>| {
            group.is_selected() && !center.apis.contains_key(&group.name.to_ascii_lowercase())
        };
        let mut reason = format!("API Center allows {} APIs in the {} plan", limits.apis, limits.plan);
        if limits == PlanLimits::FREE {
            let PlanLimits { plan, apis, .. } = PlanLimits::STANDARD;
            reason = format!("{reason}, and {apis} in the {plan} plan");
        }
        let mut names = HashSet::new();
        if groups.iter().filter(is_new).count() <= room {
            return Self { reason, names };
        }
        for group in groups.iter().filter(is_new) {
            if planner
                .plan_api(group, None, &ApiChildren::default(), &StaleSources::default())
                .skip_reason
                .is_some()
            {
                continue;
            }
            if room == 0 {
                names.insert(group.name.to_string());
            }
            room = room.saturating_sub(1);
        }
        Self { reason, names }
    }

    /// Why there is no room for an API; None if there is.
    #[must_use]
    pub(crate) fn reason(&self, name: &str) -> Option<&str> {
        self.names.contains(name).then_some(self.reason.as_str())
    }
}
