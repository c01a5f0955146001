//! The text of fault rules.
//!
//! Rules stand on lines of their own or between `;`, `#` begins a comment, and `seed=N` is a rule of its own. METHOD is
//! `*` or such as `PUT,POST`. GLOB is for the path, or for path and query as in `*/apis/*export=true*`. WHEN is
//! `p=0.1`, `n=3`, `every=5` or `first=2`, and nothing for always.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::AtomicU64;

use super::effect::{Accepted, Effect, End, Moment, Next, Pause, Refusal, Spoilt};
use super::{Chance, Counted, Faults, Rule, When};

/// What may follow a `;` that separates no rules: the revision in a path, a part of a content type.
const WITHIN_WORDS: &[&str] = &["rev=", "charset="];

/// The furthest that a clock can be off: ten years, in seconds.
const MAX_SKEW: i64 = 10 * 365 * 24 * 3600;

const METHODS: &[&str] = &["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE"];

/// The rules of a text; the error names the rule, what is wrong with it, and what it should be.
impl FromStr for Faults {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rules = Vec::new();
        let mut seed: u64 = 0;
        for text in text.lines().map(without_comment).flat_map(split) {
            let rule = (|| match text.strip_prefix("seed=") {
                Some(number) => {
                    seed = number
                        .parse()
                        .map_err(|_| "the seed is a whole number, such as seed=7".to_owned())?;
                    Ok(None)
                }
                None => rule(text).map(Some),
            })();
            rules.extend(rule.map_err(|why: String| format!("'{text}': {why}"))?);
        }
        let counted = |(at, rule)| {
            // Each rule has dice of its own.
            let chance = Chance::new(seed.wrapping_add(at));
            Counted { rule, chance, matched: AtomicU64::new(0) }
        };
        let rules = (1..).zip(rules).map(counted).collect();
        Ok(Self { rules, seed, ..Self::default() })
    }
}

/// The line up to a `#` that begins a word.
fn without_comment(line: &str) -> &str {
    let starts = |at: &usize| line[..*at].chars().next_back().is_none_or(|c| c.is_whitespace() || c == ';');
    let end = line.match_indices('#').map(|(at, _)| at).find(starts);
    &line[..end.unwrap_or(line.len())]
}

