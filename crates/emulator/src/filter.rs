//! `$filter` of lists: a small part of `OData`.
//!
//! Comparisons (`eq ne gt ge lt le`), `contains startswith endswith substringof`, `and or not`, parentheses.
//! Members may be written `properties/displayName` or `displayName`. API Management compares text without regard
//! to case; API Center does not: `kind eq 'REST'` finds nothing there (recorded).

use std::borrow::Cow;
use std::cmp::Ordering;
use std::str::FromStr;

use serde_json::Value;

/// Whether text is compared with regard to case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseSensitivity {
    /// `a` and `A` are different.
    Sensitive,
    /// `a` and `A` are equal.
    Insensitive,
}

impl CaseSensitivity {
    fn fold(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Sensitive => Cow::Borrowed(text),
            Self::Insensitive => Cow::Owned(text.to_lowercase()),
        }
    }
}

/// A parsed filter.
#[derive(Debug, PartialEq)]
pub enum Filter {
    /// `and`.
    And(Box<Filter>, Box<Filter>),
    /// `or`.
    Or(Box<Filter>, Box<Filter>),
    /// `not`.
    Not(Box<Filter>),
    /// A comparison: a member, an operator, a literal.
    Compare(String, String, Value),
    /// A function, the member and the text it is called with.
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

/// The error says what is wrong with the filter.
impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parser = Parser { tokens: tokenize(text)?, position: 0, depth: 0 };
        let filter = parser.parse_or()?;
        match parser.tokens.get(parser.position) {
            None => Ok(filter),
            Some(rest) => Err(format!("unexpected {rest:?} after the filter")),
        }
    }
}

fn tokenize(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            ',' => tokens.push(Token::Comma),
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
                tokens.push(Token::Text(value));
            }
            _ => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|n| !" \t(),'".contains(*n)) {
                    word.push(next);
                }
                tokens.push(Token::Word(word));
            }
        }
    }
    Ok(tokens)
}

/// How deep a filter may nest, so that none exhausts the stack.
const MAX_DEPTH: usize = 50;

struct Parser {
    tokens: Vec<Token>,
    position: usize,
    depth: usize,
}

impl Parser {
    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.position).cloned();
        self.position += 1;
        token
    }

    /// Consumes the next token if it is this keyword.
    fn next_if_keyword(&mut self, keyword: &str) -> bool {
        let is_keyword =
            matches!(self.tokens.get(self.position), Some(Token::Word(w)) if w.eq_ignore_ascii_case(keyword));
        self.position += usize::from(is_keyword);
        is_keyword
    }

    fn expect(&mut self, expected: &Token) -> Result<(), String> {
        match self.next() {
            Some(token) if token == *expected => Ok(()),
            other => Err(format!("expected {expected:?}, not {other:?}")),
        }
    }

    fn parse_or(&mut self) -> Result<Filter, String> {
        let mut left = self.parse_and()?;
        while self.next_if_keyword("or") {
            left = Filter::Or(Box::new(left), Box::new(self.parse_and()?));
        }
        Ok(left)
    }

    fn parse_and(&mut self) -> Result<Filter, String> {
        let mut left = self.parse_operand()?;
        while self.next_if_keyword("and") {
            left = Filter::And(Box::new(left), Box::new(self.parse_operand()?));
        }
        Ok(left)
    }

    fn parse_operand(&mut self) -> Result<Filter, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("it is nested too deeply".to_owned());
        }
        let filter = self.parse_nested_operand();
        self.depth -= 1;
        filter
    }

    fn parse_nested_operand(&mut self) -> Result<Filter, String> {
        if self.next_if_keyword("not") {
            return Ok(Filter::Not(Box::new(self.parse_operand()?)));
        }
        match self.next() {
            Some(Token::Open) => {
                let inner = self.parse_or()?;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Some(Token::Word(word)) if self.tokens.get(self.position) == Some(&Token::Open) => {
                self.parse_call(&word)
            }
            Some(Token::Word(member)) => self.parse_comparison(member),
            other => Err(format!("expected a member or a function, not {other:?}")),
        }
    }

    fn parse_call(&mut self, function: &str) -> Result<Filter, String> {
        let function = function.to_ascii_lowercase();
        if !["contains", "startswith", "endswith", "substringof"].contains(&function.as_str()) {
            return Err(format!("unknown function '{function}'"));
        }
        self.expect(&Token::Open)?;
        let first = self.next();
        self.expect(&Token::Comma)?;
        let second = self.next();
        self.expect(&Token::Close)?;
        // `substringof` is the older spelling of `contains`, with its arguments in the other order.
        let call = match (first, second) {
            (Some(Token::Word(member)), Some(Token::Text(text))) if function != "substringof" => {
                Filter::Call(function, member, text)
            }
            (Some(Token::Text(text)), Some(Token::Word(member))) if function == "substringof" => {
                Filter::Call("contains".to_owned(), member, text)
            }
            _ => return Err(format!("'{function}' takes a member and a text in single quotes")),
        };
        // Older clients compare the result: `contains(name,'x') eq true`.
        if self.next_if_keyword("eq") {
            return match self.next() {
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("true") => Ok(call),
                Some(Token::Word(word)) if word.eq_ignore_ascii_case("false") => {
                    Ok(Filter::Not(Box::new(call)))
                }
                other => Err(format!("expected true or false, not {other:?}")),
            };
        }
        Ok(call)
    }

    fn parse_comparison(&mut self, member: String) -> Result<Filter, String> {
        let operator = match self.next() {
            Some(Token::Word(word)) => word.to_ascii_lowercase(),
            other => return Err(format!("expected an operator after '{member}', not {other:?}")),
        };
        if !["eq", "ne", "gt", "ge", "lt", "le"].contains(&operator.as_str()) {
            return Err(format!("unknown operator '{operator}'"));
        }
        let literal = match self.next() {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => serde_json::from_str(&word.to_ascii_lowercase())
                .map_err(|_| format!("'{word}' is not a value; write text in single quotes"))?,
            Some(_) => return Err(format!("a value must follow '{operator}'")),
            None => return Err(format!("it ends after '{operator}', where a value must follow")),
        };
        Ok(Filter::Compare(member, operator, literal))
    }
}

