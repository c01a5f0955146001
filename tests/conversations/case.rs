//! The conversations, as the JSON files of this folder hold them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

/// The endpoint of the Resource Manager, which request lines leave out.
const ARM: &str = "https://management.azure.com";

/// The first segment of paths that stand for another host: `/other-host/HOST/PATH`.
pub(crate) const OTHER_HOST: &str = "/other-host/";

/// One command line with the requests, responses and results that belong to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// The arguments of azr.
    pub argv: Vec<String>,
    /// Files that exist before the command runs, by name.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// How request bodies are compared.
    #[serde(default)]
    pub bodies: Bodies,
    /// Requests with their responses.
    pub exchanges: Vec<Exchange>,
    /// The exit code; none stands for any but 0.
    pub exit: Option<i32>,
    /// What is printed, where the output format is JSON.
    pub stdout: Option<Value>,
    /// What is printed, where the output format is another.
    pub lines: Option<Vec<String>>,
    /// Files that the command writes, by name.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// How request bodies are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bodies {
    /// They are equal.
    #[default]
    Exact,
    /// The members of the recorded body are there; further ones are allowed.
    Subset,
}

/// A request and the response to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exchange {
    /// Method and target, such as `GET /subscriptions?api-version=2024-11-01`.
    pub request: String,
    /// The body of the request; null without one.
    #[serde(default)]
    pub body: Value,
    /// The status of the response.
    pub status: u16,
    /// Headers of the response beside `content-type`, which is JSON unless it is given.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body of the response: a string is sent as it is, anything else as JSON.
    #[serde(default)]
    pub response: Value,
}

impl Exchange {
    /// The method of the request.
    pub(crate) fn method(&self) -> &str {
        self.request.split_once(' ').map_or("", |(method, _)| method)
    }

    /// The path and query of the request.
    pub(crate) fn target(&self) -> &str {
        self.request.split_once(' ').map_or("", |(_, target)| target)
    }

    /// Whether the request reads only.
    pub(crate) fn is_read(&self) -> bool {
        is_read(self.method())
    }
}

/// Whether requests with this method read only.
pub(crate) fn is_read(method: &str) -> bool {
    matches!(method, "GET" | "HEAD")
}

/// The folder of the conversations.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations")
}

/// Reads the conversations of a file by their names, each as the JSON that [`Case::localize`] takes.
pub(crate) fn read_group(group: &str) -> Map<String, Value> {
    let path = folder().join(group).with_extension("json");
    let text = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

impl Case {
    /// The conversation with the Resource Manager and every other host that is asked at `endpoint`, and its
    /// files in `folder`.
    pub(crate) fn localize(case: &Value, endpoint: &str, folder: &Path) -> Self {
        let mut replacements =
            vec![(ARM.to_owned(), endpoint.to_owned()), ("{tmp}".to_owned(), folder.display().to_string())];
        for host in other_hosts(case) {
            replacements.push((format!("https://{host}/"), format!("{endpoint}{OTHER_HOST}{host}/")));
        }
        let mut local: Self =
            serde_json::from_value(replace(case, &replacements)).unwrap_or_else(|e| panic!("{e}: {case}"));
        for exchange in &mut local.exchanges {
            exchange.request = exchange.request.replace(&format!(" {endpoint}"), " ");
        }
        local
    }
}

/// The hosts that are asked besides the Resource Manager.
fn other_hosts(case: &Value) -> Vec<&str> {
    let requests = case["exchanges"].as_array().into_iter().flatten().filter_map(|e| e["request"].as_str());
    let urls = requests.filter_map(|request| request.split_once(" https://"));
    urls.filter_map(|(_, rest)| rest.split('/').next()).collect()
}

/// The same JSON with texts replaced in all strings.
fn replace(value: &Value, replacements: &[(String, String)]) -> Value {
    match value {
        Value::String(text) => {
            let replaced = replacements.iter().fold(text.clone(), |text, (from, to)| text.replace(from, to));
            Value::String(replaced)
        }
        Value::Array(items) => items.iter().map(|item| replace(item, replacements)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), replace(member, replacements))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn hosts_and_folders_are_replaced_by_local_ones() {
    let case = serde_json::json!({
        "argv": ["--file", "{tmp}/a", "https://blob.example/b", "https://other.example/b"],
        "exchanges": [{"request": "GET https://blob.example/b?c", "status": 200, "response": ["https://management.azure.com/d"]}],
        "exit": 0
    });
    let case = Case::localize(&case, "http://127.0.0.1:1", Path::new("/work"));
    let blob = "http://127.0.0.1:1/other-host/blob.example/b";
    assert_eq!(case.argv, ["--file", "/work/a", blob, "https://other.example/b"]);
    assert_eq!(case.exchanges[0].request, "GET /other-host/blob.example/b?c");
    assert_eq!(case.exchanges[0].response[0], "http://127.0.0.1:1/d");
}
