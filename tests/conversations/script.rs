//! The requests that a command must send, and the answers to them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::answer::Answer;
use crate::case::{Bodies, Case, Exchange, OTHER_HOST, is_read};
use crate::compare::{compare_bodies, paths_match};

/// The access token of every command.
pub(crate) const TOKEN: &str = "conversation-token";

/// A request, as far as it matters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The value of `authorization`.
    pub authorization: Option<String>,
    /// The body.
    pub body: String,
}

/// The exchanges that are still to come, and what was wrong so far.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pending: Vec<Exchange>,
    bodies: Bodies,
    /// The answers to reads, by path: a read may be repeated.
    reads: HashMap<String, Answer>,
    problems: Vec<String>,
}

impl Script {
    /// The exchanges of a conversation.
    pub(crate) fn new(case: &Case) -> Self {
        Self { pending: case.exchanges.clone(), bodies: case.bodies, ..Self::default() }
    }

    /// What was wrong with the requests.
    pub(crate) fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The writes that did not come.
    pub(crate) fn missing_writes(&self) -> impl Iterator<Item = &str> {
        self.pending.iter().filter(|exchange| !exchange.is_read()).map(|exchange| exchange.request.as_str())
    }

    /// Checks a request and answers it.
    ///
    /// Writes must come in the order of the conversation. Reads are free: azr may read more than az, and needs not
    /// read what az does.
    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        let (path, query) = split_target(&request.target);
        let name = format!("{} {path}", request.method);
        self.check_headers(request, &name, &path, &query);
        if let Some(index) = self.pending.iter().position(|e| matches(e, request, &path, &query)) {
            return self.exchange(index, request, &name, &path);
        }
        if is_read(&request.method) {
            if let Some(answer) = self.reads.get(&path.to_lowercase()) {
                return answer.clone();
            }
            if !path.starts_with(OTHER_HOST) {
                return Answer::to_unknown_read(&path);
            }
        }
        self.problems
            .push(format!("unexpected request: {} {}\n{}", request.method, request.target, request.body));
        Answer::not_found()
    }

    fn check_headers(
        &mut self,
        request: &Request,
        name: &str,
        path: &str,
        query: &BTreeMap<String, Vec<String>>,
    ) {
        if path.starts_with(OTHER_HOST) {
            if request.authorization.is_some() {
                self.problems.push(format!("{name}: the token is sent to another host"));
            }
            return;
        }
        if request.authorization.as_deref() != Some(format!("Bearer {TOKEN}").as_str()) {
            self.problems.push(format!("{name}: the authorization is {:?}", request.authorization));
        }
        if !query.contains_key("api-version") {
            self.problems.push(format!("{name}: no api-version"));
        }
    }

    /// Answers with a pending exchange.
    fn exchange(&mut self, index: usize, request: &Request, name: &str, path: &str) -> Answer {
        let exchange = self.pending.remove(index);
        let answer = Answer::from_exchange(&exchange);
        if exchange.is_read() {
            self.reads.insert(path.to_lowercase(), answer.clone());
            return answer;
        }
        if let Some(earlier) = self.pending[..index].iter().find(|earlier| !earlier.is_read()) {
            self.problems.push(format!("{name} comes before {}", earlier.request));
        }
        let body = match request.body.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        };
        if let Err(difference) = compare_bodies(&exchange.body, &body, self.bodies) {
            self.problems.push(format!("{name}: the body differs: {difference}"));
        }
        answer
    }
}

/// Whether a request is the one of an exchange; of the query, only what selects a version or the content counts.
fn matches(
    exchange: &Exchange,
    request: &Request,
    path: &str,
    query: &BTreeMap<String, Vec<String>>,
) -> bool {
    let (expected_path, expected_query) = split_target(exchange.target());
    if exchange.method() != request.method || !paths_match(&expected_path, path) {
        return false;
    }
    let selects = |name: &str| name.starts_with('$') || matches!(name, "format" | "export" | "api-version");
    let lower = |values: Option<&Vec<String>>| -> Vec<String> {
        values.into_iter().flatten().map(|value| value.to_lowercase()).collect()
    };
    expected_query
        .keys()
        .filter(|name| selects(name))
        .all(|name| lower(expected_query.get(name)) == lower(query.get(name)))
}

/// The path of a target and the values of its query, decoded.
fn split_target(target: &str) -> (String, BTreeMap<String, Vec<String>>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut values = BTreeMap::<_, Vec<_>>::new();
    for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
        if !value.is_empty() {
            let value = percent_decode(&value.replace('+', " "));
            values.entry(percent_decode(name)).or_default().push(value);
        }
    }
    (percent_decode(path), values)
}

fn percent_decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What is reported of one request, in a conversation that has a read and a write.
    fn problems_of(method: &str, target: &str, authorization: Option<&str>, body: &str) -> Vec<String> {
        let case = json!({"argv": [], "exit": 0, "exchanges": [
            {"request": "GET https://blob.example/a?sig=1", "status": 200, "response": "text"},
            {"request": "PUT /apis/a?api-version=1", "body": {"a": 1}, "status": 201, "response": {}}
        ]});
        let mut script =
            Script::new(&Case::localize(&case, "http://127.0.0.1:1", std::path::Path::new("/work")));
        script.answer(&Request {
            method: method.to_owned(),
            target: target.to_owned(),
            authorization: authorization.map(str::to_owned),
            body: body.to_owned(),
        });
        script.problems().to_vec()
    }

    const BEARER: Option<&str> = Some("Bearer conversation-token");
    const BODY: &str = r#"{"a": 1, "b": null}"#;

    #[test]
    fn a_request_as_expected_is_no_problem() {
        assert!(problems_of("PUT", "/apis/A?api-version=1", BEARER, BODY).is_empty());
        assert!(problems_of("GET", "/other-host/blob.example/a?sig=1", None, "").is_empty());
        assert!(problems_of("GET", "/apis/b?api-version=1", BEARER, "").is_empty(), "reads are free");
    }

    #[test]
    fn the_token_goes_to_the_resource_manager_only() {
        let problems = problems_of("GET", "/other-host/blob.example/a?sig=1", BEARER, "");
        assert_eq!(problems, ["GET /other-host/blob.example/a: the token is sent to another host"]);
        let problems = problems_of("PUT", "/apis/a?api-version=1", None, BODY);
        assert_eq!(problems, ["PUT /apis/a: the authorization is None"]);
    }

    #[test]
    fn the_api_version_is_checked() {
        let problems = problems_of("GET", "/apis/b?api-version=", BEARER, "");
        assert_eq!(problems, ["GET /apis/b: no api-version"]);
        let problems = problems_of("PUT", "/apis/a?api-version=2", BEARER, BODY);
        assert_eq!(problems, [format!("unexpected request: PUT /apis/a?api-version=2\n{BODY}")]);
    }

    #[test]
    fn the_body_is_checked() {
        let problems = problems_of("PUT", "/apis/a?api-version=1", BEARER, "not JSON");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].ends_with("+ \"not JSON\""), "{problems:#?}");
    }

    #[test]
    fn another_host_is_asked_as_expected_only() {
        let problems = problems_of("GET", "/other-host/blob.example/b", None, "");
        assert_eq!(problems, ["unexpected request: GET /other-host/blob.example/b\n"]);
    }

    #[test]
    fn targets_are_decoded() {
        let (path, query) = split_target("/a%20b?$filter=kind%20eq+%27rest%27&x=&y");
        assert_eq!(path, "/a b");
        assert_eq!(query, BTreeMap::from([("$filter".to_owned(), vec!["kind eq 'rest'".to_owned()])]));
    }
}
