//! Words for counts and durations in messages.

use std::time::Duration;

/// A count with its noun: `1 API`, `2 APIs`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A duration as people say it: `0.4 s`, `12 s`, `1 min 12 s`, `2 h 5 min`.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    // 9.96 s would otherwise be 10.0 s.
    if duration < Duration::from_millis(9_950) {
        return format!("{:.1} s", duration.as_secs_f64());
    }
    format_seconds(duration)
}

/// A duration as [`format_duration`] has it, but in whole seconds: an estimate.
pub(crate) fn format_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_millis() >= 500);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

/// How many names a message lists.
const MAX_LISTED_NAMES: usize = 5;

/// The first names of a list, and how many more there are.
#[must_use]
pub fn list_names(names: &[&str]) -> String {
    let listed = names[..names.len().min(MAX_LISTED_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_LISTED_NAMES) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "API")), ["0 APIs", "1 API", "2 APIs"]);
    }

    #[test]
    fn a_long_list_of_names_is_cut() {
        assert_eq!(list_names(&["a", "b"]), "a, b");
        assert_eq!(list_names(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }

    #[test]
    fn a_duration_has_two_units_at_most() {
        for (millis, text) in [
            (0, "0.0 s"),
            (420, "0.4 s"),
            (9_949, "9.9 s"),
            (9_960, "10 s"),
            (59_700, "1 min"),
            (72_000, "1 min 12 s"),
            (3_600_000, "1 h"),
            (7_512_000, "2 h 5 min"),
        ] {
            assert_eq!(format_duration(Duration::from_millis(millis)), text);
        }
        assert_eq!(format_seconds(Duration::from_millis(1_600)), "2 s");
    }
}
