//! The functions of `JMESPath`.
//!
//! Types are checked as jmespath.py checks them.

use std::cmp::Ordering;

use serde_json::{Map, Number};

use super::super::json;
use super::ast::Id;
use super::compare::{order, same};
use super::eval::{Argument, Evaluator, Result};
use super::found::{Found, View};
use super::numbers;

/// Calls a function by its name.
pub fn call<'a>(evaluator: Evaluator<'a, '_>, name: &str, arguments: Vec<Argument<'a>>) -> Result<Found<'a>> {
    let Some((_, least, most)) = ARITIES.into_iter().find(|(known, ..)| *known == name) else {
        return Err(format!("there is no function {name}()"));
    };
    let given = arguments.len();
    if given < least || given > most {
        return Err(format!(
            "{name}() takes {least} argument{}, not {given}",
            if least == 1 { "" } else { "s" }
        ));
    }
    let mut call = Call { evaluator, name, arguments: arguments.into_iter() };
    call.run()
}

const ANY: usize = usize::MAX;

/// Every function with the fewest and the most arguments it takes.
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
    ("merge", 1, ANY),
    ("min", 1, 1),
    ("min_by", 2, 2),
    ("not_null", 1, ANY),
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
    evaluator: Evaluator<'a, 'n>,
    name: &'n str,
    arguments: std::vec::IntoIter<Argument<'a>>,
}

