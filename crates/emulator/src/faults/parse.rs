//! The syntax of fault rules.
//!
//! Rules are on lines of their own or separated by `;`, `#` begins a comment, and `seed=N` stands alone. METHOD is
//! `*` or such as `PUT,POST`. GLOB is for the path, or for path and query as in `*/apis/*export=true*`. WHEN is
//! `p=0.1`, `n=3`, `every=5` or `first=2`, and nothing for always.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::AtomicU64;

use super::effect::{
    AcceptedFault, BodyFault, Effect, InjectedError, NextLinkFault, OperationOutcome, ResetMoment, RetryAfter,
};
use super::{CountedRule, Faults, Frequency, Rule};
use crate::rng::SeededRng;

/// What follows a `;` that does not separate rules: the revision in a path, a parameter of a content type.
const SEMICOLON_SUFFIXES: &[&str] = &["rev=", "charset="];

/// The largest clock skew: ten years, in seconds.
const MAX_SKEW_SECONDS: i64 = 10 * 365 * 24 * 3600;

const METHODS: &[&str] = &["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"];

/// Parses rules; the error names the rule, what is wrong with it, and what is valid.
impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rules = Vec::new();
        let mut seed: u64 = 0;
        for text in text.lines().map(strip_comment).flat_map(split_rules) {
            let rule = (|| match text.strip_prefix("seed=") {
                Some(number) => {
                    seed = number
                        .parse()
                        .map_err(|_| "the seed must be a whole number, such as seed=7".to_owned())?;
                    Ok(None)
                }
                None => parse_rule(text).map(Some),
            })();
            rules.extend(rule.map_err(|why: String| format!("'{text}': {why}"))?);
        }
        let counted = |(number, rule)| {
            // Each rule decides independently of the others.
            let rng = SeededRng::new(seed.wrapping_add(number));
            CountedRule { rule, rng, matched: AtomicU64::new(0) }
        };
        let rules = (1..).zip(rules).map(counted).collect();
        Ok(Self { rules, seed, ..Self::default() })
    }
}

/// The line up to a `#` that begins a word.
fn strip_comment(line: &str) -> &str {
    let begins_word =
        |index: &usize| line[..*index].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ';');
    let end = line.match_indices('#').map(|(index, _)| index).find(begins_word);
    &line[..end.unwrap_or(line.len())]
}

