//! `$filter` of lists: a small part of `OData`.
//!
//! Comparisons (`eq ne gt ge lt le`), `contains startswith endswith substringof`, `and or not`, parentheses.
//! Members may be written `properties/displayName` or `displayName`. API Management compares text without regard
//! to case; API Center does not: `kind eq 'REST'` finds nothing there (recorded).

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

/// How text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// `a` is not `A`.
    Matters,
    /// `a` is `A`.
    Ignored,
}

impl Case {
    fn of(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Matters => Cow::Borrowed(text),
            Self::Ignored => Cow::Owned(text.to_lowercase()),
        }
    }
}

/// A parsed filter.
#[derive(Debug, PartialEq)]
pub enum Filter {
    /// Both.
    And(Box<Filter>, Box<Filter>),
    /// Either.
    Or(Box<Filter>, Box<Filter>),
    /// Not.
    Not(Box<Filter>),
    /// A member, an operator, a literal.
    Compare(String, String, Value),
    /// A function of a member and a text.
    Call(String, String, String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Open,
    Close,
    Comma,
}

/// Reads a filter; the error says what is wrong with it.
pub fn parse(text: &str) -> Result<Filter, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0 };
    let filter = parser.either()?;
    match parser.tokens.get(parser.at) {
        None => Ok(filter),
        Some(rest) => Err(format!("nothing was expected after the filter, but there is {rest:?}")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => {}
            '(' => found.push(Token::Open),
            ')' => found.push(Token::Close),
            ',' => found.push(Token::Comma),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        Some('\'') if chars.peek() == Some(&'\'') => {
                            chars.next();
                            value.push('\'');
                        }
                        Some('\'') => break,
                        Some(other) => value.push(other),
                        None => return Err("a quote is not closed".to_owned()),
                    }
                }
                found.push(Token::Text(value));
            }
            _ => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|n| !" \t(),'".contains(*n)) {
                    word.push(next);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

/// How deep parentheses may nest, so that no filter exhausts the stack.
const DEEPEST: usize = 50;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn keyword(&mut self, wanted: &str) -> bool {
        let there =
            matches!(self.tokens.get(self.at), Some(Token::Word(w)) if w.eq_ignore_ascii_case(wanted));
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        match self.next() {
            Some(token) if token == *wanted => Ok(()),
            other => Err(format!("{wanted:?} was expected, not {other:?}")),
        }
    }

    fn either(&mut self) -> Result<Filter, String> {
        let mut left = self.both()?;
        while self.keyword("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.keyword("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("it is nested too deeply".to_owned());
        }
        let result = self.one_inner();
        self.depth -= 1;
        result
    }

    fn one_inner(&mut self) -> Result<Filter, String> {
        if self.keyword("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        match self.next() {
            Some(Token::Open) => {
                let inner = self.either()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) if self.tokens.get(self.at) == Some(&Token::Open) => self.function(&word),
            Some(Token::Word(member)) => self.comparison(member),
            other => Err(format!("a member or a function was expected, not {other:?}")),
        }
    }

    fn function(&mut self, name: &str) -> Result<Filter, String> {
        let name = name.to_ascii_lowercase();
        if !["contains", "startswith", "endswith", "substringof"].contains(&name.as_str()) {
            return Err(format!("there is no function '{name}'"));
        }
        self.expect(&Token::Open)?;
        let first = self.next();
        self.expect(&Token::Comma)?;
        let second = self.next();
        self.expect(&Token::Close)?;
        // `substringof` is the older spelling of `contains`, with its arguments the other way round.
        let call = match (first, second) {
            (Some(Token::Word(member)), Some(Token::Text(text))) if name != "substringof" => {
                Filter::Call(name, member, text)
            }
            (Some(Token::Text(text)), Some(Token::Word(member))) if name == "substringof" => {
                Filter::Call("contains".to_owned(), member, text)
            }
            _ => return Err(format!("'{name}' takes a member and a text in single quotes")),
        };
        // Older clients compare the result: `contains(name,'x') eq true`.
        if self.keyword("eq") {
            return match self.next() {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Ok(call),
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => {
                    Ok(Filter::Not(Box::new(call)))
                }
                other => Err(format!("true or false was expected, not {other:?}")),
            };
        }
        Ok(call)
    }

    fn comparison(&mut self, member: String) -> Result<Filter, String> {
        let operator = match self.next() {
            Some(Token::Word(word)) => word.to_ascii_lowercase(),
            other => return Err(format!("an operator was expected after '{member}', not {other:?}")),
        };
        if !["eq", "ne", "gt", "ge", "lt", "le"].contains(&operator.as_str()) {
            return Err(format!("there is no operator '{operator}'"));
        }
        let literal = match self.next() {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => serde_json::from_str(&word.to_ascii_lowercase())
                .map_err(|_| format!("'{word}' is no value; text goes in single quotes"))?,
            other => return Err(format!("a value was expected, not {other:?}")),
        };
        Ok(Filter::Compare(member, operator, literal))
    }
}

