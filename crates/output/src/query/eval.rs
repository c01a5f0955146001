//! Evaluation of a query.

use std::cmp::Ordering;
use std::rc::Rc;

use super::ast::{Comparison, Node, NodeId, SyntaxTree};
use super::budget::Budget;
use super::compare::equals;
use super::error::EvalResult;
use super::functions::{self, Argument, Interpreter};
use super::numbers::compare;
use super::value::{QueryValue, ValueView};

/// The evaluation of a tree, and its remaining budget.
#[derive(Clone, Copy)]
pub(crate) struct Evaluator<'a, 'w> {
    pub tree: &'a SyntaxTree,
    pub budget: &'w Budget,
}

impl<'a> Interpreter<'a> for Evaluator<'a, '_> {
    fn evaluate(&self, id: NodeId, value: &QueryValue<'a>) -> EvalResult<QueryValue<'a>> {
        self.eval(id, value)
    }

    fn budget(&self) -> &Budget {
        self.budget
    }
}

impl<'a> Evaluator<'a, '_> {
    pub(crate) fn eval(self, id: NodeId, value: &QueryValue<'a>) -> EvalResult<QueryValue<'a>> {
        self.budget.spend(1)?;
        match self.tree.node(id) {
            Node::Current => Ok(value.clone()),
            Node::Field(name) => {
                let field = value.field(name);
                // A part of a computed value is a copy.
                if matches!(value, QueryValue::Computed(_)) {
                    self.budget.spend_value(&field)?;
                }
                Ok(field)
            }
            Node::Literal(literal) => Ok(QueryValue::Borrowed(literal)),
            Node::Index(index) => Ok(self
                .budget
                .list_items(value)?
                .map_or_else(QueryValue::null, |items| item_at_index(&items, *index))),
            Node::Slice { start, end, step } => match self.budget.list_items(value)? {
                Some(items) => slice(&items, *start, *end, *step),
                None => Ok(QueryValue::null()),
            },
            Node::Chain(ids) => ids.iter().try_fold(value.clone(), |value, id| self.eval(*id, &value)),
            Node::Projection(left, right) => match self.budget.list_items(&self.eval(*left, value)?)? {
                Some(items) => self.project(items, *right),
                None => Ok(QueryValue::null()),
            },
            Node::ValueProjection(left, right) => {
                match self.budget.object_members(&self.eval(*left, value)?)? {
                    Some(members) => self.project(members.into_iter().map(|(_, value)| value), *right),
                    None => Ok(QueryValue::null()),
                }
            }
            Node::Filter(left, right, condition) => self.filter(*left, *right, *condition, value),
            Node::Flatten(inner) => self.flatten(&self.eval(*inner, value)?),
            Node::List(_) | Node::Object(_) if value.is_null() => Ok(QueryValue::null()),
            Node::List(ids) => {
                ids.iter().map(|id| self.eval(*id, value)).collect::<EvalResult<_>>().map(QueryValue::list)
            }
            Node::Object(members) => self.object(members, value),
            Node::Or(ids) => self.first_operand(ids, value, true),
            Node::And(ids) => self.first_operand(ids, value, false),
            Node::Not(inner) => Ok(QueryValue::computed(self.eval(*inner, value)?.is_false())),
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
                    .collect::<EvalResult<_>>()?;
                functions::call(&self, name, arguments)
            }
            Node::Reference(_) => {
                Err("an expression with & can only be used as an argument of a function".to_owned())
            }
        }
    }

