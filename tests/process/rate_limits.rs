//! Rate limits: azr slows down before a limit, and waits after a refused request.

use crate::support::{APIM, Azure, CENTER};

#[test]
fn a_bulk_command_slows_down_before_the_limit() {
    let azure = Azure::start_with("--sample --apis 150 --throttle reads=20:60");
    let run = azure.ok(format!(
        "apim api export {APIM} --api-id * --export-format OpenApiJsonFile -f out --concurrency 16 --debug --query length(@)"
    ));
    assert!(run.text().parse().is_ok_and(|count: usize| count > 150), "{run}");
    let responses = |status: &str| run.stderr.matches(&format!("{status} for GET")).count();
    assert!(responses("200") > 150, "{run}");
    assert!(responses("429") <= 3, "{} of {} were refused", responses("429"), responses("200"));
}

#[test]
fn a_refused_request_is_repeated_after_the_retry_after_time() {
    // Two commands within two seconds are one too many; on a slow machine it may take some more attempts.
    const ATTEMPTS: usize = 20;
    for line in [
        format!("apim show {APIM}"),
        format!("apic api create {CENTER} --api-id one --title One --type rest"),
        format!("apic api delete {CENTER} --api-id one --yes"),
    ] {
        let azure =
            Azure::start_with("--sample --throttle reads=1:0.5,writes=1:0.5,deletes=1:0.5 --log log.jsonl");
        let statuses =
            || azure.log("log.jsonl").iter().map(|line| line["status"].as_u64()).collect::<Vec<_>>();
        for _ in 0..ATTEMPTS {
            azure.ok(&line);
            if statuses().contains(&Some(429)) {
                break;
            }
        }
        // It is refused once: a request before the time is over would be refused again.
        let statuses = statuses();
        let refused = statuses.iter().filter(|status| **status == Some(429)).count();
        assert_eq!(refused, 1, "{line}: {statuses:?}");
        let [.., Some(429), Some(200..300)] = statuses[..] else { panic!("{line}: {statuses:?}") };
    }
}

#[test]
fn invalid_sizes_are_refused() {
    let azure = Azure::start();
    for size in ["much", "reads=1", "reads=0:1", "posts=1:1"] {
        assert!(azure.run(format!("emulator start --throttle {size}")).code == Some(2), "{size}");
    }
}
