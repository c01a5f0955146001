//! The functions of `JMESPath`.
//!
//! The types of arguments are checked as in jmespath.py.

use std::cmp::Ordering;

use serde_json::{Map, Number};

use super::super::json;
use super::ast::NodeId;
use super::budget::Budget;
use super::compare::equals_in_python;
use super::error::EvalResult;
use super::numbers;
use super::value::{QueryValue, ValueView};

/// An argument of a function.
pub(crate) enum Argument<'a> {
    Value(QueryValue<'a>),
    /// `&a`: an expression that the function applies to items of a list.
    Reference(NodeId),
}

/// What a function needs from the evaluation that calls it.
pub(crate) trait Interpreter<'a> {
    /// Applies an expression of the query to a value.
    fn evaluate(&self, id: NodeId, value: &QueryValue<'a>) -> EvalResult<QueryValue<'a>>;

    /// The remaining budget of the query.
    fn budget(&self) -> &Budget;
}

/// Calls a function by its name.
pub(crate) fn call<'a>(
    interpreter: &dyn Interpreter<'a>,
    name: &str,
    arguments: Vec<Argument<'a>>,
) -> EvalResult<QueryValue<'a>> {
    let Some((_, min, max)) = ARITIES.into_iter().find(|(known, ..)| *known == name) else {
        return Err(format!("unknown function {name}()"));
    };
    let count = arguments.len();
    if count < min || count > max {
        return Err(format!("{name}() takes {min} argument{}, not {count}", if min == 1 { "" } else { "s" }));
    }
    let mut call = Call { interpreter, name, arguments: arguments.into_iter() };
    call.run()
}

const UNLIMITED: usize = usize::MAX;

/// The functions, each with its minimum and maximum number of arguments.
const ARITIES: [(&str, usize, usize); 26] = [
    ("abs", 1, 1),
    ("avg", 1, 1),
    ("ceil", 1, 1),
    ("contains", 2, 2),
    ("ends_with", 2, 2),
    ("floor", 1, 1),
    ("join", 2, 2),
    ("keys", 1, 1),
    ("length", 1, 1),
    ("map", 2, 2),
    ("max", 1, 1),
    ("max_by", 2, 2),
    ("merge", 1, UNLIMITED),
    ("min", 1, 1),
    ("min_by", 2, 2),
    ("not_null", 1, UNLIMITED),
    ("reverse", 1, 1),
    ("sort", 1, 1),
    ("sort_by", 2, 2),
    ("starts_with", 2, 2),
    ("sum", 1, 1),
    ("to_array", 1, 1),
    ("to_number", 1, 1),
    ("to_string", 1, 1),
    ("type", 1, 1),
    ("values", 1, 1),
];

struct Call<'a, 'n> {
    interpreter: &'n dyn Interpreter<'a>,
    name: &'n str,
    arguments: std::vec::IntoIter<Argument<'a>>,
}

