//! Looks up the candidates of a source.

use clap::ArgMatches;
use serde_json::Value;

use super::cache;
use super::candidate::Candidate;
use super::source::{self, Source};
use crate::session::Session;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;

/// The maximum number of candidates: more are of no use to a person, and take too long to read.
const MAX_CANDIDATES: usize = 1000;

/// The candidates from a source, for the command line in `matches`.
pub(crate) async fn candidates(
    source: Source,
    session: &Session,
    matches: &ArgMatches,
) -> Result<Vec<Candidate>> {
    let collection = match source {
        Source::Subscriptions => return subscriptions(session),
        Source::Groups => Some(source::groups(session)?),
        Source::Resources(option) => option.collection(session, matches)?,
    };
    let Some(collection) = collection else { return Ok(Vec::new()) };
    if session.context.cloud()?.is_emulator() {
        // The in-process emulator answers as fast as the cache.
        return list(session, &collection).await;
    }
    let entry = cache::Entry::for_collection(session, &collection)?;
    if let Some(candidates) = entry.read() {
        return Ok(candidates);
    }
    let candidates = list(session, &collection).await?;
    entry.write(&candidates);
    Ok(candidates)
}

fn subscriptions(session: &Session) -> Result<Vec<Candidate>> {
    let all = session.context.subscriptions(false)?;
    // bash shows no descriptions, so that a person could not tell one id from another.
    let both = all.into_iter().flat_map(|s| {
        let by_name = Candidate { name: s.name.clone(), title: Some(s.id.clone()) };
        [Candidate { title: printable(&s.name).filter(|name| *name != s.id), name: s.id }, by_name]
    });
    let mut candidates: Vec<Candidate> = both.filter(|candidate| is_shell_safe(&candidate.name)).collect();
    candidates.dedup_by(|a, b| a.name == b.name);
    Ok(candidates)
}

async fn list(session: &Session, collection: &Target) -> Result<Vec<Candidate>> {
    let all = pager::list(session.client()?, collection, Some(MAX_CANDIDATES), None).await?.items;
    Ok(all.iter().filter_map(candidate).collect())
}

fn candidate(item: &Value) -> Option<Candidate> {
    let name = item["name"].as_str().filter(|name| is_shell_safe(name))?.to_owned();
    let properties = &item["properties"];
    let title = properties["title"].as_str().or_else(|| properties["displayName"].as_str());
    Some(Candidate { title: title.and_then(printable).filter(|title| *title != name), name })
}

/// Whether a shell reads the name as one plain word, because it is inserted without quoting.
fn is_shell_safe(name: &str) -> bool {
    name.starts_with(char::is_alphanumeric) && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
}

/// A title without control characters; None if nothing is left.
fn printable(title: &str) -> Option<String> {
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
            assert!(is_shell_safe(name), "{name}");
        }
        for name in
            ["", "-x", "a b", "$(x)", "`x`", "a;rev=2", "a'b", "a&b", "a\nb", "a\u{1b}[m", "*", "~x", ".."]
        {
            assert!(!is_shell_safe(name), "{name}");
        }
    }

    #[test]
    fn a_title_is_shown_without_what_moves_the_cursor() {
        let item = json!({"name": "echo", "properties": {"title": "Echo\u{1b}]0;x\u{7}\nAPI"}});
        assert_eq!(
            candidate(&item),
            Some(Candidate { name: "echo".into(), title: Some("Echo]0;xAPI".into()) })
        );
        assert_eq!(candidate(&json!({"name": "a b"})), None);
        assert_eq!(candidate(&json!({})), None);
    }
}