fn split(line: &str) -> impl Iterator<Item = &str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices(';') {
        let rest = line[at + 1..].to_ascii_lowercase();
        if !WITHIN_WORDS.iter().any(|word| rest.starts_with(word)) {
            parts.push(&line[start..at]);
            start = at + 1;
        }
    }
    parts.push(&line[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

fn rule(text: &str) -> Result<Rule, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [method, glob, rest @ ..] = &words[..] else {
        return Err("a rule is METHOD GLOB ACTION… WHEN, such as: PUT */apis/* status=503 p=0.1".to_owned());
    };
    if rest.is_empty() {
        return Err(format!("it says nothing of what is to happen; the actions are {ACTIONS}"));
    }
    let methods = methods(method)?;
    if !glob.starts_with(['/', '*', '?']) {
        return Err(format!("'{glob}' fits no path; a glob begins with / or *"));
    }
    let mut drafted = Draft::default();
    for word in rest {
        drafted.take(word)?;
    }
    let (effect, when) = drafted.finish()?;
    let name = rest.iter().filter(|word| !is_when(word)).copied().collect::<Vec<_>>().join(" ");
    Ok(Rule { name, effect, methods, glob: (*glob).to_owned(), when })
}

fn methods(text: &str) -> Result<Vec<String>, String> {
    if text == "*" {
        return Ok(Vec::new());
    }
    let known = |word: &str| METHODS.iter().find(|known| known.eq_ignore_ascii_case(word));
    text.split(',')
        .map(|word| {
            let method = known(word).map(|known| (*known).to_owned());
            method.ok_or_else(|| format!("'{word}' is no method; give *, or some of {}", METHODS.join(",")))
        })
        .collect()
}

fn is_when(word: &str) -> bool {
    ["p=", "n=", "every=", "first="].iter().any(|start| word.starts_with(start))
}

/// A rule's actions as far as they were read.
#[derive(Default)]
struct Draft {
    effect: Effect,
    when: Option<When>,
    status: Option<u16>,
    code: Option<String>,
    after: Option<()>,
    expire: Option<()>,
    accept: Option<()>,
}

impl Draft {
    fn take(&mut self, word: &str) -> Result<(), String> {
        let effect = &mut self.effect;
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        match (name, value) {
            ("status", Some(value)) => once(&mut self.status, name, status(value)?),
            ("code", Some(value)) => once(&mut self.code, name, plain(name, value)?),
            ("after", None) => once(&mut self.after, name, ()),
            ("retry-after", Some(value)) => once(&mut effect.pause, name, pause(value)?),
            ("reset", Some("before")) => once(&mut effect.reset, name, Moment::Before),
            ("reset", Some("after")) => once(&mut effect.reset, name, Moment::After),
            ("reset", _) => Err("a reset is reset=before or reset=after".to_owned()),
            ("drip", Some(value)) => once(&mut effect.drip, name, rate(value)?),
            ("truncate", None) => once(&mut effect.body, "what becomes of the body", Spoilt::Truncated),
            ("overlong", None) => once(&mut effect.body, "what becomes of the body", Spoilt::Overlong),
            ("garbage", None) => once(&mut effect.body, "what becomes of the body", Spoilt::Garbage),
            ("content-type", Some(value)) => once(&mut effect.content_type, name, plain(name, value)?),
            ("accept", None) => once(&mut self.accept, name, ()),
            ("no-location", None) => {
                once(&mut effect.accepted, "what becomes of a 202", Accepted::NoLocation)
            }
            ("location-elsewhere", None) => {
                once(&mut effect.accepted, "what becomes of a 202", Accepted::Elsewhere)
            }
            ("ok-for-accepted", None) => once(&mut effect.accepted, "what becomes of a 202", Accepted::Ok),
            ("stuck", None) => once(&mut effect.operation, "the end of an operation", End::Never),
            ("fail-operation", None) => once(&mut effect.operation, "the end of an operation", End::Failed),
            ("next-loop", None) => once(&mut effect.next, "the nextLink", Next::Itself),
            ("next-elsewhere", None) => once(&mut effect.next, "the nextLink", Next::Elsewhere),
            ("skew", Some(value)) => once(&mut effect.skew, name, skew(value)?),
            ("expire", None) => once(&mut self.expire, name, ()),
            (_, Some(value)) if is_when(word) => once(&mut self.when, "how often", when(name, value)?),
            _ => Err(format!("'{word}' is no action; they are {ACTIONS}, and then p=, n=, every= or first=")),
        }
    }

    fn finish(self) -> Result<(Effect, When), String> {
        let Self { mut effect, when, status, code, after, expire, accept } = self;
        effect.refusal = match (status, after, code) {
            (Some(status), after, code) => Some(Refusal { status, code, carried_out: after.is_some() }),
            (None, None, None) => None,
            (None, Some(()), _) => return Err("'after' says when a status=CODE comes; give one".to_owned()),
            (None, None, Some(_)) => return Err("'code' is that of a status=CODE; give one".to_owned()),
        };
        effect.expire = expire.is_some();
        effect.accept = accept.is_some();
        if effect == Effect::default() {
            return Err(format!("it does nothing; the actions are {ACTIONS}"));
        }
        Ok((effect, when.unwrap_or(When::Always)))
    }
}

const ACTIONS: &str = "status=CODE [code=ERROR] [after], retry-after=SECONDS|MSms|date|absurd, reset=before|after, \
                       drip=BYTES, truncate, overlong, garbage, content-type=TYPE, accept, no-location, \
                       location-elsewhere, ok-for-accepted, stuck, fail-operation, next-loop, next-elsewhere, skew=SECONDS, expire";

fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), String> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(format!("{name} is said twice; give two rules, or one of them")),
    }
}

fn status(text: &str) -> Result<u16, String> {
    let status = text.parse().ok().filter(|status| (200..=599).contains(status));
    status.ok_or_else(|| format!("'{text}' is no status of an answer; give 200 to 599"))
}

/// A word that may stand in a header.
fn plain(name: &str, text: &str) -> Result<String, String> {
    let fits = !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic());
    fits.then(|| text.to_owned()).ok_or_else(|| format!("{name} takes a word of ASCII letters and signs"))
}

fn pause(text: &str) -> Result<Pause, String> {
    let number = |text: &str| text.parse::<u64>().ok();
    let pause = match text {
        "date" => Some(Pause::Date),
        "absurd" => Some(Pause::Absurd),
        _ => match text.strip_suffix("ms") {
            Some(milliseconds) => number(milliseconds).map(Pause::Milliseconds),
            None => number(text).map(Pause::Seconds),
        },
    };
    pause.ok_or_else(|| format!("'{text}' is no pause; give seconds, such as 250ms, date or absurd"))
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse().map_err(|_| format!("'{text}' is no number of bytes a second; give a whole number from 1"))
}

fn skew(text: &str) -> Result<i64, String> {
    let skew = text.parse().ok().filter(|skew: &i64| (-MAX_SKEW..=MAX_SKEW).contains(skew));
    skew.ok_or_else(|| format!("'{text}' is no skew; give seconds, such as 3600 or -3600, ten years at most"))
}

fn when(name: &str, value: &str) -> Result<When, String> {
    if name == "p" {
        let probability = value.parse().ok().filter(|p: &f64| *p > 0.0 && *p <= 1.0);
        let probability = probability.map(When::Probably);
        return probability.ok_or_else(|| format!("'{value}' is no probability; give p=0.1, up to 1"));
    }
    let number = value.parse().ok().filter(|n: &u64| *n > 0);
    let number = number.ok_or_else(|| format!("{name} takes a whole number from 1, not '{value}'"))?;
    Ok(match name {
        "every" => When::Every(number),
        "first" => When::First(number),
        _ => When::Nth(number),
    })
}
