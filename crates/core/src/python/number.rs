//! Formatting of numbers as Python does it.

use serde_json::Number;

use crate::number::integer::is_integer;

/// The first exponent that Python prints in scientific notation: `1e+16`, but `1000000000000000.0`.
const FIXED_END: i32 = 16;
/// The lowest exponent that Python prints without scientific notation: `0.0001`, but `1e-05`.
const FIXED_START: i32 = -4;

/// `repr(number)`: integers unchanged, floats with the fewest digits that parse to the same value.
#[must_use]
pub fn format_number(number: &Number) -> String {
    if is_integer(number) {
        return if number.as_str() == "-0" { "0".to_owned() } else { number.to_string() };
    }
    // The text may have more digits than a float. A number that is too large for a float stays as it is written.
    let Some(shortest) = number.as_f64().and_then(Number::from_f64) else { return number.to_string() };
    let text = shortest.to_string();
    // If two shortest representations are equally close, Python and serde_json choose the even digit; std may not.
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |text| ("-", text));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{integer}{fraction}");
    let digits = all.trim_start_matches('0');
    let zeros = length(&all) - length(digits);
    let exponent = exponent.parse::<i32>().unwrap_or(0) + length(integer) - 1 - zeros;
    format!("{sign}{}", place_point(digits.trim_end_matches('0'), exponent))
}

/// The digits with a decimal point or exponent; the first digit has the value `10^exponent`.
fn place_point(digits: &str, exponent: i32) -> String {
    if digits.is_empty() {
        return "0.0".to_owned();
    }
    let integer_digits = usize::try_from(exponent + 1).unwrap_or(0);
    if !(FIXED_START..FIXED_END).contains(&exponent) {
        let (head, tail) = digits.split_at(1);
        let point = if tail.is_empty() { "" } else { "." };
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{head}{point}{tail}e{sign}{:02}", exponent.abs())
    } else if exponent < 0 {
        format!("0.{:0>1$}", digits, digits.len() + exponent.unsigned_abs() as usize - 1)
    } else if digits.len() > integer_digits {
        format!("{}.{}", &digits[..integer_digits], &digits[integer_digits..])
    } else {
        format!("{digits:0<integer_digits$}.0")
    }
}

fn length(text: &str) -> i32 {
    i32::try_from(text.len()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_print_as_python_prints_them() {
        for (json, python) in [
            ("1.50", "1.5"),
            ("1.0", "1.0"),
            ("-0.0", "-0.0"),
            ("0.1", "0.1"),
            ("1e21", "1e+21"),
            ("1e16", "1e+16"),
            ("1e15", "1000000000000000.0"),
            ("1.25e-7", "1.25e-07"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
            ("3573406842435.53125", "3573406842435.5312"),
            ("120.0", "120.0"),
            ("-0.00125", "-0.00125"),
            ("0.5", "0.5"),
            ("0.1000000000000000055511151231257827", "0.1"),
            ("1E5", "100000.0"),
            ("1e999", "1e+999"),
        ] {
            assert_eq!(format_number(&serde_json::from_str(json).unwrap()), python);
        }
    }

    #[test]
    fn integers_of_any_size_are_exact() {
        let large = "1234567890".repeat(50);
        for text in ["0", "-3", "12345678901234", "18446744073709551615", "-9223372036854775809", &large] {
            assert_eq!(format_number(&serde_json::from_str(text).unwrap()), text);
        }
        assert_eq!(format_number(&serde_json::from_str("-0").unwrap()), "0");
    }
}
