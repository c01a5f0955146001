//! `emulator start --faults`: each fault as a client sees it, and its entry in the log.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Response, TOKEN, send_request};

/// Starts an emulator with these rules and a log.
fn start_with_faults(rules: &str) -> Azure {
    Azure::start_with_args(&["--sample", "--log", "log.jsonl", "--faults", rules])
}

/// The fault of each request in the log; an empty string for none.
fn logged_faults(azure: &Azure) -> Vec<String> {
    let fault = |line: &Value| line["fault"].as_str().unwrap_or_default().to_owned();
    azure.log("log.jsonl").iter().map(fault).collect()
}

fn api_path() -> String {
    format!("{CENTER_ID}/workspaces/default/apis/one")
}

const API: &str = r#"{"properties": {"title": "One", "kind": "rest"}}"#;

#[test]
fn a_connection_is_reset_before_or_after_the_request_is_processed() {
    for (rule, status) in [("reset=before", 404), ("reset=after", 200)] {
        let azure = start_with_faults(&format!("PUT */apis/* {rule}"));
        let error = azure.try_request("PUT", &api_path(), API).err().expect("no response");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{rule}");
        assert_eq!(azure.request("GET", &api_path(), "").status, status, "{rule}");
        let lines = azure.log("log.jsonl");
        assert_eq!((&lines[0]["status"], &lines[0]["fault"]), (&Value::Null, &Value::from(rule)));
        assert_eq!(lines[1].get("fault"), None);
    }
}

#[test]
fn a_connection_is_reset_by_a_later_request() {
    use std::io::{Read as _, Write as _};
    let azure = start_with_faults("GET */apis/* reset=before");
    let host = azure.endpoint().strip_prefix("http://").expect("plain http");
    let mut stream = std::net::TcpStream::connect(host).expect("connects");
    let mut send = |path: &str| {
        write!(
            stream,
            "GET {path}?api-version=2024-03-01 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer t\r\n\r\n"
        )
    };
    send(CENTER_ID).expect("sent");
    send(&api_path()).expect("sent");
    let mut response = Vec::new();
    match stream.read_to_end(&mut response) {
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        // Wine shows a reset as an end.
        Ok(_) if cfg!(windows) => {}
        Ok(_) => panic!("no reset"),
    }
    let text = String::from_utf8_lossy(&response);
    assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "only the first request is answered: {text}");
}

#[test]
fn a_response_is_truncated() {
    let azure = start_with_faults("GET *ApiCenter/services/myAPICenter truncate n=1");
    let truncated = azure.try_request("GET", CENTER_ID, "").expect("the headers");
    let complete = azure.request_ok("GET", CENTER_ID, "");
    assert_eq!(truncated.header("content-length"), complete.header("content-length"));
    assert_eq!(truncated.body, complete.body[..complete.body.len() / 2]);
    assert_eq!(logged_faults(&azure), ["truncate", ""]);
}

#[test]
fn a_response_is_sent_slowly() {
    let azure = start_with_faults("GET *ApiCenter/services/myAPICenter drip=2000 n=2");
    let complete = azure.request_ok("GET", CENTER_ID, "");
    let start = Instant::now();
    let slow = azure.request_ok("GET", CENTER_ID, "");
    let minimum = Duration::from_secs_f64(f64::from(u32::try_from(slow.body.len()).expect("small")) / 2000.0);
    assert_eq!(slow.body, complete.body);
    assert!(start.elapsed() >= minimum, "{:?} for {minimum:?}", start.elapsed());
}

#[test]
fn a_status_is_returned_without_or_after_processing_the_request() {
    let azure = start_with_faults(
        "PUT */apis/* status=503 code=Busy retry-after=2 n=1; PUT */apis/* status=504 after n=2; \
         GET */apis/* status=429 retry-after=absurd n=3",
    );
    let refused = azure.request("PUT", &api_path(), API);
    assert_eq!((refused.status, &refused.json()["error"]["code"]), (503, &Value::from("Busy")));
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert!(refused.header("x-ms-request-id").is_some());
    assert_eq!(azure.request("GET", &api_path(), "").status, 404);
    assert_eq!(azure.request("PUT", &api_path(), API).status, 504);
    azure.request_ok("GET", &api_path(), "");
    assert_eq!(azure.request("GET", &api_path(), "").status, 429);
    assert_eq!(
        logged_faults(&azure),
        ["status=503 code=Busy retry-after=2", "", "status=504 after", "", "status=429 retry-after=absurd"]
    );
}

#[test]
fn bodies_and_content_types_are_wrong() {
    let azure = start_with_faults("GET * garbage n=1; GET * overlong n=2; GET * content-type=text/html n=3");
    let is_invalid = |response: &Response| serde_json::from_slice::<Value>(&response.body).is_err();
    assert!(is_invalid(&azure.request_ok("GET", CENTER_ID, "")));
    assert!(is_invalid(&azure.request_ok("GET", CENTER_ID, "")));
    let html = azure.request_ok("GET", CENTER_ID, "");
    assert_eq!((html.header("content-type"), is_invalid(&html)), (Some("text/html"), false));
}