    fn project(
        self,
        items: impl IntoIterator<Item = QueryValue<'a>>,
        right: NodeId,
    ) -> EvalResult<QueryValue<'a>> {
        let mut results = Vec::new();
        for item in items {
            let item = self.eval(right, &item)?;
            if !item.is_null() {
                results.push(item);
            }
        }
        Ok(QueryValue::list(results))
    }

    fn filter(
        self,
        left: NodeId,
        right: NodeId,
        condition: NodeId,
        value: &QueryValue<'a>,
    ) -> EvalResult<QueryValue<'a>> {
        let Some(items) = self.budget.list_items(&self.eval(left, value)?)? else {
            return Ok(QueryValue::null());
        };
        let mut selected = Vec::new();
        for item in items {
            if !self.eval(condition, &item)?.is_false() {
                selected.push(item);
            }
        }
        self.project(selected, right)
    }

    fn object(self, members: &'a [(String, NodeId)], value: &QueryValue<'a>) -> EvalResult<QueryValue<'a>> {
        let mut object: Vec<(&str, QueryValue)> = Vec::with_capacity(members.len());
        for (key, id) in members {
            let member = self.eval(*id, value)?;
            match object.iter_mut().find(|(known, _)| known == key) {
                Some(known) => known.1 = member,
                None => object.push((key, member)),
            }
        }
        Ok(QueryValue::Object(Rc::new(object)))
    }

    /// The first operand that is true, or that is false; otherwise the last operand.
    fn first_operand(
        self,
        ids: &[NodeId],
        value: &QueryValue<'a>,
        truth: bool,
    ) -> EvalResult<QueryValue<'a>> {
        let mut operand = QueryValue::null();
        for id in ids {
            operand = self.eval(*id, value)?;
            if operand.is_false() != truth {
                break;
            }
        }
        Ok(operand)
    }

    fn flatten(self, value: &QueryValue<'a>) -> EvalResult<QueryValue<'a>> {
        let Some(items) = self.budget.list_items(value)? else { return Ok(QueryValue::null()) };
        let mut flat = Vec::new();
        for item in items {
            match self.budget.list_items(&item)? {
                Some(inner) => flat.extend(inner),
                None => flat.push(item),
            }
        }
        Ok(QueryValue::list(flat))
    }

    fn compare(
        self,
        comparison: Comparison,
        left: &QueryValue,
        right: &QueryValue,
    ) -> EvalResult<QueryValue<'a>> {
        let ordering = match (comparison, left.view(), right.view()) {
            (Comparison::Equal, ..) => return Ok(QueryValue::computed(equals(left, right, self.budget)?)),
            (Comparison::NotEqual, ..) => {
                return Ok(QueryValue::computed(!equals(left, right, self.budget)?));
            }
            (_, ValueView::Number(left), ValueView::Number(right)) => compare(left, right),
            (_, ValueView::String(left), ValueView::String(right)) => left.cmp(right),
            (_, ValueView::Number(_), ValueView::String(_))
            | (_, ValueView::String(_), ValueView::Number(_)) => {
                return Err("a number cannot be compared with a string".to_owned());
            }
            _ => return Ok(QueryValue::null()),
        };
        Ok(QueryValue::computed(match comparison {
            Comparison::Less => ordering == Ordering::Less,
            Comparison::LessOrEqual => ordering != Ordering::Greater,
            Comparison::Greater => ordering == Ordering::Greater,
            _ => ordering != Ordering::Less,
        }))
    }
}

fn item_at_index<'a>(items: &[QueryValue<'a>], index: i64) -> QueryValue<'a> {
    let index = if index < 0 { length(items) + index } else { index };
    usize::try_from(index).ok().and_then(|index| items.get(index).cloned()).unwrap_or_else(QueryValue::null)
}

/// The items from `start` up to `end` with a step, as in Python: a negative index counts from the end.
fn slice<'a>(
    items: &[QueryValue<'a>],
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
) -> EvalResult<QueryValue<'a>> {
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
    let mut index = start.map_or(if forward { low } else { high }, bound);
    let end = end.map_or(if forward { high } else { low }, bound);
    let mut selected = Vec::new();
    while if forward { index < end } else { index > end } {
        let item = usize::try_from(index).ok().and_then(|index| items.get(index));
        selected.extend(item.cloned());
        index = index.saturating_add(step);
    }
    Ok(QueryValue::list(selected))
}

fn length(items: &[QueryValue]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}