fn split_rules(line: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (index, _) in line.match_indices(';') {
        let rest = line[index + 1..].to_ascii_lowercase();
        if !SEMICOLON_SUFFIXES.iter().any(|suffix| rest.starts_with(suffix)) {
            parts.push(&line[start..index]);
            start = index + 1;
        }
    }
    parts.push(&line[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

fn parse_rule(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [method, glob, rest @ ..] = &words[..] else {
        return Err("a rule is METHOD GLOB ACTION… WHEN, such as: PUT */apis/* status=503 p=0.1".to_owned());
    };
    if rest.is_empty() {
        return Err(format!("the action is missing; the actions are {ACTIONS}"));
    }
    let methods = parse_methods(method)?;
    if !glob.starts_with(['/', '*', '?']) {
        return Err(format!("'{glob}' matches no path; a glob begins with / or *"));
    }
    let mut builder = RuleBuilder::default();
    for word in rest {
        builder.add_word(word)?;
    }
    let (effect, frequency) = builder.finish()?;
    let name = rest.iter().filter(|word| !is_frequency(word)).copied().collect::<Vec<_>>().join(" ");
    Ok(Rule { name, effect, methods, glob: (*glob).to_owned(), frequency })
}

fn parse_methods(text: &str) -> Result<Vec<String>, String> {
    if text == "*" {
        return Ok(Vec::new());
    }
    let known = |word: &str| METHODS.iter().find(|known| known.eq_ignore_ascii_case(word));
    text.split(',')
        .map(|word| {
            let method = known(word).map(|known| (*known).to_owned());
            method.ok_or_else(|| {
                format!("'{word}' is not a supported method; use *, or some of {}", METHODS.join(","))
            })
        })
        .collect()
}

fn is_frequency(word: &str) -> bool {
    ["p=", "n=", "every=", "first="].iter().any(|start| word.starts_with(start))
}

/// The actions of a rule that is being parsed.
#[derive(Default)]
struct RuleBuilder {
    effect: Effect,
    frequency: Option<Frequency>,
    status: Option<u16>,
    code: Option<String>,
    after: Option<()>,
    expire: Option<()>,
    accept: Option<()>,
}

impl RuleBuilder {
    fn add_word(&mut self, word: &str) -> Result<(), String> {
        let effect = &mut self.effect;
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        match (name, value) {
            ("status", Some(value)) => set_once(&mut self.status, name, parse_status(value)?),
            ("code", Some(value)) => set_once(&mut self.code, name, parse_token(name, value)?),
            ("after", None) => set_once(&mut self.after, name, ()),
            ("retry-after", Some(value)) => {
                set_once(&mut effect.retry_after, name, parse_retry_after(value)?)
            }
            ("reset", Some("before")) => set_once(&mut effect.reset, name, ResetMoment::Before),
            ("reset", Some("after")) => set_once(&mut effect.reset, name, ResetMoment::After),
            ("reset", _) => Err("write reset=before or reset=after".to_owned()),
            ("drip", Some(value)) => set_once(&mut effect.drip, name, parse_rate(value)?),
            ("truncate", None) => set_once(&mut effect.body, "the fault of the body", BodyFault::Truncated),
            ("overlong", None) => set_once(&mut effect.body, "the fault of the body", BodyFault::Overlong),
            ("garbage", None) => set_once(&mut effect.body, "the fault of the body", BodyFault::Garbage),
            ("content-type", Some(value)) => {
                set_once(&mut effect.content_type, name, parse_token(name, value)?)
            }
            ("accept", None) => set_once(&mut self.accept, name, ()),
            ("no-location", None) => {
                set_once(&mut effect.accepted, "the fault of a 202", AcceptedFault::NoLocation)
            }
            ("location-elsewhere", None) => {
                set_once(&mut effect.accepted, "the fault of a 202", AcceptedFault::Elsewhere)
            }
            ("ok-for-accepted", None) => {
                set_once(&mut effect.accepted, "the fault of a 202", AcceptedFault::Ok)
            }
            ("stuck", None) => {
                set_once(&mut effect.operation, "the outcome of an operation", OperationOutcome::Stuck)
            }
            ("fail-operation", None) => {
                set_once(&mut effect.operation, "the outcome of an operation", OperationOutcome::Failed)
            }
            ("next-loop", None) => {
                set_once(&mut effect.next_link, "the fault of nextLink", NextLinkFault::Loop)
            }
            ("next-elsewhere", None) => {
                set_once(&mut effect.next_link, "the fault of nextLink", NextLinkFault::Elsewhere)
            }
            ("skew", Some(value)) => set_once(&mut effect.skew, name, parse_skew(value)?),
            ("expire", None) => set_once(&mut self.expire, name, ()),
            (_, Some(value)) if is_frequency(word) => {
                set_once(&mut self.frequency, "the frequency", parse_frequency(name, value)?)
            }
            _ => Err(format!(
                "'{word}' is not an action; the actions are {ACTIONS}, followed by p=, n=, every= or first="
            )),
        }
    }

    fn finish(self) -> Result<(Effect, Frequency), String> {
        let Self { mut effect, frequency, status, code, after, expire, accept } = self;
        effect.error = match (status, after, code) {
            (Some(status), after, code) => Some(InjectedError { status, code, after_work: after.is_some() }),
            (None, None, None) => None,
            (None, Some(()), _) => return Err("'after' needs a status=CODE".to_owned()),
            (None, None, Some(_)) => return Err("'code' needs a status=CODE".to_owned()),
        };
        effect.expire = expire.is_some();
        effect.accept = accept.is_some();
        if effect == Effect::default() {
            return Err(format!("it has no action; the actions are {ACTIONS}"));
        }
        Ok((effect, frequency.unwrap_or(Frequency::Always)))
    }
}

const ACTIONS: &str = "status=CODE [code=ERROR] [after], retry-after=SECONDS|MSms|date|absurd, reset=before|after, \
                       drip=BYTES, truncate, overlong, garbage, content-type=TYPE, accept, no-location, \
                       location-elsewhere, ok-for-accepted, stuck, fail-operation, next-loop, next-elsewhere, skew=SECONDS, expire";

fn set_once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{name} is given twice; write two rules, or give it once")),
    }
}

fn parse_status(text: &str) -> Result<u16, String> {
    let status = text.parse().ok().filter(|status| (200..=599).contains(status));
    status.ok_or_else(|| format!("'{text}' is not a valid status; give 200 to 599"))
}

/// Parses a word that is valid in a header.
fn parse_token(name: &str, text: &str) -> Result<String, String> {
    let is_valid = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
    is_valid
        .then(|| text.to_owned())
        .ok_or_else(|| format!("{name} takes a word of printable ASCII characters"))
}

fn parse_retry_after(text: &str) -> Result<RetryAfter, String> {
    let number = |text: &str| text.parse::<u64>().ok();
    let retry_after = match text {
        "date" => Some(RetryAfter::Date),
        "absurd" => Some(RetryAfter::Absurd),
        _ => match text.strip_suffix("ms") {
            Some(milliseconds) => number(milliseconds).map(RetryAfter::Milliseconds),
            None => number(text).map(RetryAfter::Seconds),
        },
    };
    retry_after.ok_or_else(|| {
        format!("'{text}' is not a valid pause; give seconds, or such as 250ms, date or absurd")
    })
}

fn parse_rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse()
        .map_err(|_| format!("'{text}' is not a number of bytes per second; give a whole number from 1"))
}

fn parse_skew(text: &str) -> Result<i64, String> {
    let skew = text.parse().ok().filter(|skew: &i64| (-MAX_SKEW_SECONDS..=MAX_SKEW_SECONDS).contains(skew));
    skew.ok_or_else(|| {
        format!("'{text}' is not a valid skew; give seconds, such as 3600 or -3600, ten years at most")
    })
}

fn parse_frequency(name: &str, value: &str) -> Result<Frequency, String> {
    if name == "p" {
        let probability = value.parse().ok().filter(|p: &f64| *p > 0.0 && *p <= 1.0);
        let probability = probability.map(Frequency::Probability);
        return probability
            .ok_or_else(|| format!("'{value}' is not a probability; give such as p=0.1, up to 1"));
    }
    let number = value.parse().ok().filter(|n: &u64| *n > 0);
    let number = number.ok_or_else(|| format!("{name} takes a whole number from 1, not '{value}'"))?;
    Ok(match name {
        "every" => Frequency::Every(number),
        "first" => Frequency::First(number),
        _ => Frequency::Nth(number),
    })
}
