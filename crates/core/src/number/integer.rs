//! Integers of any size.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Number, Value};

/// Whether a number is written as an integer, without a fraction or an exponent.
#[must_use]
pub fn is_integer(number: &Number) -> bool {
    number.as_str().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// The value of a group of nine decimal digits.
const GROUP: u64 = 1_000_000_000;
/// The decimal digits of a group.
const GROUP_DIGITS: usize = 9;

/// The maximum number of digits of an integer, as in Python.
const MAX_DIGITS: usize = 4300;

/// An integer of any size, as in Python.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Integer {
    is_negative: bool,
    /// Groups of nine decimal digits, the least significant first, without leading zeros.
    groups: Vec<u64>,
}

impl Integer {
    /// Parses digits with a radix up to 36 and an optional sign; None for other texts, and for more than 4300 digits.
    #[must_use]
    pub fn parse(text: &str, radix: u32) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        if digits.is_empty() || digits.len() > MAX_DIGITS {
            return None;
        }
        let integer = digits.chars().try_fold(Self::default(), |integer, digit| {
            Some(integer.multiply_and_add(radix, digit.to_digit(radix)?))
        })?;
        Some(if text.starts_with('-') { integer.negate() } else { integer })
    }

    /// The number, if it is written as an integer.
    #[must_use]
    pub fn from_number(number: &Number) -> Option<Self> {
        if is_integer(number) { Self::parse_decimal(number.as_str()) } else { None }
    }

    /// The integral part of a finite float, exactly.
    #[must_use]
    pub fn truncate(float: f64) -> Option<Self> {
        if float.is_finite() { Self::parse_decimal(&format!("{:.0}", float.trunc())) } else { None }
    }

    /// Like [`Integer::parse`], in linear time and for any number of digits.
    fn parse_decimal(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let groups: Option<Vec<u64>> = digits
            .as_bytes()
            .rchunks(GROUP_DIGITS)
            .map(|group| std::str::from_utf8(group).ok()?.parse().ok())
            .collect();
        Some(Self { is_negative: text.starts_with('-'), groups: groups? }.normalized())
    }

    /// Multiplies the integer by `factor`, and moves it away from zero by `summand`.
    #[must_use]
    pub fn multiply_and_add(mut self, factor: u32, summand: u32) -> Self {
        let mut carry = u64::from(summand);
        for group in &mut self.groups {
            let product = *group * u64::from(factor) + carry;
            *group = product % GROUP;
            carry = product / GROUP;
        }
        while carry > 0 {
            self.groups.push(carry % GROUP);
            carry /= GROUP;
        }
        self.normalized()
    }

    /// The integer with the other sign.
    #[must_use]
    pub fn negate(mut self) -> Self {
        self.is_negative = !self.is_negative;
        self.normalized()
    }

    /// The integer without its sign.
    #[must_use]
    pub fn abs(mut self) -> Self {
        self.is_negative = false;
        self
    }

    /// The sum of two integers.
    #[must_use]
    pub fn add(&self, other: &Self) -> Self {
        if self.is_negative == other.is_negative {
            let groups = add_groups(&self.groups, &other.groups);
            return Self { is_negative: self.is_negative, groups }.normalized();
        }
        let (larger, smaller) = match compare_groups(&self.groups, &other.groups) {
            Ordering::Less => (other, self),
            _ => (self, other),
        };
        let groups = subtract_groups(&larger.groups, &smaller.groups);
        Self { is_negative: larger.is_negative, groups }.normalized()
    }

    /// The nearest float; infinite if the integer is too large for one.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        // Every text of digits is a float.
        self.to_string().parse().unwrap_or(f64::INFINITY)
    }

    fn normalized(mut self) -> Self {
        while self.groups.last() == Some(&0) {
            self.groups.pop();
        }
        self.is_negative &= !self.groups.is_empty();
        self
    }
}

fn add_groups(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut carry = 0;
    let mut groups = Vec::new();
    for index in 0..a.len().max(b.len()) {
        let sum = a.get(index).unwrap_or(&0) + b.get(index).unwrap_or(&0) + carry;
        groups.push(sum % GROUP);
        carry = sum / GROUP;
    }
    groups.push(carry);
    groups
}

/// Subtracts `b`, which is not larger than `a`.
fn subtract_groups(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut borrow = 0;
    let mut groups = Vec::new();
    for (index, group) in a.iter().enumerate() {
        let difference = group + GROUP - b.get(index).unwrap_or(&0) - borrow;
        groups.push(difference % GROUP);
        borrow = 1 - difference / GROUP;
    }
    groups
}

fn compare_groups(a: &[u64], b: &[u64]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

impl Ord for Integer {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative, other.is_negative) {
            (false, false) => compare_groups(&self.groups, &other.groups),
            (true, true) => compare_groups(&other.groups, &self.groups),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Integer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Integer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_negative {
            f.write_str("-")?;
        }
        let mut groups = self.groups.iter().rev();
        write!(f, "{}", groups.next().unwrap_or(&0))?;
        groups.try_for_each(|group| write!(f, "{group:0GROUP_DIGITS$}"))
    }
}

impl From<&Integer> for Value {
    fn from(integer: &Integer) -> Self {
        // The digits of an integer are a number of JSON.
        serde_json::from_str(&integer.to_string()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(text: &str) -> Integer {
        Integer::parse(text, 10).expect("an integer")
    }

    #[test]
    fn digits_of_any_radix_are_parsed() {
        for (text, radix, expected) in [
            ("0", 10, "0"),
            ("-0", 10, "0"),
            ("+0012", 10, "12"),
            ("ffffffffffffffffffffffffffffffffff", 16, "87112285931760246646623899502532662132735"),
            ("-100000000000000000000000", 8, "-590295810358705651712"),
            ("1000000000", 10, "1000000000"),
        ] {
            assert_eq!(Integer::parse(text, radix).map(|i| i.to_string()).as_deref(), Some(expected));
        }
        for text in ["", "-", "1a", "1 ", "--1", &"1".repeat(4301)] {
            assert_eq!(Integer::parse(text, 10), None, "{text}");
        }
    }

    #[test]
    fn sums_carry_and_borrow() {
        for (a, b, sum) in [
            ("999999999999999999", "1", "1000000000000000000"),
            ("1000000000000000000", "-1", "999999999999999999"),
            ("-5", "3", "-2"),
            ("3", "-5", "-2"),
            ("-999999999", "-1", "-1000000000"),
            ("7", "-7", "0"),
        ] {
            assert_eq!(integer(a).add(&integer(b)).to_string(), sum, "{a} {b}");
        }
    }

    #[test]
    fn integers_are_ordered_by_value() {
        let sorted = ["-10000000000000000000000", "-3", "0", "3", "9999999999", "10000000000000000000000"];
        for pair in sorted.windows(2) {
            assert!(integer(pair[0]) < integer(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn floats_are_truncated_exactly() {
        assert_eq!(Integer::truncate(-2.9), Some(integer("-2")));
        assert_eq!(Integer::truncate(1e23), Some(integer("99999999999999991611392")));
        assert_eq!(Integer::truncate(f64::INFINITY), None);
        assert!((integer("18446744073709551617").to_f64() - 18_446_744_073_709_551_616.0).abs() < 1.0);
    }
}