impl<'a> Call<'a, '_> {
    fn run(&mut self) -> Result<Found<'a>> {
        Ok(match self.name {
            "abs" => Found::made(numbers::abs(&self.number()?)),
            "avg" => Found::made(numbers::average(&self.numbers()?)),
            "ceil" => Found::made(numbers::rounded(&self.number()?, f64::ceil)),
            "floor" => Found::made(numbers::rounded(&self.number()?, f64::floor)),
            "contains" => self.contains()?,
            "ends_with" => Found::made(self.string()?.ends_with(&self.string()?)),
            "starts_with" => Found::made(self.string()?.starts_with(&self.string()?)),
            "join" => {
                let separator = self.string()?;
                let texts = self.strings()?;
                texts.iter().try_for_each(|_| self.evaluator.work.take_text(&separator))?;
                Found::made(texts.join(&separator))
            }
            "keys" => Found::list(self.object()?.into_iter().map(|(key, _)| Found::made(key)).collect()),
            "values" => Found::list(self.object()?.into_iter().map(|(_, value)| value).collect()),
            "length" => {
                let value = self.value()?;
                Found::made(value.len().ok_or_else(|| self.refuses(&value, "a string, list or object"))?)
            }
            "map" => {
                let each = self.reference()?;
                let items = self.list()?;
                let found = items.iter().map(|item| self.evaluator.eval(each, item));
                Found::list(found.collect::<Result<_>>()?)
            }
            "max" => self.extreme(Ordering::Greater)?,
            "min" => self.extreme(Ordering::Less)?,
            "max_by" => self.extreme_by(Ordering::Greater)?,
            "min_by" => self.extreme_by(Ordering::Less)?,
            "sort" => {
                let mut items = self.comparable()?;
                items.sort_by(order_of);
                Found::list(items)
            }
            "sort_by" => {
                let mut items = self.keyed()?;
                items.sort_by(|a, b| order_of(&a.0, &b.0));
                Found::list(items.into_iter().map(|(_, item)| item).collect())
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
            "sum" => Found::made(numbers::total(&self.numbers()?)),
            "to_array" => {
                let value = self.value()?;
                if matches!(value.view(), View::List) { value } else { Found::list(vec![value]) }
            }
            "to_number" => {
                let value = self.value()?;
                match value.view() {
                    View::Number(_) => value,
                    View::String(text) => Found::made(numbers::parse(text)),
                    _ => Found::null(),
                }
            }
            "to_string" => {
                let value = self.value()?;
                if matches!(value.view(), View::String(_)) {
                    value
                } else {
                    self.evaluator.work.take_all(&value)?;
                    Found::made(json::compact_ascii(&value.into_value()))
                }
            }
            _ => Found::made(type_name(&self.value()?)),
        })
    }

    fn value(&mut self) -> Result<Found<'a>> {
        match self.arguments.next() {
            Some(Argument::Value(value)) => Ok(value),
            _ => Err(format!("{}() takes no expression with & there", self.name)),
        }
    }

    fn reference(&mut self) -> Result<Id> {
        match self.arguments.next() {
            Some(Argument::Reference(id)) => Ok(id),
            _ => Err(format!("{}() wants an expression with & there", self.name)),
        }
    }

    fn refuses(&self, value: &Found, wanted: &str) -> String {
        format!("{}() wants {wanted}, not {}", self.name, described(value))
    }

    fn number(&mut self) -> Result<Number> {
        let value = self.value()?;
        match value.view() {
            View::Number(number) => Ok(number.clone()),
            _ => Err(self.refuses(&value, "a number")),
        }
    }

    fn string(&mut self) -> Result<String> {
        let value = self.value()?;
        match value.view() {
            View::String(text) => {
                self.evaluator.work.take_text(text)?;
                Ok(text.to_owned())
            }
            _ => Err(self.refuses(&value, "a string")),
        }
    }

    fn list(&mut self) -> Result<Vec<Found<'a>>> {
        let value = self.value()?;
        self.evaluator.items(&value)?.ok_or_else(|| self.refuses(&value, "a list"))
    }

    fn object(&mut self) -> Result<Vec<(String, Found<'a>)>> {
        let value = self.value()?;
        self.evaluator.members(&value)?.ok_or_else(|| self.refuses(&value, "an object"))
    }

    fn numbers(&mut self) -> Result<Vec<Number>> {
        let items = self.list()?;
        let each = |item: &Found| match item.view() {
            View::Number(number) => Ok(number.clone()),
            _ => Err(self.refuses(item, "a list of numbers")),
        };
        items.iter().map(each).collect()
    }

    fn strings(&mut self) -> Result<Vec<String>> {
        let items = self.list()?;
        let each = |item: &Found| match item.view() {
            View::String(text) => {
                self.evaluator.work.take_text(text)?;
                Ok(text.to_owned())
            }
            _ => Err(self.refuses(item, "a list of strings")),
        };
        items.iter().map(each).collect()
    }

    /// A list of only numbers or only strings.
    fn comparable(&mut self) -> Result<Vec<Found<'a>>> {
        let items = self.list()?;
        self.check_comparable(items.iter())?;
        Ok(items)
    }

    fn check_comparable<'f>(&self, items: impl Iterator<Item = &'f Found<'a>>) -> Result<()>
    where
        'a: 'f,
    {
        let mut first = None;
        for item in items {
            let kind = type_name(item);
            if !matches!(kind, "number" | "string") || *first.get_or_insert(kind) != kind {
                let wanted = match first {
                    None => "numbers or strings",
                    Some("number") => "only numbers after a number",
                    Some(_) => "only strings after a string",
                };
                return Err(self.refuses(item, wanted));
            }
        }
        Ok(())
    }

    /// A list with what an expression makes of each item.
    fn keyed(&mut self) -> Result<Vec<(Found<'a>, Found<'a>)>> {
        let items = self.list()?;
        let key = self.reference()?;
        let keyed = items
            .into_iter()
            .map(|item| self.evaluator.eval(key, &item).map(|key| (key, item)))
            .collect::<Result<Vec<_>>>()?;
        self.check_comparable(keyed.iter().map(|(key, _)| key))?;
        Ok(keyed)
    }

    fn extreme(&mut self, wanted: Ordering) -> Result<Found<'a>> {
        let items = self.comparable()?.into_iter().map(|item| (item.clone(), item));
        Ok(extreme(items, wanted))
    }

    fn extreme_by(&mut self, wanted: Ordering) -> Result<Found<'a>> {
        Ok(extreme(self.keyed()?.into_iter(), wanted))
    }

    fn contains(&mut self) -> Result<Found<'a>> {
        let (subject, search) = (self.value()?, self.value()?);
        let work = self.evaluator.work;
        if let Some(items) = self.evaluator.items(&subject)? {
            for item in &items {
                if same(item, &search, work)? {
                    return Ok(Found::made(true));
                }
            }
            return Ok(Found::made(false));
        }
        match (subject.view(), search.view()) {
            (View::String(subject), View::String(search)) => {
                work.take_text(subject)?;
                Ok(Found::made(subject.contains(search)))
            }
            (View::String(_), _) => Err(self.refuses(&search, "a string to look for in a string")),
            _ => Err(self.refuses(&subject, "a list or a string")),
        }
    }

    fn merge(&mut self) -> Result<Found<'a>> {
        let mut merged = Map::new();
        while self.arguments.len() > 0 {
            for (key, value) in self.object()? {
                self.evaluator.work.take_all(&value)?;
                merged.insert(key, value.into_value());
            }
        }
        Ok(Found::made(merged))
    }

    fn reverse(&mut self) -> Result<Found<'a>> {
        let value = self.value()?;
        if let Some(mut items) = self.evaluator.items(&value)? {
            items.reverse();
            return Ok(Found::list(items));
        }
        match value.view() {
            View::String(text) => {
                self.evaluator.work.take_text(text)?;
                Ok(Found::made(text.chars().rev().collect::<String>()))
            }
            _ => Err(self.refuses(&value, "a list or a string")),
        }
    }
}

/// The first of the greatest or of the least.
fn extreme<'a>(items: impl Iterator<Item = (Found<'a>, Found<'a>)>, wanted: Ordering) -> Found<'a> {
    items
        .reduce(|best, item| if order_of(&item.0, &best.0) == wanted { item } else { best })
        .map_or_else(Found::null, |(_, item)| item)
}

fn order_of(a: &Found, b: &Found) -> Ordering {
    match (a.view(), b.view()) {
        (View::Number(a), View::Number(b)) => order(a, b),
        (View::String(a), View::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

fn type_name(value: &Found) -> &'static str {
    match value.view() {
        View::Null => "null",
        View::Bool(_) => "boolean",
        View::Number(_) => "number",
        View::String(_) => "string",
        View::List => "array",
        View::Object => "object",
    }
}

fn described(value: &Found) -> &'static str {
    match value.view() {
        View::Null => "null",
        View::Bool(_) => "true or false",
        View::Number(_) => "a number",
        View::String(_) => "a string",
        View::List => "a list",
        View::Object => "an object",
    }
}
