//! Times as the services write them, and ids made from names.

use time::OffsetDateTime;
use uuid::Uuid;

/// The tenant every emulated resource belongs to.
pub const TENANT: &str = "22222222-2222-2222-2222-222222222222";

fn seconds(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

/// `2025-05-26T07:35:45.2067242Z`: ticks of 100 ns, trailing zeros dropped, as in `systemData`.
#[must_use]
pub fn utc(at: OffsetDateTime) -> String {
    let fraction = format!("{:07}", at.nanosecond() / 100);
    match fraction.trim_end_matches('0') {
        "" => format!("{}Z", seconds(at)),
        fraction => format!("{}.{fraction}Z", seconds(at)),
    }
}

/// `2025-08-07T02:41:57.3738013+00:00`, as in the state of an operation.
#[must_use]
pub fn offset(at: OffsetDateTime) -> String {
    format!("{}.{:07}+00:00", seconds(at), at.nanosecond() / 100)
}

/// `Wed, 21 Oct 2015 07:28:00 GMT`, as in HTTP headers.
#[must_use]
pub fn http_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let weekday = &at.weekday().to_string()[..3];
    let month = &at.month().to_string()[..3];
    let time = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
    format!("{weekday}, {:02} {month} {:04} {time} GMT", at.day(), at.year())
}

/// The same UUID for the same words, so that two runs of a script see the same identities.
#[must_use]
pub fn id(words: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, words.to_ascii_lowercase().as_bytes())
}

/// A generated name in decimal, such as API Center gives to imported APIs; the same for the same words.
#[must_use]
pub fn decimal_name(words: &str) -> String {
    // The upper half of the UUID; the observed names fill 64 bits.
    id(words).as_u64_pair().0.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_ticks_without_trailing_zeros() {
        let at = OffsetDateTime::from_unix_timestamp_nanos(1_748_244_945_768_287_000).expect("a time");
        assert_eq!(utc(at), "2025-05-26T07:35:45.768287Z");
        assert_eq!(offset(at), "2025-05-26T07:35:45.7682870+00:00");
        assert_eq!(http_date(at), "Mon, 26 May 2025 07:35:45 GMT");
    }
}
