//! Evaluating a query.

use std::cmp::Ordering;
use std::rc::Rc;

use super::ast::{Comparison, Id, Node, Tree};
use super::compare::{equals, order};
use super::found::{Found, View};
use super::functions;
use super::work::Work;

/// What a query asks that cannot be done, in words.
pub type Result<T> = std::result::Result<T, String>;

/// What an argument of a function is.
pub enum Argument<'a> {
    Value(Found<'a>),
    Reference(Id),
}

/// The tree that is being evaluated, and what it still may do.
#[derive(Clone, Copy)]
pub struct Evaluator<'a, 'w> {
    pub tree: &'a Tree,
    pub work: &'w Work,
}

impl<'a> Evaluator<'a, '_> {
    pub fn eval(self, id: Id, value: &Found<'a>) -> Result<Found<'a>> {
        self.work.take(1)?;
        match self.tree.node(id) {
            Node::Current => Ok(value.clone()),
            Node::Field(name) => {
                let found = value.field(name);
                if matches!(value, Found::Made(_)) {
                    self.work.take_all(&found)?;
                }
                Ok(found)
            }
            Node::Literal(literal) => Ok(Found::Given(literal)),
            Node::Index(index) => Ok(self.items(value)?.map_or_else(Found::null, |items| at(&items, *index))),
            Node::Slice { start, end, step } => match self.items(value)? {
                Some(items) => slice(&items, *start, *end, *step),
                None => Ok(Found::null()),
            },
            Node::Chain(ids) => ids.iter().try_fold(value.clone(), |value, id| self.eval(*id, &value)),
            Node::Projection(left, right) => match self.items(&self.eval(*left, value)?)? {
                Some(items) => self.project(items, *right),
                None => Ok(Found::null()),
            },
            Node::ValueProjection(left, right) => match self.members(&self.eval(*left, value)?)? {
                Some(members) => self.project(members.into_iter().map(|(_, value)| value), *right),
                None => Ok(Found::null()),
            },
            Node::Filter(left, right, condition) => self.filter(*left, *right, *condition, value),
            Node::Flatten(inner) => self.flatten(&self.eval(*inner, value)?),
            Node::List(_) | Node::Hash(_) if value.is_null() => Ok(Found::null()),
            Node::List(ids) => {
                ids.iter().map(|id| self.eval(*id, value)).collect::<Result<_>>().map(Found::list)
            }
            Node::Hash(members) => self.hash(members, value),
            Node::Or(ids) => self.until(ids, value, true),
            Node::And(ids) => self.until(ids, value, false),
            Node::Not(inner) => Ok(Found::made(self.eval(*inner, value)?.is_false())),
            Node::Compare(comparison, left, right) => {
                self.compare(*comparison, &self.eval(*left, value)?, &self.eval(*right, value)?)
            }
            Node::Call(name, arguments) => {
                let arguments = arguments
                    .iter()
                    .map(|id| match self.tree.node(*id) {
                        Node::Reference(inner) => Ok(Argument::Reference(*inner)),
                        _ => self.eval(*id, value).map(Argument::Value),
                    })
                    .collect::<Result<_>>()?;
                functions::call(self, name, arguments)
            }
            Node::Reference(_) => Err("an expression with & can only be given to a function".to_owned()),
        }
    }

    /// The items of a list.
    pub fn items(self, value: &Found<'a>) -> Result<Option<Vec<Found<'a>>>> {
        self.work.take_parts(value)?;
        Ok(value.items())
    }

    /// The members of an object.
    pub fn members(self, value: &Found<'a>) -> Result<Option<Vec<(String, Found<'a>)>>> {
        self.work.take_parts(value)?;
        Ok(value.members())
    }

    fn project(self, items: impl IntoIterator<Item = Found<'a>>, right: Id) -> Result<Found<'a>> {
        let mut found = Vec::new();
        for item in items {
            let item = self.eval(right, &item)?;
            if !item.is_null() {
                found.push(item);
            }
        }
        Ok(Found::list(found))
    }

    fn filter(self, left: Id, right: Id, condition: Id, value: &Found<'a>) -> Result<Found<'a>> {
        let Some(items) = self.items(&self.eval(left, value)?)? else { return Ok(Found::null()) };
        let mut kept = Vec::new();
        for item in items {
            if !self.eval(condition, &item)?.is_false() {
                kept.push(item);
            }
        }
        self.project(kept, right)
    }

    fn hash(self, members: &'a [(String, Id)], value: &Found<'a>) -> Result<Found<'a>> {
        let mut made: Vec<(&str, Found)> = Vec::with_capacity(members.len());
        for (key, id) in members {
            let member = self.eval(*id, value)?;
            match made.iter_mut().find(|(known, _)| known == key) {
                Some(known) => known.1 = member,
                None => made.push((key, member)),
            }
        }
        Ok(Found::Hash(Rc::new(made)))
    }

    /// The first operand that is true, or that is false; else the last.
    fn until(self, ids: &[Id], value: &Found<'a>, wanted: bool) -> Result<Found<'a>> {
        let mut found = Found::null();
        for id in ids {
            found = self.eval(*id, value)?;
            if found.is_false() != wanted {
                break;
            }
        }
        Ok(found)
    }

    fn flatten(self, value: &Found<'a>) -> Result<Found<'a>> {
        let Some(items) = self.items(value)? else { return Ok(Found::null()) };
        let mut flat = Vec::new();
        for item in items {
            match self.items(&item)? {
                Some(inner) => flat.extend(inner),
                None => flat.push(item),
            }
        }
        Ok(Found::list(flat))
    }

    fn compare(self, comparison: Comparison, left: &Found, right: &Found) -> Result<Found<'a>> {
        let ordering = match (comparison, left.view(), right.view()) {
            (Comparison::Equal, ..) => return Ok(Found::made(equals(left, right, self.work)?)),
            (Comparison::NotEqual, ..) => return Ok(Found::made(!equals(left, right, self.work)?)),
            (_, View::Number(left), View::Number(right)) => order(left, right),
            (_, View::String(left), View::String(right)) => left.cmp(right),
            (_, View::Number(_), View::String(_)) | (_, View::String(_), View::Number(_)) => {
                return Err("a number and a string have no order".to_owned());
            }
            _ => return Ok(Found::null()),
        };
        Ok(Found::made(match comparison {
            Comparison::Less => ordering == Ordering::Less,
            Comparison::LessOrEqual => ordering != Ordering::Greater,
            Comparison::Greater => ordering == Ordering::Greater,
            _ => ordering != Ordering::Less,
        }))
    }
}

fn at<'a>(items: &[Found<'a>], index: i64) -> Found<'a> {
    let place = if index < 0 { length(items) + index } else { index };
    usize::try_from(place).ok().and_then(|place| items.get(place).cloned()).unwrap_or_else(Found::null)
}

/// The items from `start` up to `end` in steps, as Python counts: what is negative counts from behind.
fn slice<'a>(
    items: &[Found<'a>],
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
) -> Result<Found<'a>> {
    let length = length(items);
    let step = step.unwrap_or(1);
    if step == 0 {
        return Err("the step of a slice cannot be 0".to_owned());
    }
    let forward = step > 0;
    let (low, high) = if forward { (0, length) } else { (-1, length - 1) };
    let bound = |bound: i64| {
        if bound < 0 { bound.saturating_add(length).max(low) } else { bound.min(high) }
    };
    let mut place = start.map_or(if forward { low } else { high }, bound);
    let end = end.map_or(if forward { high } else { low }, bound);
    let mut taken = Vec::new();
    while if forward { place < end } else { place > end } {
        let item = usize::try_from(place).ok().and_then(|place| items.get(place));
        taken.extend(item.cloned());
        place = place.saturating_add(step);
    }
    Ok(Found::list(taken))
}

fn length(items: &[Found]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