impl<'a> Call<'a, '_> {
    fn run(&mut self) -> EvalResult<QueryValue<'a>> {
        Ok(match self.name {
            "abs" => QueryValue::computed(numbers::abs(&self.number()?)),
            "avg" => QueryValue::computed(numbers::average(&self.numbers()?)),
            "ceil" => QueryValue::computed(numbers::round_with(&self.number()?, f64::ceil)),
            "floor" => QueryValue::computed(numbers::round_with(&self.number()?, f64::floor)),
            "contains" => self.contains()?,
            "ends_with" => QueryValue::computed(self.string()?.ends_with(&self.string()?)),
            "starts_with" => QueryValue::computed(self.string()?.starts_with(&self.string()?)),
            "join" => {
                let separator = self.string()?;
                let texts = self.strings()?;
                texts.iter().try_for_each(|_| self.interpreter.budget().spend_text(&separator))?;
                QueryValue::computed(texts.join(&separator))
            }
            "keys" => QueryValue::list(
                self.object()?.into_iter().map(|(key, _)| QueryValue::computed(key)).collect(),
            ),
            "values" => QueryValue::list(self.object()?.into_iter().map(|(_, value)| value).collect()),
            "length" => {
                let value = self.value()?;
                QueryValue::computed(
                    value.len().ok_or_else(|| self.type_error(&value, "a string, list or object"))?,
                )
            }
            "map" => {
                let each = self.reference()?;
                let items = self.list()?;
                let results = items.iter().map(|item| self.interpreter.evaluate(each, item));
                QueryValue::list(results.collect::<EvalResult<_>>()?)
            }
            "max" => self.extreme(Ordering::Greater)?,
            "min" => self.extreme(Ordering::Less)?,
            "max_by" => self.extreme_by(Ordering::Greater)?,
            "min_by" => self.extreme_by(Ordering::Less)?,
            "sort" => {
                let mut items = self.comparable()?;
                items.sort_by(compare_keys);
                QueryValue::list(items)
            }
            "sort_by" => {
                let mut items = self.items_with_keys()?;
                items.sort_by(|a, b| compare_keys(&a.0, &b.0));
                QueryValue::list(items.into_iter().map(|(_, item)| item).collect())
            }
            "merge" => self.merge()?,
            "not_null" => {
                while self.arguments.len() > 1 {
                    let value = self.value()?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                self.value()?
            }
            "reverse" => self.reverse()?,
            "sum" => QueryValue::computed(numbers::sum(&self.numbers()?)),
            "to_array" => {
                let value = self.value()?;
                if matches!(value.view(), ValueView::List) { value } else { QueryValue::list(vec![value]) }
            }
            "to_number" => {
                let value = self.value()?;
                match value.view() {
                    ValueView::Number(_) => value,
                    ValueView::String(text) => QueryValue::computed(numbers::parse(text)),
                    _ => QueryValue::null(),
                }
            }
            "to_string" => {
                let value = self.value()?;
                if matches!(value.view(), ValueView::String(_)) {
                    value
                } else {
                    self.interpreter.budget().spend_value(&value)?;
                    QueryValue::computed(json::compact_ascii(&value.into_value()))
                }
            }
            _ => QueryValue::computed(type_name(&self.value()?)),
        })
    }

    fn value(&mut self) -> EvalResult<QueryValue<'a>> {
        match self.arguments.next() {
            Some(Argument::Value(value)) => Ok(value),
            _ => Err(format!("{}() does not take an expression with & there", self.name)),
        }
    }

    fn reference(&mut self) -> EvalResult<NodeId> {
        match self.arguments.next() {
            Some(Argument::Reference(id)) => Ok(id),
            _ => Err(format!("{}() expects an expression with & there", self.name)),
        }
    }

    fn type_error(&self, value: &QueryValue, expected: &str) -> String {
        format!("{}() expects {expected}, not {}", self.name, describe_kind(value))
    }

    fn number(&mut self) -> EvalResult<Number> {
        let value = self.value()?;
        match value.view() {
            ValueView::Number(number) => Ok(number.clone()),
            _ => Err(self.type_error(&value, "a number")),
        }
    }

    fn string(&mut self) -> EvalResult<String> {
        let value = self.value()?;
        match value.view() {
            ValueView::String(text) => {
                self.interpreter.budget().spend_text(text)?;
                Ok(text.to_owned())
            }
            _ => Err(self.type_error(&value, "a string")),
        }
    }

    fn list(&mut self) -> EvalResult<Vec<QueryValue<'a>>> {
        let value = self.value()?;
        self.interpreter.budget().list_items(&value)?.ok_or_else(|| self.type_error(&value, "a list"))
    }

    fn object(&mut self) -> EvalResult<Vec<(String, QueryValue<'a>)>> {
        let value = self.value()?;
        self.interpreter.budget().object_members(&value)?.ok_or_else(|| self.type_error(&value, "an object"))
    }

    fn numbers(&mut self) -> EvalResult<Vec<Number>> {
        let items = self.list()?;
        let each = |item: &QueryValue| match item.view() {
            ValueView::Number(number) => Ok(number.clone()),
            _ => Err(self.type_error(item, "a list of numbers")),
        };
        items.iter().map(each).collect()
    }

    fn strings(&mut self) -> EvalResult<Vec<String>> {
        let items = self.list()?;
        let each = |item: &QueryValue| match item.view() {
            ValueView::String(text) => {
                self.interpreter.budget().spend_text(text)?;
                Ok(text.to_owned())
            }
            _ => Err(self.type_error(item, "a list of strings")),
        };
        items.iter().map(each).collect()
    }

    /// The next argument, a list of only numbers or only strings.
    fn comparable(&mut self) -> EvalResult<Vec<QueryValue<'a>>> {
        let items = self.list()?;
        self.check_comparable(items.iter())?;
        Ok(items)
    }

    fn check_comparable<'f>(&self, items: impl Iterator<Item = &'f QueryValue<'a>>) -> EvalResult<()>
    where
        'a: 'f,
    {
        let mut first = None;
        for item in items {
            let kind = type_name(item);
            if !matches!(kind, "number" | "string") || *first.get_or_insert(kind) != kind {
                let expected = match first {
                    None => "numbers or strings",
                    Some("number") => "only numbers after a number",
                    Some(_) => "only strings after a string",
                };
                return Err(self.type_error(item, expected));
            }
        }
        Ok(())
    }

    /// The next two arguments, a list and an expression: each item with the value of the expression, its key.
    fn items_with_keys(&mut self) -> EvalResult<Vec<(QueryValue<'a>, QueryValue<'a>)>> {
        let items = self.list()?;
        let key = self.reference()?;
        let keyed = items
            .into_iter()
            .map(|item| self.interpreter.evaluate(key, &item).map(|key| (key, item)))
            .collect::<EvalResult<Vec<_>>>()?;
        self.check_comparable(keyed.iter().map(|(key, _)| key))?;
        Ok(keyed)
    }

    fn extreme(&mut self, ordering: Ordering) -> EvalResult<QueryValue<'a>> {
        let items = self.comparable()?.into_iter().map(|item| (item.clone(), item));
        Ok(extreme(items, ordering))
    }

    fn extreme_by(&mut self, ordering: Ordering) -> EvalResult<QueryValue<'a>> {
        Ok(extreme(self.items_with_keys()?.into_iter(), ordering))
    }

    fn contains(&mut self) -> EvalResult<QueryValue<'a>> {
        let (subject, search) = (self.value()?, self.value()?);
        let budget = self.interpreter.budget();
        if let Some(items) = self.interpreter.budget().list_items(&subject)? {
            for item in &items {
                if equals_in_python(item, &search, budget)? {
                    return Ok(QueryValue::computed(true));
                }
            }
            return Ok(QueryValue::computed(false));
        }
        match (subject.view(), search.view()) {
            (ValueView::String(subject), ValueView::String(search)) => {
                budget.spend_text(subject)?;
                Ok(QueryValue::computed(subject.contains(search)))
            }
            (ValueView::String(_), _) => Err(self.type_error(&search, "a string to look for in a string")),
            _ => Err(self.type_error(&subject, "a list or a string")),
        }
    }

    fn merge(&mut self) -> EvalResult<QueryValue<'a>> {
        let mut merged = Map::new();
        while self.arguments.len() > 0 {
            for (key, value) in self.object()? {
                self.interpreter.budget().spend_value(&value)?;
                merged.insert(key, value.into_value());
            }
        }
        Ok(QueryValue::computed(merged))
    }

    fn reverse(&mut self) -> EvalResult<QueryValue<'a>> {
        let value = self.value()?;
        if let Some(mut items) = self.interpreter.budget().list_items(&value)? {
            items.reverse();
            return Ok(QueryValue::list(items));
        }
        match value.view() {
            ValueView::String(text) => {
                self.interpreter.budget().spend_text(text)?;
                Ok(QueryValue::computed(text.chars().rev().collect::<String>()))
            }
            _ => Err(self.type_error(&value, "a list or a string")),
        }
    }
}