impl Filter {
    /// Whether a resource's body passes.
    #[must_use]
    pub fn passes(&self, body: &Value, case: Case) -> bool {
        match self {
            Self::And(a, b) => a.passes(body, case) && b.passes(body, case),
            Self::Or(a, b) => a.passes(body, case) || b.passes(body, case),
            Self::Not(inner) => !inner.passes(body, case),
            Self::Call(name, member, text) => {
                let value = case.of(member_of(body, member).as_str().unwrap_or_default());
                let text = case.of(text);
                match name.as_str() {
                    "startswith" => value.starts_with(&*text),
                    "endswith" => value.ends_with(&*text),
                    _ => value.contains(&*text),
                }
            }
            Self::Compare(member, operator, literal) => {
                let order = compare(member_of(body, member), literal, case);
                match operator.as_str() {
                    "eq" => order == Some(Ordering::Equal),
                    "ne" => order != Some(Ordering::Equal),
                    "gt" => order == Some(Ordering::Greater),
                    "lt" => order == Some(Ordering::Less),
                    "ge" => order.is_some_and(|o| o != Ordering::Less),
                    _ => order.is_some_and(|o| o != Ordering::Greater),
                }
            }
        }
    }
}

fn member_of<'a>(body: &'a Value, path: &str) -> &'a Value {
    let path = path.strip_prefix("properties/").unwrap_or(path);
    let at = |root: &'a Value| path.split('/').try_fold(root, |value, part| value.get(part));
    at(&body["properties"]).or_else(|| at(body)).unwrap_or(&Value::Null)
}

fn compare(value: &Value, literal: &Value, case: Case) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(a), Value::String(b)) => Some(case.of(a).cmp(&case.of(b))),
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        // A revision that is not current says nothing of it.
        (Value::Null, Value::Bool(b)) => Some(false.cmp(b)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn passes(filter: &str, case: Case) -> bool {
        let body =
            json!({"name": "echo", "properties": {"displayName": "Bob's Echo", "isCurrent": true, "n": 3}});
        parse(filter).expect(filter).passes(&body, case)
    }

    #[test]
    fn members_functions_and_logic() {
        for yes in [
            "properties/displayName eq 'bob''s echo'",
            "name eq 'echo' and isCurrent eq true",
            "contains(displayName,'Echo')",
            "contains(properties/displayName, 'echo') eq true",
            "substringof('Echo', displayName)",
            "startswith(name,'e') and (endswith(name,'x') or n ge 3)",
            "not (name eq 'x')",
            "absent eq null",
        ] {
            assert!(passes(yes, Case::Ignored), "{yes}");
        }
        for no in ["name ne 'echo'", "isCurrent eq false", "n lt 3", "missing eq 'x'", "missing gt 1"] {
            assert!(!passes(no, Case::Ignored), "{no}");
        }
    }

    #[test]
    fn case_matters_where_it_is_told_to() {
        for yes in ["name eq 'echo'", "contains(displayName,'''s E')", "name ne 'ECHO'", "NOT (name EQ 'x')"]
        {
            assert!(passes(yes, Case::Matters), "{yes}");
        }
        for no in ["name eq 'ECHO'", "startswith(name,'E')"] {
            assert!(!passes(no, Case::Matters), "{no}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for bad in [
            "",
            "name",
            "name eq",
            "name eq echo",
            "name is 'x'",
            "frob(name,'x')",
            "name eq 'x",
            "(name eq 'x'",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        assert!(parse(&"not ".repeat(10_000)).is_err());
    }
}
