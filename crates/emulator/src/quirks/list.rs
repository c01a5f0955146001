//! The list of quirks to reproduce, as `--quirks` takes it.

use std::str::FromStr;
use std::time::Duration;

/// How long propagation takes if nothing else is said.
const DEFAULT_PROPAGATION: Duration = Duration::from_secs(5);

/// How long an API source does not notice changes if nothing else is said; the service needs minutes.
const DEFAULT_LATE_SYNC: Duration = Duration::from_secs(300);

/// A behavior of the real services that is reproduced on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    /// Concurrent exports of one version set are mixed up.
    ExportMixUp,
    /// Concurrent writes to one API conflict, and some others.
    Conflict,
    /// A new resource is not known to its children at first, and a new role assignment has no effect at first.
    Propagation(Duration),
    /// Resources are created or deleted while a list is read.
    ShiftingPages,
    /// Lists lack items, or the count.
    ShortLists,
    /// Error texts of Entra have line breaks and escapes.
    Escapes,
    /// Exports of WSDL as a link fail.
    Wsdl500,
    /// An API source notices changes in API Management late.
    LateSync(Duration),
}

/// Which quirks to reproduce; by default the two that concern concurrent requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuirkList(pub(super) Vec<Quirk>);

impl QuirkList {
    /// The names of all quirks.
    pub const NAMES: [&'static str; 8] = [
        "export-mix-up",
        "conflict",
        "propagation",
        "shifting-pages",
        "short-lists",
        "escapes",
        "wsdl-500",
        "late-sync",
    ];

    /// Whether a quirk is in the list.
    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.0.contains(&quirk)
    }

    /// How long propagation takes, if it is reproduced.
    pub(super) fn propagation(&self) -> Option<Duration> {
        self.0.iter().find_map(|quirk| match quirk {
            Quirk::Propagation(time) => Some(*time),
            _ => None,
        })
    }

    /// How long an API source does not notice changes, if that is reproduced.
    #[must_use]
    pub fn synchronization_delay(&self) -> Option<Duration> {
        self.0.iter().find_map(|quirk| match quirk {
            Quirk::LateSync(time) => Some(*time),
            _ => None,
        })
    }
}

impl Default for QuirkList {
    fn default() -> Self {
        Self(vec![Quirk::ExportMixUp, Quirk::Conflict])
    }
}

/// Parses names separated by commas, such as `conflict,propagation=10`.
impl FromStr for QuirkList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split(',').map(parse_quirk).collect::<Result<_, _>>().map(Self)
    }
}

fn parse_quirk(text: &str) -> Result<Quirk, String> {
    let (name, value) = match text.trim().split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text.trim(), None),
    };
    let quirk = match name.to_ascii_lowercase().as_str() {
        "export-mix-up" => Quirk::ExportMixUp,
        "conflict" => Quirk::Conflict,
        "propagation" => return Ok(Quirk::Propagation(parse_seconds(value)?.unwrap_or(DEFAULT_PROPAGATION))),
        "late-sync" => return Ok(Quirk::LateSync(parse_seconds(value)?.unwrap_or(DEFAULT_LATE_SYNC))),
        "shifting-pages" => Quirk::ShiftingPages,
        "short-lists" => Quirk::ShortLists,
        "escapes" => Quirk::Escapes,
        "wsdl-500" => Quirk::Wsdl500,
        _ => return Err(format!("'{name}' is not a quirk; choose from {}", QuirkList::NAMES.join(", "))),
    };
    match value {
        Some(value) => Err(format!("the quirk '{name}' has no value, but '{value}' was given")),
        None => Ok(quirk),
    }
}

fn parse_seconds(value: Option<&str>) -> Result<Option<Duration>, String> {
    let parse = |value: &str| {
        let seconds = value.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        seconds.ok_or_else(|| format!("'{value}' is not a number of seconds"))
    };
    value.map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_separated_by_commas() {
        let list: QuirkList = "Conflict, propagation=0.5,wsdl-500".parse().expect("a list");
        assert!(list.has(Quirk::Conflict) && list.has(Quirk::Wsdl500) && !list.has(Quirk::ExportMixUp));
        assert_eq!(list.propagation(), Some(Duration::from_millis(500)));
        assert_eq!(list.synchronization_delay(), None);
        let list: QuirkList = "late-sync=2".parse().expect("a list");
        assert_eq!(list.synchronization_delay(), Some(Duration::from_secs(2)));
        assert_eq!(QuirkList::default(), "export-mix-up,conflict".parse().expect("a list"));
        for name in QuirkList::NAMES {
            assert!(name.parse::<QuirkList>().is_ok(), "{name}");
        }
        for bad in ["", "nope", "conflict=1", "propagation=x", "propagation=-1", "conflict,"] {
            assert!(bad.parse::<QuirkList>().is_err(), "{bad}");
        }
    }
}