/// The first item with the greatest or the least key.
fn extreme<'a>(
    items: impl Iterator<Item = (QueryValue<'a>, QueryValue<'a>)>,
    ordering: Ordering,
) -> QueryValue<'a> {
    items
        .reduce(|best, item| if compare_keys(&item.0, &best.0) == ordering { item } else { best })
        .map_or_else(QueryValue::null, |(_, item)| item)
}

fn compare_keys(a: &QueryValue, b: &QueryValue) -> Ordering {
    match (a.view(), b.view()) {
        (ValueView::Number(a), ValueView::Number(b)) => numbers::compare(a, b),
        (ValueView::String(a), ValueView::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

fn type_name(value: &QueryValue) -> &'static str {
    match value.view() {
        ValueView::Null => "null",
        ValueView::Bool(_) => "boolean",
        ValueView::Number(_) => "number",
        ValueView::String(_) => "string",
        ValueView::List => "array",
        ValueView::Object => "object",
    }
}

fn describe_kind(value: &QueryValue) -> &'static str {
    match value.view() {
        ValueView::Null => "null",
        ValueView::Bool(_) => "a boolean",
        ValueView::Number(_) => "a number",
        ValueView::String(_) => "a string",
        ValueView::List => "a list",
        ValueView::Object => "an object",
    }
}
