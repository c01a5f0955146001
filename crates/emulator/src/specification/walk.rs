//! Creates, reads, lists, updates and deletes a resource of every kind, and checks each response.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::facts::Facts;
use crate::resources::{Provider, ResourceKind};
use crate::response::{Response, ResponseExt as _};
use crate::testing::{build_request, set_body, set_token};
use crate::{Emulator, Options, State, sample};

/// A walk through the resource kinds of a provider.
pub(super) struct Walk {
    emulator: Emulator,
    facts: Facts,
    version: &'static str,
    /// Violations that recordings have as well, or which are assumed: the type and the member.
    allowed: &'static [&'static str],
    /// Other violations, with an example of each.
    violations: BTreeMap<String, String>,
    /// The number of checked resources.
    checked: usize,
}

/// What a resource of a kind is created with.
pub(super) struct Sample {
    /// The types of the kind, separated by slashes.
    pub(super) path: &'static str,
    /// The id below the top-level resource. Its parents exist, as sample data or because they come earlier.
    pub(super) id: &'static str,
    /// The properties.
    pub(super) properties: Value,
}

impl Walk {
    /// A walk through the sample data.
    pub(super) fn new(facts: &'static str, version: &'static str, allowed: &'static [&'static str]) -> Self {
        let mut state = State::default();
        sample::load_sample(&mut state, time::OffsetDateTime::UNIX_EPOCH);
        Self {
            emulator: Emulator::new(state, Options::default()),
            facts: Facts::parse(facts),
            version,
            allowed,
            violations: BTreeMap::new(),
            checked: 0,
        }
    }

    /// Sends a request; the result of an operation is waited for.
    pub(super) fn send(&mut self, method: &str, url: &str, body: &Value) -> Response {
        let separator = if url.contains('?') { '&' } else { '?' };
        let mut request = build_request(method, &format!("{url}{separator}api-version={}", self.version));
        set_token(&mut request, "test");
        if !body.is_null() {
            set_body(&mut request, body);
        }
        let mut response = self.emulator.respond(&request);
        while response.status() == 202 {
            let location = response.header("location").expect("the URL of the operation");
            let location = location.strip_prefix("http://emulator.test").expect("the same host");
            response = self
                .emulator
                .respond(&build_request("GET", &location.replace("%3B", ";").replace("%3D", "=")));
        }
        response
    }

    /// Sends a request that must succeed, and returns the body of the response; null for an empty one.
    pub(super) fn send_ok(&mut self, method: &str, url: &str, body: &Value) -> Value {
        let response = self.send(method, url, body);
        let text = String::from_utf8_lossy(response.body());
        assert!(response.status().is_success(), "{method} {url}: {} {text}", response.status());
        serde_json::from_slice(response.body()).unwrap_or_default()
    }

    /// Checks a resource in a response.
    pub(super) fn check(&mut self, path: &str, resource: &Value, request: &str) {
        self.checked += 1;
        for violation in self.facts.violations(path, resource) {
            if !self.allowed.contains(&violation.member.as_str()) {
                let text = format!("{} ({request})", violation.problem);
                self.violations.entry(violation.member).or_insert(text);
            }
        }
    }

    /// Reads and checks every stored resource of a kind, and every list of them.
    fn read(&mut self, provider: &Provider, kind: &ResourceKind, path: &str) {
        let version = self.version;
        let ids = self.emulator.with_state(|state| {
            let is_of_kind = |id: &str| {
                id.contains(&format!("/{}/", provider.root_type.to_ascii_lowercase()))
                    && provider.kind_of(id).is_some_and(|other| other.path == kind.path)
                    && ancestors(id)
                        .all(|id| provider.kind_of(id).is_none_or(|k| k.api_versions.contains(version)))
            };
            let entries = state.store.find(is_of_kind).into_iter();
            entries.filter(|e| e.is_visible_in(version)).map(|e| e.id.clone()).collect::<Vec<_>>()
        });
        let mut collections: Vec<&str> = ids.iter().filter_map(|id| Some(id.rsplit_once('/')?.0)).collect();
        collections.dedup();
        for collection in collections {
            self.read_list(path, collection);
        }
        for id in &ids {
            let body = self.send_ok("GET", id, &Value::Null);
            self.check(path, &body, &format!("GET {id}"));
        }
    }

    /// Reads and checks a list.
    pub(super) fn read_list(&mut self, path: &str, url: &str) {
        let list = self.send_ok("GET", url, &Value::Null);
        for item in list["value"].as_array().expect("a list") {
            self.check(path, item, &format!("GET {url}"));
        }
        let members = list.as_object().into_iter().flatten();
        let others: Vec<_> =
            members.filter(|(name, _)| !["value", "count", "nextLink"].contains(&name.as_str())).collect();
        assert!(others.is_empty(), "{url} has {others:?}");
    }

    /// Creates, replaces, reads and updates a resource.
    fn write(&mut self, root: &str, sample: &Sample, supports_patch: bool) {
        let url = format!("{root}/{}", sample.id);
        let body = json!({"properties": sample.properties});
        for (method, body) in [("PUT", &body), ("PUT", &body), ("PATCH", &json!({"properties": {}}))] {
            if method == "PUT" || supports_patch {
                let response = self.send_ok(method, &url, body);
                self.check(sample.path, &response, &format!("{method} {url}"));
            }
        }
        let head = self.send("HEAD", &url, &Value::Null);
        assert!(head.status().is_success() && head.body().is_empty(), "HEAD {url}: {}", head.status());
    }

    /// The violations so far.
    pub(super) fn violations(&self) -> Vec<String> {
        self.violations.iter().map(|(member, problem)| format!("{member} {problem}")).collect()
    }

    /// Walks through all kinds of a provider that are specified, and returns the violations.
    ///
    /// `samples` are resources below `root`; kinds without a sample are in `unspecified`, or can only be read.
    pub(super) fn walk(
        mut self,
        provider: &Provider,
        root: &str,
        samples: &[Sample],
        unspecified: &[&str],
    ) -> Vec<String> {
        for sample in samples {
            assert!(self.facts.has(sample.path), "there are no facts about {}", sample.path);
            let types: Vec<&str> = sample.path.split('/').collect();
            let kind = provider.kind(&types).unwrap_or_else(|| panic!("{} is not served", sample.path));
            let can_be_patched = provider.supports_patch && kind.handler.is_none();
            self.write(root, sample, can_be_patched);
        }
        for kind in provider.kinds.iter().filter(|kind| kind.api_versions.contains(self.version)) {
            let path = kind.path.join("/");
            if unspecified.contains(&path.as_str()) {
                assert!(!self.facts.has(&path), "there are facts about {path}");
                continue;
            }
            assert!(self.facts.has(&path), "add facts about {path}, or say why there are none");
            self.read(provider, kind, &path);
        }
        for sample in samples.iter().rev() {
            let url = format!("{root}/{}", sample.id);
            self.send_ok("DELETE", &url, &Value::Null);
            let gone = self.send("GET", &url, &Value::Null);
            assert_eq!(gone.status(), 404, "GET {url} after DELETE");
        }
        assert!(self.checked > 2 * samples.len(), "only {} resources were checked", self.checked);
        self.violations()
    }
}

/// The ids of the resources that a resource is below.
fn ancestors(id: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(id), |id| Some(id.rsplit_once('/')?.0.rsplit_once('/')?.0)).skip(1)
}
