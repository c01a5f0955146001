//! `emulator start --faults`: every fault as it is on the wire, and that the log tells it.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Response, TOKEN, send_request};

/// An emulator of the sample's data under these rules, with a log.
fn faulty(rules: &str) -> Azure {
    Azure::start_with_args(&["--sample", "--log", "log.jsonl", "--faults", rules])
}

/// What the log tells of the faults, in order; an empty text for none.
fn told(azure: &Azure) -> Vec<String> {
    let fault = |line: &Value| line["fault"].as_str().unwrap_or_default().to_owned();
    azure.log("log.jsonl").iter().map(fault).collect()
}

fn api() -> String {
    format!("{CENTER_ID}/workspaces/default/apis/one")
}

const ONE: &str = r#"{"properties": {"title": "One", "kind": "rest"}}"#;

#[test]
fn a_connection_is_reset_before_or_after_the_work() {
    for (rule, done) in [("reset=before", 404), ("reset=after", 200)] {
        let azure = faulty(&format!("PUT */apis/* {rule}"));
        let error = azure.try_request("PUT", &api(), ONE).err().expect("no answer");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{rule}");
        assert_eq!(azure.request("GET", &api(), "").status, done, "{rule}");
        let lines = azure.log("log.jsonl");
        assert_eq!((&lines[0]["status"], &lines[0]["fault"]), (&Value::Null, &Value::from(rule)));
        assert_eq!(lines[1].get("fault"), None);
    }
}

#[test]
fn a_connection_that_served_well_is_reset_by_a_later_request() {
    use std::io::{Read as _, Write as _};
    let azure = faulty("GET */apis/* reset=before");
    let host = azure.endpoint().strip_prefix("http://").expect("plain http");
    let mut stream = std::net::TcpStream::connect(host).expect("connects");
    let mut send = |path: &str| {
        write!(
            stream,
            "GET {path}?api-version=2024-03-01 HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\n\r\n"
        )
    };
    send(CENTER_ID).expect("sent");
    send(&api()).expect("sent");
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).expect_err("a reset");
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn an_answer_is_cut_short() {
    let azure = faulty("GET *ApiCenter/services/myAPICenter truncate n=1");
    let cut = azure.try_request("GET", CENTER_ID, "").expect("the headers");
    let whole = azure.request_ok("GET", CENTER_ID, "");
    assert_eq!(cut.header("content-length"), whole.header("content-length"));
    assert_eq!(cut.body, whole.body[..whole.body.len() / 2]);
    assert_eq!(told(&azure), ["truncate", ""]);
}

#[test]
fn an_answer_drips() {
    let azure = faulty("GET *ApiCenter/services/myAPICenter drip=2000 n=2");
    let whole = azure.request_ok("GET", CENTER_ID, "");
    let start = Instant::now();
    let slow = azure.request_ok("GET", CENTER_ID, "");
    let least = Duration::from_secs_f64(f64::from(u32::try_from(slow.body.len()).expect("small")) / 2000.0);
    assert_eq!(slow.body, whole.body);
    assert!(start.elapsed() >= least, "{:?} for {least:?}", start.elapsed());
}

#[test]
fn a_status_comes_in_place_of_the_work_or_after_it() {
    let azure = faulty(
        "PUT */apis/* status=503 code=Busy retry-after=2 n=1; PUT */apis/* status=504 after n=2; \
         GET */apis/* status=429 retry-after=absurd n=3",
    );
    let refused = azure.request("PUT", &api(), ONE);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &Value::from("Busy")));
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert!(refused.header("x-ms-request-id").is_some());
    assert_eq!(azure.request("GET", &api(), "").status, 404);
    assert_eq!(azure.request("PUT", &api(), ONE).status, 504);
    azure.request_ok("GET", &api(), "");
    assert_eq!(azure.request("GET", &api(), "").status, 429);
    let told = told(&azure);
    assert_eq!(
        told,
        ["status=503 code=Busy retry-after=2", "", "status=504 after", "", "status=429 retry-after=absurd"]
    );
}

#[test]
fn bodies_and_their_type_are_wrong() {
    let azure = faulty("GET * garbage n=1; GET * overlong n=2; GET * content-type=text/html n=3");
    let bad = |reply: &Response| serde_json::from_slice::<Value>(&reply.body).is_err();
    assert!(bad(&azure.request_ok("GET", CENTER_ID, "")));
    assert!(bad(&azure.request_ok("GET", CENTER_ID, "")));
    let html = azure.request_ok("GET", CENTER_ID, "");
    assert_eq!((html.header("content-type"), bad(&html)), (Some("text/html"), false));
}

#[test]
fn lists_lead_astray() {
    let azure = faulty("GET */apis next-loop n=1; GET */apis next-elsewhere n=2");
    let list = format!("{APIM_ID}/apis");
    let next = || azure.request_ok("GET", &list, "").json()["nextLink"].as_str().map(str::to_owned);
    assert_eq!(next(), Some(format!("{}{list}?api-version=2022-08-01", azure.endpoint())));
    assert_eq!(next(), Some(format!("http://127.0.0.1:1{list}?api-version=2022-08-01")));
    assert_eq!(next(), None);
}

