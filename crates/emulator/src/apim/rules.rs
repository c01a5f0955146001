//! What API Management demands of each kind of entity: one row a kind.
//!
//! Lengths, required members and choices are those of the published types of API version 2022-08-01.

use serde_json::{Map, Value, json};

/// What a member of `properties` may be.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A string of at least and at most so many characters.
    Text(usize, usize),
    /// One of these, in any case; stored in this spelling.
    Choice(&'static [&'static str]),
    /// true or false.
    Flag,
    /// A whole number, not below zero.
    Count,
    /// A list of strings.
    Texts,
    /// A list of these, in any case; stored in this spelling.
    Choices(&'static [&'static str]),
    /// A list of anything.
    List,
    /// An object.
    Object,
}

/// One member of `properties`.
#[derive(Debug)]
pub struct Rule {
    /// Its name on the wire.
    pub member: &'static str,
    /// Whether an entity cannot be without it.
    pub required: bool,
    /// What it may be.
    pub check: Check,
}

/// What a kind does beyond storing what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Nothing.
    Plain,
    /// An API: imports, revisions, exports.
    Api,
    /// An operation: what it says changes the API's document.
    Operation,
    /// A schema: likewise.
    Schema,
    /// A release: makes a revision current.
    Release,
    /// A named value: its secret is shown on request only.
    NamedValue,
    /// A version set: its scheme decides what else it needs.
    VersionSet,
    /// A policy: asked for in a format.
    Policy,
}

/// A kind of entity inside a service.
#[derive(Debug)]
pub struct Kind {
    /// Its types below `service`, such as `["apis", "operations"]`.
    pub types: &'static [&'static str],
    /// What an error calls it.
    pub noun: &'static str,
    /// The most characters of its name.
    pub name_max: usize,
    /// Whether its name may hold what [`FORBIDDEN`] lists.
    pub any_name: bool,
    /// What it does beyond storing.
    pub nature: Nature,
    /// Its members that are checked; others are stored as they come.
    pub rules: &'static [Rule],
    /// Members that the service adds where they are not given, as JSON.
    pub defaults: &'static [(&'static str, &'static str)],
}

/// The characters that most names may not hold: the pattern `^[^*#&+:<>?]+$`.
pub const FORBIDDEN: &[char] = &['*', '#', '&', '+', ':', '<', '>', '?'];

const fn must(member: &'static str, check: Check) -> Rule {
    Rule { member, required: true, check }
}

const fn may(member: &'static str, check: Check) -> Rule {
    Rule { member, required: false, check }
}

const ANY: usize = usize::MAX;
const API_TYPES: Check = Check::Choice(&["http", "soap", "websocket", "graphql"]);

/// APIs.
pub static API: Kind = Kind {
    types: &["apis"],
    noun: "Api",
    name_max: 256,
    any_name: false,
    nature: Nature::Api,
    rules: &[
        must("path", Check::Text(0, 400)),
        may("displayName", Check::Text(1, 300)),
        may("serviceUrl", Check::Text(0, 2000)),
        may("description", Check::Text(0, ANY)),
        may("protocols", Check::Choices(&["http", "https", "ws", "wss"])),
        may("type", API_TYPES),
        may("apiType", API_TYPES),
        may("apiRevision", Check::Text(1, 100)),
        may("apiVersion", Check::Text(0, 100)),
        may("apiRevisionDescription", Check::Text(0, 256)),
        may("apiVersionDescription", Check::Text(0, 256)),
        may("apiVersionSetId", Check::Text(0, ANY)),
        may("apiVersionSet", Check::Object),
        may("isCurrent", Check::Flag),
        may("subscriptionRequired", Check::Flag),
        may("subscriptionKeyParameterNames", Check::Object),
        may("termsOfServiceUrl", Check::Text(0, ANY)),
        may("contact", Check::Object),
        may("license", Check::Object),
        may("sourceApiId", Check::Text(1, ANY)),
        may("value", Check::Text(1, ANY)),
        may("format", Check::Text(1, ANY)),
        may("wsdlSelector", Check::Object),
    ],
    defaults: &[
        ("type", "\"http\""),
        ("subscriptionRequired", "true"),
        ("protocols", "[\"https\"]"),
        ("isOnline", "true"),
    ],
};

