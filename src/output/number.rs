//! Numbers as Python prints them.

use serde_json::Number;

/// The digits from which on Python writes an exponent: `1e+16`, but `1000000000000000.0`.
const FIXED_BELOW_EXPONENT: i32 = 16;
/// The zeros after the point up to which Python writes none: `0.0001`, but `1e-05`.
const FIXED_FROM_EXPONENT: i32 = -4;

/// `repr(number)`: integers as they are, floats with the fewest digits that read back the same.
pub fn repr(number: &Number) -> String {
    let text = number.to_string();
    if number.is_i64() || number.is_u64() || text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return text;
    }
    number.as_f64().map_or(text, float)
}

/// `repr(value)` of a finite float.
fn float(value: f64) -> String {
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (FIXED_FROM_EXPONENT..FIXED_BELOW_EXPONENT).contains(&exponent) {
        // Display never uses an exponent, and leaves out the fraction of a whole number.
        let fixed = value.to_string();
        return if fixed.contains('.') { fixed } else { fixed + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
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
        ] {
            assert_eq!(repr(&serde_json::from_str(json).unwrap()), python);
        }
    }

    #[test]
    fn integers_of_sixty_four_bits_are_exact() {
        for text in ["0", "-3", "12345678901234", "18446744073709551615", "-9223372036854775808"] {
            assert_eq!(repr(&serde_json::from_str(text).unwrap()), text);
        }
    }
}