/// Begins an import of an export of the sample; the answer, and where to ask about it.
fn begin(azure: &Azure) -> (Response, Option<String>) {
    let exported =
        azure.request_ok("GET", &format!("{APIM_ID}/apis/my-api?export=true&format=openapi-link"), "");
    let link = exported.json()["properties"]["value"]["link"].clone();
    let body = serde_json::json!({"format": "link", "value": link}).to_string();
    let definition = "workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi";
    let reply = azure.request_ok("POST", &format!("{CENTER_ID}/{definition}/importSpecification"), &body);
    let location = reply.header("location").map(str::to_owned);
    (reply, location)
}

#[test]
fn operations_go_wrong() {
    let azure = faulty(
        "POST * stuck n=1; POST * fail-operation n=2; POST * no-location n=3; POST * location-elsewhere n=4; \
         POST * ok-for-accepted n=5",
    );
    let states = |location: Option<String>| {
        let location = location.expect("a location");
        let path = location.strip_prefix(azure.endpoint()).expect("the same host").to_owned();
        let poll = || {
            send_request(azure.endpoint(), TOKEN, "GET", &path, "").expect("an answer").json()["status"]
                .clone()
        };
        [poll(), poll(), poll()]
    };
    assert_eq!(states(begin(&azure).1), ["InProgress", "InProgress", "InProgress"]);
    assert_eq!(states(begin(&azure).1), ["InProgress", "Failed", "Failed"]);
    let (reply, location) = begin(&azure);
    assert_eq!((reply.status, location), (202, None));
    let (_, location) = begin(&azure);
    assert!(location.is_some_and(|location| location.starts_with("http://127.0.0.1:1/")));
    let (reply, location) = begin(&azure);
    assert_eq!((reply.status, location), (200, None));
    assert_eq!(states(begin(&azure).1), ["InProgress", "Succeeded", "Succeeded"]);
}

#[test]
fn clocks_and_tokens_are_off() {
    let azure = faulty("GET * skew=-86400 n=1; GET * expire n=2");
    let ahead = azure.request_ok("GET", CENTER_ID, "");
    let path = format!("{CENTER_ID}?api-version=2024-03-01");
    let with = |token| send_request(azure.endpoint(), token, "GET", &path, "").expect("an answer");
    let now = with("a");
    assert_eq!((now.status, &now.json()["error"]["code"]), (401, &Value::from("ExpiredAuthenticationToken")));
    assert_eq!(with("a").status, 401);
    let other = with("b");
    assert_eq!(other.status, 200);
    let day = |reply: &Response| reply.header("date").expect("a date").split(' ').nth(1).map(str::to_owned);
    assert_ne!(day(&ahead), day(&other));
    assert_eq!(told(&azure), ["skew=-86400", "expire", "expire", ""]);
}

#[test]
fn downloads_are_cut_short_too() {
    let azure = faulty("GET /api-export/* truncate n=1");
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f out.json"));
    serde_json::from_slice::<Value>(&azure.read("out.json")).expect("a whole document");
    // azr asked again.
    assert_eq!(told(&azure)[1..], ["truncate", ""]);
}

#[test]
fn azr_gets_through_what_passes() {
    let azure = faulty(
        "PUT * status=503 retry-after=0 n=1; PUT * status=429 retry-after=1ms n=2; GET * reset=before n=1",
    );
    azure.ok(format!("apic api create {CENTER} --api-id one --title One --type rest"));
    azure.ok(format!("apic api show {CENTER} --api-id one"));
    let statuses: Vec<Option<u64>> =
        azure.log("log.jsonl").iter().map(|line| line["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(503), Some(429), Some(200), None, Some(200)]);
}

#[test]
fn rules_come_from_a_file_and_wrong_ones_are_named() {
    let azure = Azure::start();
    azure.write("rules.txt", "# a comment\nseed=1\nPUT */apis/* explode # oops\n");
    let run = azure.run("emulator start --faults rules.txt");
    let error = run.error(2);
    assert!(error.contains("rules.txt") && error.contains("'PUT */apis/* explode'"), "{run}");
    let run = azure.run("emulator start --faults 'GET * drip=much'");
    assert!(run.error(2).contains("'GET * drip=much'"), "{run}");
    let run = azure.run("emulator start --faults absent.txt");
    assert!(run.error(2).contains("no such file"), "{run}");
    azure.write("good.txt", "# only this\nGET *ApiCenter/services/myAPICenter status=418 first=1\n");
    let path = azure.folder().join("good.txt").display().to_string();
    let other = Azure::start_with_args(&["--sample", "--faults", &path]);
    assert_eq!([0, 1].map(|_| other.request("GET", CENTER_ID, "").status), [418, 200]);
}
