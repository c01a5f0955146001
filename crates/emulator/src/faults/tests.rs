use std::num::NonZeroU32;

use serde_json::{Value, json};

use super::effect::{BodyFault, Delivery};
use super::*;
use crate::response::{Response, ResponseExt as _};
use crate::testing::{CENTER, ask, body, build_request, emulator, set_body, set_token};
use crate::{Emulator, Options};

fn faults(text: &str) -> Faults {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// The response to a request under the first of these rules.
fn apply_rule(azure: &Emulator, rule: &str, request: &ParsedRequest) -> Response {
    let faults = faults(rule);
    let effect = &faults.select(request).unwrap_or_else(|| panic!("{rule} does not apply")).effect;
    effect.prepare(azure, request);
    let answer = effect.replacement(azure, request).unwrap_or_else(|| azure.respond(request));
    effect.apply(azure, request, answer)
}

#[test]
fn rules_are_read_with_comments_seed_and_several_on_a_line() {
    let faults = faults(
        "# all of this\nseed=42; PUT,post */apis/weather;rev=2* status=503 retry-after=1 p=0.5;* * drip=10 # slow\n\n\
         GET * content-type=text/html;charset=utf-8 truncate n=2;",
    );
    let names: Vec<&str> = faults.rules.iter().map(|counted| counted.rule.name.as_str()).collect();
    let wanted = ["status=503 retry-after=1", "drip=10", "content-type=text/html;charset=utf-8 truncate"];
    assert_eq!(names, wanted);
    let first = &faults.rules[0].rule;
    assert_eq!((faults.seed(), first.methods.join(" ").as_str()), (42, "PUT POST"));
    assert_eq!(
        (first.glob.as_str(), first.frequency),
        ("*/apis/weather;rev=2*", Frequency::Probability(0.5))
    );
    let bytes_per_second = NonZeroU32::new(10);
    assert_eq!(faults.rules[1].rule.effect.delivery(), Delivery { bytes_per_second, truncate: false });
    assert_eq!(faults.rules[2].rule.effect.body, Some(BodyFault::Truncated));
    assert!("# nothing\n;\n".parse::<Faults>().is_ok_and(|faults| faults.rules.is_empty()));
}

#[test]
fn a_bad_rule_is_named_with_what_is_wrong() {
    for (rule, why) in [
        ("PUT", "METHOD GLOB ACTION"),
        ("PUT *", "action is missing"),
        ("GTE * garbage", "'GTE' is not a supported method"),
        ("GET apis/* garbage", "begins with /"),
        ("* * p=0.5", "no action"),
        ("* * explode", "'explode' is not an action"),
        ("* * status=99", "200 to 599"),
        ("* * status=503 status=500", "given twice"),
        ("* * truncate garbage", "given twice"),
        ("* * drip=1 n=1 p=1", "given twice"),
        ("* * after", "status=CODE"),
        ("* * code=Busy drip=1", "status=CODE"),
        ("* * reset", "reset=before"),
        ("* * drip=0", "from 1"),
        ("* * retry-after=soon", "250ms"),
        ("* * skew=99999999999", "ten years"),
        ("* * content-type=", "ASCII"),
        ("* * truncate p=2", "up to 1"),
        ("* * truncate every=0", "from 1"),
        ("* * truncate=half", "is not an action"),
        ("seed=x", "seed=7"),
    ] {
        let error = format!("GET * garbage; {rule}\n* * drip=1").parse::<Faults>().expect_err(rule);
        assert!(error.starts_with(&format!("'{rule}': ")) && error.contains(why), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_rule_applies_as_often_as_its_frequency_says() {
    let times = |when: &str| {
        let faults = faults(&format!("GET */apis/* garbage {when}"));
        let applies = |method, path| faults.select(&build_request(method, path)).is_some();
        assert!(!applies("PUT", "/x/apis/one") && !applies("GET", "/x/apis"));
        (1..=10).filter(|_| applies("GET", "/X/APIS/one")).collect::<Vec<u32>>()
    };
    assert_eq!(times("n=3"), [3]);
    assert_eq!(times("every=4"), [4, 8]);
    assert_eq!(times("first=2"), [1, 2]);
    assert_eq!(times("").len(), 10);
    assert_eq!(times("p=1").len(), 10);
}

#[test]
fn a_glob_may_be_for_the_query_too() {
    let faults = faults("GET *export=true* garbage");
    let mut request = build_request("GET", "/apis/one");
    assert!(faults.select(&request).is_none());
    request.query.push(("export".to_owned(), "true".to_owned()));
    assert!(faults.select(&request).is_some());
    request.query = vec![("sig".to_owned(), "export=true".to_owned())];
    assert!(faults.select(&request).is_none(), "a signature is ignored");
}

#[test]
fn the_first_rule_that_applies_is_used_and_all_of_them_count() {
    let faults = faults("* * garbage n=2; * * overlong n=2; GET * drip=1 every=3");
    let selected = || faults.select(&build_request("GET", "/x")).map(|rule| rule.name.clone());
    let names: Vec<_> = (0..4).map(|_| selected().unwrap_or_default()).collect();
    assert_eq!(names, ["", "garbage", "drip=1", ""]);
}

#[test]
fn the_same_seed_selects_the_same_requests() {
    let selected = |seed: u64, reversed: bool| {
        let faults = faults(&format!("seed={seed}\nPUT * status=500 p=0.2\n* * garbage p=0.2"));
        let name = |n: u32| {
            faults.select(&build_request("PUT", &format!("/apis/{n}"))).map(|rule| (n, rule.name.clone()))
        };
        let mut all: Vec<_> = if reversed {
            (0..300).rev().filter_map(name).collect()
        } else {
            (0..300).filter_map(name).collect()
        };
        all.sort_unstable();
        all
    };
    let first = selected(1, false);
    assert!((70..150).contains(&first.len()), "{}", first.len());
    assert!(["status=500", "garbage"].iter().all(|name| first.iter().any(|(_, n)| n == name)));
    assert_eq!(first, selected(1, true));
    assert_ne!(first, selected(2, false));
}

#[test]
fn an_error_is_sent_instead_of_the_work_or_after_it() {
    let azure = emulator(Options::default());
    let mut request = build_request("PUT", &format!("{CENTER}/workspaces/default/apis/one"));
    set_body(&mut request, &json!({"properties": {"title": "One", "kind": "rest"}}));
    let there = |azure: &Emulator| ask(azure, "GET", &request.path, None).status() == 200;
    let refused = apply_rule(&azure, "PUT * status=503 code=Busy retry-after=7", &request);
    assert_eq!((refused.status().as_u16(), &body(&refused)["error"]["code"]), (503, &json!("Busy")));
    assert_eq!(refused.header("retry-after"), Some("7"));
    assert!(!there(&azure));
    let refused = apply_rule(&azure, "PUT * status=429 after retry-after=250ms", &request);
    assert_eq!(
        (refused.status().as_u16(), &body(&refused)["error"]["code"]),
        (429, &json!("TooManyRequests"))
    );
    assert_eq!((refused.header("x-ms-retry-after-ms"), refused.header("etag")), (Some("250"), None));
    assert!(there(&azure));
    let absurd = apply_rule(&azure, "* * status=503 retry-after=absurd", &request);
    assert_eq!(absurd.header("retry-after"), Some("31536000"));
    let dated = apply_rule(&azure, "* * status=503 retry-after=date", &request);
    assert_eq!(dated.header("retry-after"), Some("Fri, 04 Oct 2024 00:00:01 GMT"));
}

#[test]
fn the_next_link_of_a_list_is_changed() {
    let azure = emulator(Options::default());
    let request = build_request("GET", &format!("{CENTER}/workspaces/default/apis"));
    let next = |rule: &str| body(&apply_rule(&azure, rule, &request))["nextLink"].as_str().map(str::to_owned);
    assert_eq!(next("* * next-loop"), Some(request.url()));
    let elsewhere = next("* * next-elsewhere").expect("a link");
    assert!(elsewhere.starts_with("http://127.0.0.1:1/subscriptions/s1/"), "{elsewhere}");
    let one = build_request("GET", CENTER);
    assert_eq!(body(&apply_rule(&azure, "* * next-loop", &one))["nextLink"], Value::Null);
}

#[test]
fn bodies_are_damaged() {
    let azure = emulator(Options::default());
    let request = build_request("GET", CENTER);
    let right = azure.respond(&request).into_body();
    let overlong = apply_rule(&azure, "* * overlong", &request).into_body();
    assert!(overlong.len() > right.len() && serde_json::from_slice::<Value>(&overlong).is_err());
    let garbage = apply_rule(&azure, "* * garbage content-type=text/html", &request);
    assert!(serde_json::from_slice::<Value>(garbage.body()).is_err());
    assert_eq!(garbage.headers().get_all("content-type").iter().count(), 1);
    assert_eq!(garbage.header("content-type"), Some("text/html"));
}

/// Starts an operation under a rule; returns the response.
fn start_import(azure: &Emulator, rule: &str) -> Response {
    let definition =
        format!("{CENTER}/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi");
    let mut request = build_request("POST", &format!("{definition}/importSpecification"));
    set_body(&mut request, &json!({"format": "link", "value": "https://example.com/x"}));
    apply_rule(azure, rule, &request)
}

/// Polls an operation; returns the body.
fn poll_body(azure: &Emulator, location: &str) -> Value {
    let path = location.strip_prefix("http://emulator.test").expect("the same host");
    body(&ask(azure, "GET", path.split('?').next().expect("a path"), None))
}

#[test]
fn operations_go_wrong() {
    let azure = emulator(Options { fetch: Some(Box::new(|_| Ok("{}".to_owned()))), ..Options::default() });
    let location = |answer: &Response| answer.header("location").map(str::to_owned);
    let states = |rule: &str| {
        let at = location(&start_import(&azure, rule)).expect("a location");
        [0, 1, 2].map(|_| poll_body(&azure, &at)["status"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(states("GET */nowhere garbage; POST * overlong"), ["InProgress", "Succeeded", "Succeeded"]);
    assert_eq!(states("POST * stuck"), ["InProgress", "InProgress", "InProgress"]);
    assert_eq!(states("POST * fail-operation"), ["InProgress", "Failed", "Failed"]);
    // The same of an operation that is asked about.
    let at = location(&start_import(&azure, "POST * overlong")).expect("a location");
    let mut poll = build_request(
        "GET",
        at.strip_prefix("http://emulator.test").expect("ours").split('?').next().expect("a path"),
    );
    poll.query = build_request("GET", CENTER).query;
    assert_eq!(apply_rule(&azure, "GET */operationResults/* fail-operation", &poll).status(), 202);
    assert_eq!(poll_body(&azure, &at)["error"]["code"], "OperationFailed");
    let mut put = build_request("PUT", &format!("{CENTER}/workspaces/default/apis/begun"));
    put.query = build_request("GET", CENTER).query;
    set_body(&mut put, &json!({"properties": {"title": "Begun", "kind": "rest"}}));
    let accepted = apply_rule(&azure, "PUT * accept", &put);
    assert_eq!((accepted.status().as_u16(), accepted.body().len()), (202, 0));
    let at = location(&accepted).expect("a location");
    assert_eq!(
        [poll_body(&azure, &at)["status"].clone(), poll_body(&azure, &at)["status"].clone()],
        ["InProgress", "Succeeded"]
    );
    let redirect = location(&apply_rule(&azure, "PUT * status=307 location-elsewhere", &put));
    assert!(redirect.is_some_and(|to| to.starts_with("http://127.0.0.1:1/subscriptions/")));
    let answer = start_import(&azure, "POST * no-location");
    assert_eq!((answer.status().as_u16(), location(&answer)), (202, None));
    let answer = start_import(&azure, "POST * ok-for-accepted");
    assert_eq!(
        (answer.status().as_u16(), location(&answer), answer.header("retry-after")),
        (200, None, None)
    );
    let elsewhere = location(&start_import(&azure, "POST * location-elsewhere")).expect("a location");
    assert!(elsewhere.starts_with("http://127.0.0.1:1/subscriptions/"), "{elsewhere}");
}

#[test]
fn a_clock_that_is_ahead_sends_its_date_and_expires_tokens() {
    use base64::Engine as _;
    let azure = emulator(Options::default());
    let mut request = build_request("GET", CENTER);
    let late = apply_rule(&azure, "* * skew=3600", &request);
    assert_eq!((late.status().as_u16(), late.header("date")), (200, Some("Fri, 04 Oct 2024 01:00:00 GMT")));
    let claims = json!({"exp": request.now.unix_timestamp() + 60}).to_string();
    let token = format!("e30.{}.sig", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims));
    set_token(&mut request, &token);
    assert_eq!(azure.respond(&request).status(), 200);
    assert_eq!(apply_rule(&azure, "* * skew=3600", &request).status(), 401);
}

#[test]
fn an_expired_token_stays_expired_and_another_is_accepted() {
    let faults = faults("* * expire n=2");
    let with = |token: &str| {
        let mut request = build_request("GET", CENTER);
        set_token(&mut request, token);
        request
    };
    let refused = |token| {
        faults.select(&with(token));
        faults.has_expired(&with(token))
    };
    assert!(!refused("a"));
    assert!(refused("a") && refused("a"));
    assert!(!refused("b"));
    assert!(refused("a"));
}
