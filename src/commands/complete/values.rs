//! The names that complete an option.

use clap::ArgMatches;
use serde_json::Value;

use super::cache;
use super::place::{self, Place};
use crate::session::Session;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;

/// How many names are offered at the most: more nobody looks through, and more take too long to read.
const MOST: usize = 1000;

/// A name with what it is called for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
}

/// The names that there are.
pub async fn of(place: Place, session: &Session, matches: &ArgMatches) -> Result<Vec<Named>> {
    let at = match place {
        Place::Subscriptions => return subscriptions(session),
        Place::Groups => Some(place::groups(session)?),
        Place::Of(level) => level.collection(session, matches)?,
    };
    let Some(at) = at else { return Ok(Vec::new()) };
    if session.context.cloud()?.is_emulator() {
        // It is as near as a file that would remember it.
        return listed(session, &at).await;
    }
    let slot = cache::Slot::of(session, &at)?;
    if let Some(kept) = slot.get() {
        return Ok(kept);
    }
    let found = listed(session, &at).await?;
    slot.put(&found);
    Ok(found)
}

fn subscriptions(session: &Session) -> Result<Vec<Named>> {
    let all = session.context.subscriptions(false)?;
    Ok(all
        .into_iter()
        .filter(|s| is_plain(&s.id))
        .map(|s| Named { name: s.id, title: plain(&s.name) })
        .collect())
}

async fn listed(session: &Session, at: &Target) -> Result<Vec<Named>> {
    let all = pager::list(session.client()?, at, Some(MOST), None).await?.items;
    Ok(all.iter().filter_map(named).collect())
}

fn named(item: &Value) -> Option<Named> {
    let name = item["name"].as_str().filter(|name| is_plain(name))?.to_owned();
    let properties = &item["properties"];
    let title = properties["title"].as_str().or_else(|| properties["displayName"].as_str());
    Some(Named { title: title.and_then(plain).filter(|title| *title != name), name })
}

/// Whether a shell takes the name for one word and nothing else, as it goes into the line as it is.
pub fn is_plain(name: &str) -> bool {
    name.starts_with(char::is_alphanumeric) && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// A title that can be shown at a terminal: without control characters, in one line.
fn plain(title: &str) -> Option<String> {
    let title: String = title.chars().filter(|c| !c.is_control()).collect();
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_names_that_a_shell_leaves_alone_are_offered() {
        for name in ["echo", "my-api_2.0", "Größe"] {
            assert!(is_plain(name), "{name}");
        }
        for name in
            ["", "-x", "a b", "$(x)", "`x`", "a;rev=2", "a'b", "a&b", "a\nb", "a\u{1b}[m", "*", "~x", ".."]
        {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn a_title_is_shown_without_what_moves_the_cursor() {
        let item = json!({"name": "echo", "properties": {"title": "Echo\u{1b}]0;x\u{7}\nAPI"}});
        assert_eq!(named(&item), Some(Named { name: "echo".into(), title: Some("Echo]0;xAPI".into()) }));
        assert_eq!(named(&json!({"name": "a b"})), None);
        assert_eq!(named(&json!({})), None);
    }
}
