//! The values of az's structured options: JSON, shorthand syntax, partial values and `@file`.
//!
//! A value is read in az's order: a file, shorthand ([`strict`]), JSON or a Python literal, and only then what
//! az refuses although it is clear ([`lenient`]). What a word means is decided by the type of the member it is
//! for, so `{version:1.10}` keeps its zero where az sends `1.1`. Observed with azure-cli-core 2.91.

mod lenient;
mod node;
mod partial;
mod read;
mod strict;
mod typed;

use serde_json::{Map, Value};

use crate::commands::arg_file::{self, Given};
use crate::commands::literal::MAX_DEPTH;
use azr_arm::edit::{Edit, Step};
use azr_arm::schema::Kind;
use azr_core::error::{Error, Result};

pub(super) use read::{excerpt, inline, is_simple};
use typed::writable;
pub(super) use typed::{Misfit, boolean, value as typed_value};

/// The values of one structured option, in order of its occurrences, as edits of the resource at `at`.
///
/// A whole value replaces what is there, `a.b=value` only that place. `null` takes an optional member away;
/// creating a resource it is the same as not giving the option.
pub fn parse(option: &str, kind: &Kind, at: &[Step], occurrences: &[Vec<String>]) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for values in occurrences {
        let given = values.iter().map(|v| arg_file::expand(option, v)).collect::<Result<Vec<_>>>()?;
        let found = match (given.as_slice(), kind) {
            ([], _) => vec![(Vec::new(), blank(option, kind)?)],
            ([.., last], kind) if is_simple(kind) => vec![(Vec::new(), plain(option, kind, last)?)],
            _ => occurrence(option, kind, &given)?,
        };
        for (steps, value) in found {
            let mut path = [at, &steps].concat();
            count_from_start(&mut path, at.len(), &edits);
            edits.push(Edit::Set { path, value });
        }
    }
    Ok(edits)
}

/// The value of a text, bool, number or choice option.
///
/// `null` is null: it clears an optional member in an update. A value outside the choices is a usage error, as
/// in az, everything else an invalid value.
pub fn scalar(option: &str, kind: &Kind, value: &str) -> Result<Value> {
    let wrong = |wanted: String| {
        Err(Error::usage(format!("{option}: '{value}' is not valid")).with_hint(format!("Give {wanted}.")))
    };
    match kind {
        Kind::Choice(choices) => typed::choice(choices, value)
            .map_or_else(|| wrong(format!("one of {}", choices.join(", "))), |c| Ok(c.into())),
        Kind::Bool => boolean(value).map_or_else(|| wrong("true or false".to_owned()), |b| Ok(b.into())),
        _ => plain(option, kind, &arg_file::expand(option, value)?),
    }
}

/// The value of an option without partial values.
fn plain(option: &str, kind: &Kind, given: &Given) -> Result<Value> {
    if given.text.is_empty() && given.prefix.is_empty() && is_simple(kind) {
        return typed::word(kind, "").map_err(|m| misfit(option, "", &m));
    }
    read::value(option, kind, &given.whole(), given.file.as_deref())
}

/// What an option without any value means.
fn blank(option: &str, kind: &Kind) -> Result<Value> {
    match kind {
        Kind::Bool => Ok(Value::Bool(true)),
        Kind::Map(_) | Kind::Any => Ok(Value::Object(Map::new())),
        Kind::List(_) => Ok(Value::Array(Vec::new())),
        _ => Err(Error::usage(format!("{option}: a value is missing"))),
    }
}

type Placed = (Vec<Step>, Value);

fn occurrence(option: &str, kind: &Kind, given: &[Given]) -> Result<Vec<Placed>> {
    let each = |given: &[Given]| given.iter().map(|g| placed(option, kind, g)).collect::<Result<Vec<_>>>();
    each(given).or_else(|first| {
        if let Some(whole) = separate(option, kind, given) {
            return Ok(vec![(Vec::new(), whole?)]);
        }
        rejoin(given).and_then(|given| each(&given).ok()).ok_or(first)
    })
}

fn placed(option: &str, kind: &Kind, given: &Given) -> Result<Placed> {
    let whole = given.whole();
    let file = given.file.as_deref();
    let Some((steps, bytes)) = place(kind, &whole) else {
        // Without a place the file's name is not all of the value: `some text=@file`.
        return Ok((
            Vec::new(),
            read::value(option, kind, &whole, file.filter(|_| given.prefix.is_empty()))?,
        ));
    };
    let (steps, inner) = resolve(kind, &steps).map_err(|m| misfit(option, &whole, &m))?;
    let text = &whole[bytes..];
    let value = match inner {
        // `--tags a=` is what az's older commands take for an empty tag.
        Kind::Text if matches!(kind, Kind::Map(_)) && text.is_empty() => Value::String(String::new()),
        inner => read::value(option, &inner, text, file)?,
    };
    Ok((steps, value))
}

