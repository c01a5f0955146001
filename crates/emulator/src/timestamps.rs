//! Times as the services write them.

use time::OffsetDateTime;

fn to_seconds(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// `2025-05-26T07:35:45.2067242Z`: ticks of 100 ns without trailing zeros, as in `systemData`.
#[must_use]
pub(crate) fn utc(time: OffsetDateTime) -> String {
    let fraction = format!("{:07}", time.nanosecond() / 100);
    match fraction.trim_end_matches('0') {
        "" => format!("{}Z", to_seconds(time)),
        fraction => format!("{}.{fraction}Z", to_seconds(time)),
    }
}

/// `2025-05-26T07:35:45.2067000Z`: ticks of 100 ns, always seven digits.
#[must_use]
pub(crate) fn utc_seven_digits(time: OffsetDateTime) -> String {
    format!("{}.{:07}Z", to_seconds(time), time.nanosecond() / 100)
}

/// `2025-08-07T02:41:57.3738013+00:00`, as in the status of an operation.
#[must_use]
pub(crate) fn with_offset(time: OffsetDateTime) -> String {
    format!("{}.{:07}+00:00", to_seconds(time), time.nanosecond() / 100)
}

/// `Wed, 21 Oct 2015 07:28:00 GMT`, as in HTTP headers.
#[must_use]
pub(crate) fn http_date(time: OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    let weekday = &time.weekday().to_string()[..3];
    let month = &time.month().to_string()[..3];
    let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    format!("{weekday}, {:02} {month} {:04} {clock} GMT", time.day(), time.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_ticks_without_trailing_zeros() {
        let time = OffsetDateTime::from_unix_timestamp_nanos(1_748_244_945_768_287_000).expect("a time");
        assert_eq!(utc(time), "2025-05-26T07:35:45.768287Z");
        assert_eq!(with_offset(time), "2025-05-26T07:35:45.7682870+00:00");
        assert_eq!(http_date(time), "Mon, 26 May 2025 07:35:45 GMT");
    }
}