impl Filter {
    /// Whether a resource's body matches the filter.
    #[must_use]
    pub fn matches(&self, body: &Value, case: CaseSensitivity) -> bool {
        match self {
            Self::And(a, b) => a.matches(body, case) && b.matches(body, case),
            Self::Or(a, b) => a.matches(body, case) || b.matches(body, case),
            Self::Not(inner) => !inner.matches(body, case),
            Self::Call(function, member, text) => {
                let value = case.fold(lookup(body, member).as_str().unwrap_or_default());
                let text = case.fold(text);
                match function.as_str() {
                    "startswith" => value.starts_with(&*text),
                    "endswith" => value.ends_with(&*text),
                    _ => value.contains(&*text),
                }
            }
            Self::Compare(member, operator, literal) => {
                let order = compare(lookup(body, member), literal, case);
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

/// The member at a path, in `properties` or beside it.
fn lookup<'a>(body: &'a Value, path: &str) -> &'a Value {
    let path = path.strip_prefix("properties/").unwrap_or(path);
    let find_in = |root: &'a Value| path.split('/').try_fold(root, |value, part| value.get(part));
    find_in(&body["properties"]).or_else(|| find_in(body)).unwrap_or(&Value::Null)
}

fn compare(value: &Value, literal: &Value, case: CaseSensitivity) -> Option<Ordering> {
    match (value, literal) {
        (Value::String(a), Value::String(b)) => Some(case.fold(a).cmp(&case.fold(b))),
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        // A revision that is not current has no `isCurrent`.
        (Value::Null, Value::Bool(b)) => Some(false.cmp(b)),
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn matches(filter: &str, case: CaseSensitivity) -> bool {
        let body =
            json!({"name": "echo", "properties": {"displayName": "Bob's Echo", "isCurrent": true, "n": 3}});
        filter.parse::<Filter>().expect(filter).matches(&body, case)
    }

    #[test]
    fn members_functions_and_logic() {
        for filter in [
            "properties/displayName eq 'bob''s echo'",
            "name eq 'echo' and isCurrent eq true",
            "contains(displayName,'Echo')",
            "contains(properties/displayName, 'echo') eq true",
            "substringof('Echo', displayName)",
            "startswith(name,'e') and (endswith(name,'x') or n ge 3)",
            "not (name eq 'x')",
            "absent eq null",
        ] {
            assert!(matches(filter, CaseSensitivity::Insensitive), "{filter}");
        }
        for filter in ["name ne 'echo'", "isCurrent eq false", "n lt 3", "missing eq 'x'", "missing gt 1"] {
            assert!(!matches(filter, CaseSensitivity::Insensitive), "{filter}");
        }
    }

    #[test]
    fn a_case_sensitive_filter_compares_case() {
        for filter in
            ["name eq 'echo'", "contains(displayName,'''s E')", "name ne 'ECHO'", "NOT (name EQ 'x')"]
        {
            assert!(matches(filter, CaseSensitivity::Sensitive), "{filter}");
        }
        for filter in ["name eq 'ECHO'", "startswith(name,'E')"] {
            assert!(!matches(filter, CaseSensitivity::Sensitive), "{filter}");
        }
    }

    #[test]
    fn an_invalid_filter_is_refused() {
        for invalid in [
            "",
            "name",
            "name eq",
            "name eq echo",
            "name is 'x'",
            "frob(name,'x')",
            "name eq 'x",
            "(name eq 'x'",
        ] {
            assert!(invalid.parse::<Filter>().is_err(), "{invalid}");
        }
        assert!("(".repeat(10_000).parse::<Filter>().is_err());
        assert!("not ".repeat(10_000).parse::<Filter>().is_err());
    }
}