#[test]
fn next_links_are_wrong() {
    let azure = start_with_faults("GET */apis next-loop n=1; GET */apis next-elsewhere n=2");
    let list = format!("{APIM_ID}/apis");
    let next_link = || azure.request_ok("GET", &list, "").json()["nextLink"].as_str().map(str::to_owned);
    assert_eq!(next_link(), Some(format!("{}{list}?api-version=2022-08-01", azure.endpoint())));
    assert_eq!(next_link(), Some(format!("http://127.0.0.1:1{list}?api-version=2022-08-01")));
    assert_eq!(next_link(), None);
}

/// Starts an import of a definition; returns the response and the URL of the operation.
fn start_import(azure: &Azure) -> (Response, Option<String>) {
    let export =
        azure.request_ok("GET", &format!("{APIM_ID}/apis/my-api?export=true&format=openapi-link"), "");
    let link = export.json()["properties"]["value"]["link"].clone();
    let body = serde_json::json!({"format": "link", "value": link}).to_string();
    let definition = "workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi";
    let response = azure.request_ok("POST", &format!("{CENTER_ID}/{definition}/importSpecification"), &body);
    let location = response.header("location").map(str::to_owned);
    (response, location)
}

#[test]
fn operations_fail_or_do_not_end() {
    let azure = start_with_faults(
        "POST * stuck n=1; POST * fail-operation n=2; POST * no-location n=3; POST * location-elsewhere n=4; \
         POST * ok-for-accepted n=5",
    );
    let poll_three_times = |location: Option<String>| {
        let location = location.expect("a location");
        let path = location.strip_prefix(azure.endpoint()).expect("the same host").to_owned();
        let poll = || {
            send_request(azure.endpoint(), TOKEN, "GET", &path, "").expect("a response").json()["status"]
                .clone()
        };
        [poll(), poll(), poll()]
    };
    assert_eq!(poll_three_times(start_import(&azure).1), ["InProgress", "InProgress", "InProgress"]);
    assert_eq!(poll_three_times(start_import(&azure).1), ["InProgress", "Failed", "Failed"]);
    let (response, location) = start_import(&azure);
    assert_eq!((response.status, location), (202, None));
    let (_, location) = start_import(&azure);
    assert!(location.is_some_and(|location| location.starts_with("http://127.0.0.1:1/")));
    let (response, location) = start_import(&azure);
    assert_eq!((response.status, location), (200, None));
    assert_eq!(poll_three_times(start_import(&azure).1), ["InProgress", "Succeeded", "Succeeded"]);
}

#[test]
fn clocks_are_wrong_and_tokens_expire() {
    let azure = start_with_faults("GET * skew=-86400 n=1; GET * expire n=2");
    let wrong_date = azure.request_ok("GET", CENTER_ID, "");
    let path = format!("{CENTER_ID}?api-version=2024-03-01");
    let request_with = |token| send_request(azure.endpoint(), token, "GET", &path, "").expect("a response");
    let expired = request_with("a");
    assert_eq!(
        (expired.status, &expired.json()["error"]["code"]),
        (401, &Value::from("ExpiredAuthenticationToken"))
    );
    assert_eq!(request_with("a").status, 401);
    let other = request_with("b");
    assert_eq!(other.status, 200);
    let day =
        |response: &Response| response.header("date").expect("a date").split(' ').nth(1).map(str::to_owned);
    assert_ne!(day(&wrong_date), day(&other));
    assert_eq!(logged_faults(&azure), ["skew=-86400", "expire", "expire", ""]);
}

#[test]
fn downloads_are_truncated_too() {
    let azure = start_with_faults("GET /api-export/* truncate n=1");
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f out.json"));
    serde_json::from_slice::<Value>(&azure.read("out.json")).expect("a complete document");
    // azr has repeated the download.
    assert_eq!(logged_faults(&azure)[1..], ["truncate", ""]);
}

#[test]
fn azr_retries_temporary_faults() {
    let azure = start_with_faults(
        "PUT * status=503 retry-after=0 n=1; PUT * status=429 retry-after=1ms n=2; GET * reset=before n=1",
    );
    azure.ok(format!("apic api create {CENTER} --api-id one --title One --type rest"));
    azure.ok(format!("apic api show {CENTER} --api-id one"));
    let statuses: Vec<Option<u64>> =
        azure.log("log.jsonl").iter().map(|line| line["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(503), Some(429), Some(200), None, Some(200)]);
}

#[test]
fn rules_are_read_from_a_file_and_invalid_ones_are_named() {
    let azure = Azure::start();
    azure.write("rules.txt", "# a comment\nseed=1\nPUT */apis/* explode # oops\n");
    let run = azure.run("emulator start --faults rules.txt");
    let error = run.error(2);
    assert!(error.contains("rules.txt") && error.contains("'PUT */apis/* explode'"), "{run}");
    let run = azure.run("emulator start --faults 'GET * drip=much'");
    assert!(run.error(2).contains("'GET * drip=much'"), "{run}");
    let run = azure.run("emulator start --faults absent.txt");
    assert!(run.error(2).contains("no file has this name"), "{run}");
    azure.write("good.txt", "# only this\nGET *ApiCenter/services/myAPICenter status=418 first=1\n");
    let path = azure.folder().join("good.txt").display().to_string();
    let other = Azure::start_with_args(&["--sample", "--faults", &path]);
    assert_eq!([0, 1].map(|_| other.request("GET", CENTER_ID, "").status), [418, 200]);
}
