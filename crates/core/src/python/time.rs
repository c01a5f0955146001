//! Formatting of times as Python does it.

/// `2026-01-02T03:04:05.0000000Z` as Python's `datetime.isoformat` prints it: `2026-01-02T03:04:05+00:00`.
///
/// At most six digits of the fraction are printed, and none if they are all zero. `None` if the text is not a time.
#[must_use]
pub fn format_time(text: &str) -> Option<String> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let zone_start = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone_start);
    let zone = if zone.eq_ignore_ascii_case("z") { "+00:00" } else { zone };
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let has_shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text
                .bytes()
                .zip(shape.bytes())
                .all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    if !has_shape(date, "0000-00-00")
        || !has_shape(seconds, "00:00:00")
        || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let fraction = if micros == "000000" { String::new() } else { format!(".{micros}") };
    Some(format!("{date}T{seconds}{fraction}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_lose_their_zeros_and_keep_their_zone() {
        assert_eq!(format_time("2026-01-02T03:04:05.0000000Z").as_deref(), Some("2026-01-02T03:04:05+00:00"));
        assert_eq!(
            format_time("2026-01-02T03:04:05.1234567Z").as_deref(),
            Some("2026-01-02T03:04:05.123456+00:00")
        );
        assert_eq!(format_time("2026-01-02T03:04:05+02:00").as_deref(), Some("2026-01-02T03:04:05+02:00"));
        assert_eq!(format_time("yesterday"), None);
    }
}