/// The place that a value is for, and how many bytes it and its `=` take.
///
/// az's rule, and for an object with any keys also a key with other characters, such as `hidden-link:x=y`,
/// which az refuses.
fn place(kind: &Kind, text: &str) -> Option<(Vec<Step>, usize)> {
    let flat = matches!(kind, Kind::Map(element) if is_simple(element));
    match partial::split(text) {
        Some((steps, bytes)) if !flat || steps.len() == 1 => Some((steps, bytes)),
        _ if matches!(kind, Kind::Map(_)) => {
            let (key, _) = text.split_once('=')?;
            // With one of these it is more likely another value that went wrong.
            let odd = if flat { ",{}[]\"'" } else { ",{}[]\"':" };
            let fits = !key.is_empty() && !key.contains(|c| odd.contains(c));
            fits.then(|| (vec![Step::Key(key.to_owned())], key.len() + 1))
        }
        found => found,
    }
}

/// Refuses a place of so many steps where a value there would be nested too deep for what reads and prints it.
pub(super) fn check_depth(steps: usize) -> Result<(), Misfit> {
    if steps > MAX_DEPTH {
        return Err(Misfit::new(format!("the place is more than {MAX_DEPTH} levels deep")));
    }
    Ok(())
}

/// The steps with member names as shown, and the type of what they lead to.
fn resolve(kind: &Kind, steps: &[Step]) -> Result<(Vec<Step>, Kind), Misfit> {
    check_depth(steps.len())?;
    let mut kind = *kind;
    let mut out = Vec::with_capacity(steps.len());
    for step in steps {
        let (step, next) = match (kind, step) {
            (Kind::Object(fields), Step::Key(key)) => {
                let field = writable(fields, key).map_err(Misfit::new)?;
                (Step::Key(field.shown.to_owned()), field.kind)
            }
            (Kind::Map(element), Step::Key(_)) | (Kind::List(element), Step::Index(_)) => {
                (step.clone(), *element)
            }
            (Kind::Any, _) => (step.clone(), Kind::Any),
            (Kind::List(_), _) => {
                return Err(Misfit::new("it is a list: give [a,b], or [0].member=value for one element"));
            }
            (_, Step::Index(at)) => return Err(Misfit::new(format!("it is no list, so there is no [{at}]"))),
            (_, step) => return Err(Misfit::new(format!("it has no members, so there is no {step}"))),
        };
        out.push(step);
        kind = next;
    }
    Ok((out, kind))
}

/// `--apis a b c` for a list of simple values; None when the values do not have that form.
fn separate(option: &str, kind: &Kind, given: &[Given]) -> Option<Result<Value>> {
    let Kind::List(element) = kind else { return None };
    let whole_list = |g: &Given| g.text.starts_with('[') && g.text.ends_with(']') && given.len() == 1;
    let unfit = |g: &Given| partial::split(&g.whole()).is_some() || whole_list(g);
    if !is_simple(element) || given.iter().any(unfit) {
        return None;
    }
    let values = given.iter().map(|g| plain(option, element, g));
    Some(values.filter(|v| !matches!(v, Ok(Value::Null))).collect())
}

/// The values with those put together again that a shell took apart: `{name:Bob` and `Smith}`.
fn rejoin(given: &[Given]) -> Option<Vec<Given>> {
    let open = |text: &str| {
        text.chars().fold(0_i64, |n, c| n + i64::from("{[".contains(c)) - i64::from("}]".contains(c)))
    };
    let mut out: Vec<Given> = Vec::new();
    for g in given {
        match out.last_mut().filter(|last| last.file.is_none() && open(&last.text) > 0) {
            Some(last) if g.file.is_none() => last.text = format!("{} {}", last.text, g.text),
            _ => out.push(g.clone()),
        }
    }
    (out.len() < given.len()).then_some(out)
}

/// Indices from the end, made to count from the start where the earlier edits say how long the list is.
///
/// az counts in the list that the option builds, so `[0].name=a [-1].email=b` is one element.
fn count_from_start(path: &mut [Step], from: usize, edits: &[Edit]) {
    for at in from..path.len() {
        let (list, rest) = path.split_at_mut(at);
        if let Step::Index(index @ ..0) = &mut rest[0] {
            let length = length_of(list, edits);
            if length + *index >= 0 {
                *index += length;
            }
        }
    }
}

fn length_of(list: &[Step], edits: &[Edit]) -> i64 {
    edits.iter().fold(0, |length, edit| {
        let Edit::Set { path, value } = edit else { return length };
        match (path.strip_prefix(list), value) {
            (Some([]), Value::Array(elements)) => i64::try_from(elements.len()).unwrap_or(i64::MAX),
            (Some([Step::Index(at), ..]), _) => length.max(at.saturating_add(1)),
            _ => length,
        }
    })
}

fn misfit(option: &str, value: &str, misfit: &Misfit) -> Error {
    let mut text = option.to_owned();
    if !misfit.place.is_empty() {
        text.push_str(if misfit.place.starts_with('[') { "" } else { "." });
        text.push_str(&misfit.place);
    }
    let value = if value.is_empty() || misfit.why.contains(value) {
        String::new()
    } else {
        format!(" in '{}'", excerpt(value))
    };
    Error::invalid(format!("{text}: {}{value}", misfit.why))
}

#[cfg(test)]
mod tests;
