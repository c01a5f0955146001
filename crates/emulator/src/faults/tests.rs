use std::num::NonZeroU32;

use serde_json::{Value, json};

use super::effect::{Delivery, Spoilt};
use super::*;
use crate::http::Answer;
use crate::testing::{CENTER, ask, body, call, emulator};
use crate::{Emulator, Options};

fn faults(text: &str) -> Faults {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

/// What the first rule of a text makes of a request and its answer.
fn spoilt(azure: &Emulator, rule: &str, request: &Call) -> Answer {
    let faults = faults(rule);
    let effect = &faults.strike(request).unwrap_or_else(|| panic!("{rule} does not strike")).effect;
    effect.prepare(azure, request);
    let answer = effect.instead(azure, request).unwrap_or_else(|| azure.respond(request));
    effect.spoil(azure, request, answer)
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
    assert_eq!((first.glob.as_str(), first.when), ("*/apis/weather;rev=2*", When::Probably(0.5)));
    let rate = NonZeroU32::new(10);
    assert_eq!(faults.rules[1].rule.effect.delivery(), Delivery { rate, cut: false });
    assert_eq!(faults.rules[2].rule.effect.body, Some(Spoilt::Truncated));
    assert!("# nothing\n;\n".parse::<Faults>().is_ok_and(|faults| faults.rules.is_empty()));
}

#[test]
fn a_bad_rule_is_named_with_what_is_wrong() {
    for (rule, why) in [
        ("PUT", "METHOD GLOB ACTION"),
        ("PUT *", "what is to happen"),
        ("GTE * garbage", "'GTE' is no method"),
        ("GET apis/* garbage", "begins with /"),
        ("* * p=0.5", "does nothing"),
        ("* * explode", "'explode' is no action"),
        ("* * status=99", "200 to 599"),
        ("* * status=503 status=500", "said twice"),
        ("* * truncate garbage", "said twice"),
        ("* * drip=1 n=1 p=1", "said twice"),
        ("* * after", "status=CODE"),
        ("* * code=Busy drip=1", "status=CODE"),
        ("* * reset", "reset=before"),
        ("* * drip=0", "from 1"),
        ("* * retry-after=soon", "250ms"),
        ("* * skew=99999999999", "ten years"),
        ("* * content-type=", "ASCII"),
        ("* * truncate p=2", "up to 1"),
        ("* * truncate every=0", "from 1"),
        ("* * truncate=half", "no action"),
        ("seed=x", "seed=7"),
    ] {
        let error = format!("GET * garbage; {rule}\n* * drip=1").parse::<Faults>().expect_err(rule);
        assert!(error.starts_with(&format!("'{rule}': ")) && error.contains(why), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn a_rule_strikes_what_it_matches_as_often_as_it_says() {
    let times = |when: &str| {
        let faults = faults(&format!("GET */apis/* garbage {when}"));
        let strikes = |method, path| faults.strike(&call(method, path)).is_some();
        assert!(!strikes("PUT", "/x/apis/one") && !strikes("GET", "/x/apis"));
        (1..=10).filter(|_| strikes("GET", "/X/APIS/one")).collect::<Vec<u32>>()
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
    let mut request = call("GET", "/apis/one");
    assert!(faults.strike(&request).is_none());
    request.query.push(("export".to_owned(), "true".to_owned()));
    assert!(faults.strike(&request).is_some());
    request.query = vec![("sig".to_owned(), "export=true".to_owned())];
    assert!(faults.strike(&request).is_none(), "a signature is not looked at");
}

#[test]
fn the_first_rule_that_strikes_is_taken_and_all_of_them_count() {
    let faults = faults("* * garbage n=2; * * overlong n=2; GET * drip=1 every=3");
    let struck = || faults.strike(&call("GET", "/x")).map(|rule| rule.name.clone());
    let names: Vec<_> = (0..4).map(|_| struck().unwrap_or_default()).collect();
    assert_eq!(names, ["", "garbage", "drip=1", ""]);
}

#[test]
fn the_same_seed_strikes_the_same_requests() {
    let struck = |seed: u64, reversed: bool| {
        let faults = faults(&format!("seed={seed}\nPUT * status=500 p=0.2\n* * garbage p=0.2"));
        let name =
            |n: u32| faults.strike(&call("PUT", &format!("/apis/{n}"))).map(|rule| (n, rule.name.clone()));
        let mut all: Vec<_> = if reversed {
            (0..300).rev().filter_map(name).collect()
        } else {
            (0..300).filter_map(name).collect()
        };
        all.sort_unstable();
        all
    };
    let first = struck(1, false);
    assert!((70..150).contains(&first.len()), "{}", first.len());
    assert!(["status=500", "garbage"].iter().all(|name| first.iter().any(|(_, n)| n == name)));
    assert_eq!(first, struck(1, true));
    assert_ne!(first, struck(2, false));
}

#[test]
fn a_refusal_comes_in_place_of_the_work_or_after_it() {
    let azure = emulator(Options::default());
    let mut request = call("PUT", &format!("{CENTER}/workspaces/default/apis/one"));
    request.body = json!({"properties": {"title": "One", "kind": "rest"}}).to_string().into();
    let there = |azure: &Emulator| ask(azure, "GET", &request.path, None).status == 200;
    let refused = spoilt(&azure, "PUT * status=503 code=Busy retry-after=7", &request);
    assert_eq!((refused.status, &body(&refused)["error"]["code"]), (503, &json!("Busy")));
    assert_eq!(refused.header("retry-after"), Some("7"));
    assert!(!there(&azure));
    let refused = spoilt(&azure, "PUT * status=429 after retry-after=250ms", &request);
    assert_eq!((refused.status, &body(&refused)["error"]["code"]), (429, &json!("TooManyRequests")));
    assert_eq!((refused.header("x-ms-retry-after-ms"), refused.header("etag")), (Some("250"), None));
    assert!(there(&azure));
    let absurd = spoilt(&azure, "* * status=503 retry-after=absurd", &request);
    assert_eq!(absurd.header("retry-after"), Some("31536000"));
    let dated = spoilt(&azure, "* * status=503 retry-after=date", &request);
    assert_eq!(dated.header("retry-after"), Some("Fri, 04 Oct 2024 00:00:01 GMT"));
}

#[test]
fn lists_are_led_astray() {
    let azure = emulator(Options::default());
    let request = call("GET", &format!("{CENTER}/workspaces/default/apis"));
    let next = |rule: &str| body(&spoilt(&azure, rule, &request))["nextLink"].as_str().map(str::to_owned);
    assert_eq!(next("* * next-loop"), Some(request.url()));
    let elsewhere = next("* * next-elsewhere").expect("a link");
    assert!(elsewhere.starts_with("http://127.0.0.1:1/subscriptions/s1/"), "{elsewhere}");
    let one = call("GET", CENTER);
    assert_eq!(body(&spoilt(&azure, "* * next-loop", &one))["nextLink"], Value::Null);
}

#[test]
fn bodies_are_spoilt() {
    let azure = emulator(Options::default());
    let request = call("GET", CENTER);
    let right = azure.respond(&request).body;
    let overlong = spoilt(&azure, "* * overlong", &request).body;
    assert!(overlong.len() > right.len() && serde_json::from_slice::<Value>(&overlong).is_err());
    let garbage = spoilt(&azure, "* * garbage content-type=text/html", &request);
    assert!(serde_json::from_slice::<Value>(&garbage.body).is_err());
    assert_eq!(garbage.headers.iter().filter(|(name, _)| name == "content-type").count(), 1);
    assert_eq!(garbage.header("content-type"), Some("text/html"));
}

/// Begins an operation under a rule; gives the answer.
fn begun(azure: &Emulator, rule: &str) -> Answer {
    let definition =
        format!("{CENTER}/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi");
    let mut request = call("POST", &format!("{definition}/importSpecification"));
    request.body = json!({"format": "link", "value": "https://example.com/x"}).to_string().into();
    spoilt(azure, rule, &request)
}

/// Asks how an operation goes; gives what is said of it.
fn polled(azure: &Emulator, location: &str) -> Value {
    let path = location.strip_prefix("http://emulator.test").expect("the same host");
    body(&ask(azure, "GET", path.split('?').next().expect("a path"), None))
}

#[test]
fn operations_go_wrong() {
    let azure = emulator(Options { fetch: Some(Box::new(|_| Ok("{}".to_owned()))), ..Options::default() });
    let location = |answer: &Answer| answer.header("location").map(str::to_owned);
    let states = |rule: &str| {
        let at = location(&begun(&azure, rule)).expect("a location");
        [0, 1, 2].map(|_| polled(&azure, &at)["status"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(states("GET */nowhere garbage; POST * overlong"), ["InProgress", "Succeeded", "Succeeded"]);
    assert_eq!(states("POST * stuck"), ["InProgress", "InProgress", "InProgress"]);
    assert_eq!(states("POST * fail-operation"), ["InProgress", "Failed", "Failed"]);
    // The same of an operation that is asked about.
    let at = location(&begun(&azure, "POST * overlong")).expect("a location");
    let mut poll = call(
        "GET",
        at.strip_prefix("http://emulator.test").expect("ours").split('?').next().expect("a path"),
    );
    poll.query = call("GET", CENTER).query;
    assert_eq!(spoilt(&azure, "GET */operationResults/* fail-operation", &poll).status, 202);
    assert_eq!(polled(&azure, &at)["error"]["code"], "OperationFailed");
    let mut put = call("PUT", &format!("{CENTER}/workspaces/default/apis/begun"));
    put.query = call("GET", CENTER).query;
    put.body = r#"{"properties": {"title": "Begun", "kind": "rest"}}"#.into();
    let accepted = spoilt(&azure, "PUT * accept", &put);
    assert_eq!((accepted.status, accepted.body.len()), (202, 0));
    let at = location(&accepted).expect("a location");
    assert_eq!(
        [polled(&azure, &at)["status"].clone(), polled(&azure, &at)["status"].clone()],
        ["InProgress", "Succeeded"]
    );
    let redirect = location(&spoilt(&azure, "PUT * status=307 location-elsewhere", &put));
    assert!(redirect.is_some_and(|to| to.starts_with("http://127.0.0.1:1/subscriptions/")));
    let answer = begun(&azure, "POST * no-location");
    assert_eq!((answer.status, location(&answer)), (202, None));
    let answer = begun(&azure, "POST * ok-for-accepted");
    assert_eq!((answer.status, location(&answer), answer.header("retry-after")), (200, None, None));
    let elsewhere = location(&begun(&azure, "POST * location-elsewhere")).expect("a location");
    assert!(elsewhere.starts_with("http://127.0.0.1:1/subscriptions/"), "{elsewhere}");
}

#[test]
fn a_clock_that_is_ahead_tells_its_date_and_finds_tokens_expired() {
    use base64::Engine as _;
    let azure = emulator(Options::default());
    let mut request = call("GET", CENTER);
    let late = spoilt(&azure, "* * skew=3600", &request);
    assert_eq!((late.status, late.header("date")), (200, Some("Fri, 04 Oct 2024 01:00:00 GMT")));
    let claims = json!({"exp": request.now.unix_timestamp() + 60}).to_string();
    let token = format!("e30.{}.sig", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims));
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    assert_eq!(azure.respond(&request).status, 200);
    assert_eq!(spoilt(&azure, "* * skew=3600", &request).status, 401);
}

#[test]
fn a_token_that_expired_stays_so_and_another_is_taken() {
    let faults = faults("* * expire n=2");
    let with = |token: &str| {
        let mut request = call("GET", CENTER);
        request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
        request
    };
    let refused = |token| {
        faults.strike(&with(token));
        faults.has_expired(&with(token))
    };
    assert!(!refused("a"));
    assert!(refused("a") && refused("a"));
    assert!(!refused("b"));
    assert!(refused("a"));
}
