//! A service that takes no more requests than its buckets hold: azr slows down, and where it is refused it waits.

use crate::support::{APIM, Azure, CENTER};

#[test]
fn a_bulk_command_slows_down_before_it_is_refused() {
    let azure = Azure::start_with("--sample --apis 150 --throttle reads=20:60");
    let run = azure.ok(format!(
        "apim api export {APIM} --api-id * --export-format OpenApiJsonFile -f out --concurrency 16 --debug --query length(@)"
    ));
    assert!(run.text().parse().is_ok_and(|count: usize| count > 150), "{}", run.story());
    let answers = |status: &str| run.stderr.matches(&format!("{status} for GET")).count();
    assert!(answers("200") > 150, "{}", run.story());
    assert!(answers("429") <= 3, "{} of {} were refused", answers("429"), answers("200"));
}

#[test]
fn one_request_too_many_waits_as_long_as_it_is_told() {
    let azure = Azure::start_with("--sample --throttle reads=1:2,writes=1:2,deletes=1:2");
    for _ in 0..2 {
        azure.ok(format!("apim show {APIM}"));
        azure.ok(format!("apic api create {CENTER} --api-id one --title One --type rest"));
        azure.ok(format!("apic api delete {CENTER} --api-id one --yes"));
    }
    let run = azure.ok(format!("apim show {APIM} --debug"));
    assert!(run.stderr.contains("429 for GET") || run.stderr.contains("200 for GET"), "{}", run.story());
}

#[test]
fn sizes_that_are_none_are_refused() {
    let azure = Azure::start();
    for wrong in ["much", "reads=1", "reads=0:1", "posts=1:1"] {
        assert!(azure.run(format!("emulator start --throttle {wrong}")).code == Some(2), "{wrong}");
    }
}
