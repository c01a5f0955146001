//! `$filter` of API Center's lists.
//!
//! Recorded: `name eq 'x'` and `kind eq 'rest'`, where `eq` compares with regard to case. The rest is the part of
//! `OData` that the documentation of the service shows.

use serde_json::Value;

/// A condition on a resource.
#[derive(Debug)]
pub enum Filter {
    /// Both hold.
    And(Box<Filter>, Box<Filter>),
    /// One holds.
    Or(Box<Filter>, Box<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// A member equals a value (true) or does not (false).
    Equals(String, Value, bool),
    /// `contains`, `startswith` or `endswith`.
    Text(fn(&str, &str) -> bool, String, String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => {}
            '(' | ')' | ',' => found.push(Token::Sign(c)),
            '\'' => {
                let mut value = String::new();
                loop {
                    match chars.next() {
                        Some('\'') if chars.next_if_eq(&'\'').is_some() => value.push('\''),
                        Some('\'') => break,
                        Some(c) => value.push(c),
                        None => return Err("there is an unterminated string literal".to_owned()),
                    }
                }
                found.push(Token::Text(value));
            }
            _ => {
                let mut word = String::from(c);
                while let Some(c) = chars.next_if(|c| !matches!(c, ' ' | '\t' | '(' | ')' | ',' | '\'')) {
                    word.push(c);
                }
                found.push(Token::Word(word));
            }
        }
    }
    Ok(found)
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Parser {
    fn word(&mut self, wanted: &str) -> bool {
        self.tokens.next_if(|t| matches!(t, Token::Word(w) if w.eq_ignore_ascii_case(wanted))).is_some()
    }

    fn sign(&mut self, wanted: char) -> Result<(), String> {
        match self.tokens.next_if(|t| *t == Token::Sign(wanted)) {
            Some(_) => Ok(()),
            None => Err(format!("'{wanted}' was expected")),
        }
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut left = self.all()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Filter, String> {
        if self.word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.sign('(').is_ok() {
            let inner = self.any()?;
            self.sign(')')?;
            return Ok(inner);
        }
        let Some(Token::Word(member)) = self.tokens.next() else {
            return Err("a property name was expected".to_owned());
        };
        let test: Option<fn(&str, &str) -> bool> = match member.to_ascii_lowercase().as_str() {
            "contains" => Some(|text, part| text.contains(part)),
            "startswith" => Some(|text, part| text.starts_with(part)),
            "endswith" => Some(|text, part| text.ends_with(part)),
            _ => None,
        };
        if let Some(test) = test {
            self.sign('(')?;
            let Some(Token::Word(member)) = self.tokens.next() else {
                return Err("a property name was expected".to_owned());
            };
            self.sign(',')?;
            let Some(Token::Text(part)) = self.tokens.next() else {
                return Err("a string literal was expected".to_owned());
            };
            self.sign(')')?;
            return Ok(Filter::Text(test, member, part));
        }
        let equal = if self.word("eq") {
            true
        } else if self.word("ne") {
            false
        } else {
            return Err(format!("'eq' or 'ne' was expected after '{member}'"));
        };
        let value = match self.tokens.next() {
            Some(Token::Text(literal)) => Value::String(literal),
            Some(Token::Word(word)) => {
                serde_json::from_str(&word).map_err(|_| format!("'{word}' is not a literal"))?
            }
            _ => return Err("a literal was expected".to_owned()),
        };
        Ok(Filter::Equals(member, value, equal))
    }
}

/// Reads a filter, or says what is wrong with it.
pub fn parse(text: &str) -> Result<Filter, String> {
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable() };
    let filter = parser.any()?;
    match parser.tokens.next() {
        None => Ok(filter),
        Some(_) => Err("there is more after the end of the expression".to_owned()),
    }
}

/// The member of a resource: a top-level one such as `name`, else one of its properties, with `/` for depth.
fn member<'a>(body: &'a Value, path: &str) -> &'a Value {
    let path = path.strip_prefix("properties/").unwrap_or(path);
    let start = if matches!(path, "name" | "id" | "type" | "location") { body } else { &body["properties"] };
    path.split('/').fold(start, |at, part| &at[part])
}

impl Filter {
    /// Whether the resource satisfies the condition.
    #[must_use]
    pub fn holds(&self, body: &Value) -> bool {
        match self {
            Self::And(a, b) => a.holds(body) && b.holds(body),
            Self::Or(a, b) => a.holds(body) || b.holds(body),
            Self::Not(a) => !a.holds(body),
            Self::Equals(path, value, equal) => (member(body, path) == value) == *equal,
            Self::Text(test, path, part) => member(body, path).as_str().is_some_and(|text| test(text, part)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(filter: &str) -> bool {
        let body = json!({"name": "echo", "properties": {
            "title": "Echo's API", "kind": "rest", "customProperties": {"public": true}}});
        parse(filter).unwrap_or_else(|e| panic!("{filter}: {e}")).holds(&body)
    }

    #[test]
    fn conditions_combine() {
        assert!(holds("name eq 'echo' and kind eq 'rest'"));
        assert!(holds("name eq 'x' or contains(title,'''s A')"));
        assert!(holds("not (kind eq 'soap') and customProperties/public eq true"));
        assert!(!holds("kind eq 'REST'"));
        assert!(holds("kind ne 'REST' and startswith(properties/title, 'Echo')"));
    }

    #[test]
    fn nonsense_is_refused() {
        for filter in ["name", "name eq", "name eq 'x", "name eq x", "name eq 'x' 'y'", "contains(title)"] {
            assert!(parse(filter).is_err(), "{filter}");
        }
    }
}
