//! Local time, in the format of az.

use chrono::{Local, TimeZone as _};

/// Formats Unix time as az does: `2026-11-24 15:04:05.000000`, in the time zone of this machine.
#[must_use]
pub(crate) fn format_local_time(seconds: i64) -> String {
    let time = Local.timestamp_opt(seconds, 0).single();
    time.map_or_else(|| seconds.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_az_writes_it() {
        let text = format_local_time(1_800_000_000);
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00:00.000000", "{text}");
        assert!(text.ends_with(".000000") && text.starts_with("2027-01-1"), "{text}");
        assert_eq!(format_local_time(i64::MAX), i64::MAX.to_string());
    }
}
