//! APIs and versions for which the center has no room.

use super::*;
use crate::over_quota::OverQuota;

#[test]
fn the_oldest_versions_are_left_out_beyond_the_limit() {
    let apis = || (1..=7).map(|n| versioned(&format!("o{n}"), "orders", &format!("v{n}"))).collect();
    let cut = plan_apis(apis());
    assert_eq!(cut[0].version_titles, ["v3", "v4", "v5", "v6", "v7"]);
    assert_eq!(cut[0].notes.len(), 1, "{:?}", cut[0].notes);
    let mut standard = empty();
    standard.snapshot.limits = PlanLimits::STANDARD;
    let all = plan_with(&service_with(apis()), &standard, &PlanOptions::default(), false).expect("a plan");
    assert_eq!(all[0].versions.len(), 7);
}

#[test]
fn apis_beyond_the_limit_have_no_room() {
    let mut center = empty();
    center.snapshot.limits.apis = 1;
    let source = service_with(vec![api("one", &json!({})), api("two", &json!({}))]);
    let options = PlanOptions::default();
    let groups = group_into_apis(&source, &center.snapshot, &all(), &options).expect("groups");
    let prerequisites = plan_prerequisites(&source, &center.snapshot, &options).expect("prerequisites");
    let planner = Planner::new(&source, &center.snapshot, &options, &prerequisites, None);
    let over_quota = OverQuota::new(&planner, &groups);
    assert_eq!(over_quota.reason("one"), None);
    assert!(over_quota.reason("two").is_some_and(|why| why.contains("Free plan")));
}