static KINDS: &[Kind] = &[
    Kind {
        types: &["apis", "operations"],
        noun: "Operation",
        name_max: 80,
        any_name: true,
        nature: Nature::Operation,
        rules: &[
            must("displayName", Check::Text(1, 300)),
            must("method", Check::Text(1, ANY)),
            must("urlTemplate", Check::Text(1, 1000)),
            may("description", Check::Text(0, 1000)),
            may("templateParameters", Check::List),
            may("request", Check::Object),
            may("responses", Check::List),
        ],
        defaults: &[],
    },
    Kind {
        types: &["apis", "releases"],
        noun: "Release",
        name_max: 80,
        any_name: false,
        nature: Nature::Release,
        rules: &[must("apiId", Check::Text(1, ANY)), may("notes", Check::Text(0, ANY))],
        defaults: &[],
    },
    Kind {
        types: &["apis", "schemas"],
        noun: "Schema",
        name_max: 80,
        any_name: true,
        nature: Nature::Schema,
        rules: &[must("contentType", Check::Text(1, ANY)), must("document", Check::Object)],
        defaults: &[],
    },
    Kind {
        types: &["apis", "resolvers"],
        noun: "Resolver",
        name_max: 80,
        any_name: true,
        nature: Nature::Plain,
        rules: &[
            must("displayName", Check::Text(1, 300)),
            must("path", Check::Text(1, 300)),
            may("description", Check::Text(0, 1000)),
        ],
        defaults: &[],
    },
    Kind { types: &["apis", "resolvers", "policies"], ..POLICY },
    Kind { types: &["apis", "policies"], ..POLICY },
    Kind { types: &["apis", "operations", "policies"], ..POLICY },
    Kind {
        types: &["apiVersionSets"],
        noun: "ApiVersionSet",
        name_max: 80,
        any_name: false,
        nature: Nature::VersionSet,
        rules: &[
            must("displayName", Check::Text(1, 100)),
            must("versioningScheme", Check::Choice(&["Segment", "Query", "Header"])),
            may("description", Check::Text(0, ANY)),
            may("versionQueryName", Check::Text(1, 100)),
            may("versionHeaderName", Check::Text(1, 100)),
        ],
        defaults: &[],
    },
    Kind {
        types: &["products"],
        noun: "Product",
        name_max: 256,
        any_name: true,
        nature: Nature::Plain,
        rules: &[
            must("displayName", Check::Text(1, 300)),
            may("description", Check::Text(0, 1000)),
            may("terms", Check::Text(0, ANY)),
            may("subscriptionRequired", Check::Flag),
            may("approvalRequired", Check::Flag),
            may("subscriptionsLimit", Check::Count),
            may("state", Check::Choice(&["notPublished", "published"])),
        ],
        defaults: &[("subscriptionRequired", "true"), ("state", "\"notPublished\"")],
    },
    Kind {
        types: &["namedValues"],
        noun: "NamedValue",
        name_max: 256,
        any_name: false,
        nature: Nature::NamedValue,
        rules: &[
            must("displayName", Check::Text(1, 256)),
            may("value", Check::Text(1, 4096)),
            may("keyVault", Check::Object),
            may("tags", Check::Texts),
            may("secret", Check::Flag),
        ],
        defaults: &[("secret", "false")],
    },
    Kind {
        types: &["backends"],
        noun: "Backend",
        name_max: 80,
        any_name: true,
        nature: Nature::Plain,
        rules: &[
            must("url", Check::Text(1, 2000)),
            must("protocol", Check::Choice(&["http", "soap"])),
            may("title", Check::Text(1, 300)),
            may("description", Check::Text(1, 2000)),
            may("resourceId", Check::Text(1, 2000)),
            may("credentials", Check::Object),
            may("proxy", Check::Object),
            may("tls", Check::Object),
        ],
        defaults: &[],
    },
    Kind {
        types: &["tags"],
        noun: "Tag",
        name_max: 80,
        any_name: false,
        nature: Nature::Plain,
        rules: &[must("displayName", Check::Text(1, 160))],
        defaults: &[],
    },
];

const POLICY: Kind = Kind {
    types: &[],
    noun: "Policy",
    name_max: 80,
    any_name: true,
    nature: Nature::Policy,
    rules: &[
        must("value", Check::Text(1, ANY)),
        may("format", Check::Choice(&["xml", "xml-link", "rawxml", "rawxml-link"])),
    ],
    defaults: &[("format", "\"xml\"")],
};

/// The kind with these types below `service`, in any case.
pub fn kind(types: &[&str]) -> Option<&'static Kind> {
    std::iter::once(&API).chain(KINDS).find(|k| {
        k.types.len() == types.len() && k.types.iter().zip(types).all(|(a, b)| a.eq_ignore_ascii_case(b))
    })
}

impl Kind {
    /// The full type, such as `Microsoft.ApiManagement/service/apis`.
    pub fn full_type(&self) -> String {
        format!("Microsoft.ApiManagement/service/{}", self.types.join("/"))
    }

    /// What is wrong with a name.
    pub fn name_fault(&self, name: &str) -> Option<String> {
        let length = name.chars().count();
        if length == 0 || length > self.name_max {
            return Some(format!(
                "The identifier must have 1 to {} characters, not {length}.",
                self.name_max
            ));
        }
        if self.nature == Nature::Policy && name != "policy" {
            return Some("The only policy here is named 'policy'.".to_owned());
        }
        let bad = name.chars().find(|c| FORBIDDEN.contains(c) && !self.any_name)?;
        Some(format!("The identifier must not hold '{bad}'; it has to match the pattern ^[^*#&+:<>?]+$."))
    }

    /// Checks the members of `properties`, brings choices into their own spelling and drops nulls.
    ///
    /// With `partial` (PATCH) nothing is required. All faults come back at once, as the service tells them.
    pub fn check(
        &self,
        properties: &mut Map<String, Value>,
        partial: bool,
    ) -> Result<(), Vec<(String, String)>> {
        properties.retain(|_, v| !v.is_null());
        let mut faults = Vec::new();
        for rule in self.rules {
            match properties.get_mut(rule.member) {
                None if rule.required && !partial => {
                    faults.push((rule.member.to_owned(), format!("'{}' is required.", rule.member)));
                }
                None => {}
                Some(value) => {
                    if let Err(fault) = rule.check.apply(value) {
                        faults.push((rule.member.to_owned(), format!("'{}' {fault}.", rule.member)));
                    }
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Adds what the service adds by itself.
    pub fn fill(&self, properties: &mut Map<String, Value>) {
        for (member, text) in self.defaults {
            if !properties.contains_key(*member) {
                let value = serde_json::from_str(text).unwrap_or(Value::Null);
                properties.insert((*member).to_owned(), value);
            }
        }
    }
}

impl Check {
    fn apply(self, value: &mut Value) -> Result<(), String> {
        match (self, &*value) {
            (Self::Text(least, most), Value::String(text)) => {
                let length = text.chars().count();
                if length < least {
                    return Err("must not be empty".to_owned());
                }
                if length > most {
                    return Err(format!("has {length} characters; at most {most} are allowed"));
                }
                Ok(())
            }
            (Self::Choice(choices), Value::String(text)) => {
                *value = json!(spelled(choices, text)?);
                Ok(())
            }
            (Self::Choices(choices), Value::Array(items)) => {
                let spelled: Result<Vec<&str>, String> =
                    items.iter().map(|i| spelled(choices, i.as_str().unwrap_or_default())).collect();
                *value = json!(spelled?);
                Ok(())
            }
            (Self::Texts, Value::Array(items)) if items.iter().all(Value::is_string) => Ok(()),
            (Self::List, Value::Array(_))
            | (Self::Object, Value::Object(_))
            | (Self::Flag, Value::Bool(_)) => Ok(()),
            (Self::Count, Value::Number(n)) if n.as_u64().is_some() => Ok(()),
            _ => Err("has the wrong type".to_owned()),
        }
    }
}

fn spelled(choices: &'static [&'static str], text: &str) -> Result<&'static str, String> {
    choices
        .iter()
        .find(|c| c.eq_ignore_ascii_case(text))
        .copied()
        .ok_or_else(|| format!("is '{text}'; it must be one of: {}", choices.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn every_default_is_json() {
        for kind in std::iter::once(&API).chain(KINDS) {
            for (member, text) in kind.defaults {
                assert!(serde_json::from_str::<Value>(text).is_ok(), "{} {member}", kind.noun);
            }
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let kind = kind(&["APIVERSIONSETS"]).expect("a kind");
        let mut given = properties(&json!({"versioningScheme": "nope", "versionQueryName": ""}));
        let faults = kind.check(&mut given, false).expect_err("wrong");
        let members: Vec<&str> = faults.iter().map(|(m, _)| m.as_str()).collect();
        assert_eq!(members, ["displayName", "versioningScheme", "versionQueryName"]);
    }

    #[test]
    fn choices_take_the_spelling_of_the_service() {
        let mut given = properties(&json!({"path": "", "type": "GraphQL", "protocols": ["HTTPS"]}));
        API.check(&mut given, false).expect("valid");
        assert_eq!(given["type"], "graphql");
        assert_eq!(given["protocols"], json!(["https"]));
    }

    #[test]
    fn names_are_checked_by_kind() {
        assert!(API.name_fault("echo-api").is_none());
        assert!(API.name_fault("a?b").is_some());
        assert!(API.name_fault(&"x".repeat(257)).is_some());
        assert!(kind(&["apis", "policies"]).and_then(|k| k.name_fault("other")).is_some());
    }
}
