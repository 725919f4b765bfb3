//! Dates as PDF writes them (ISO 32000-2 §7.9.4).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads `D:YYYYMMDDHHmmSS` with an offset. Missing parts count as their lowest value, a missing offset as UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let digits: String = text.chars().take_while(char::is_ascii_digit).take(14).collect();
    let lowest = "00000101000000";
    let padded = format!("{digits}{}", lowest.get(digits.len()..)?);
    if digits.len() < 4 {
        return None;
    }
    let civil = DateTime::strptime("%Y%m%d%H%M%S", &padded).ok()?;
    let offset = offset(text.get(digits.len()..)?)?;
    offset.to_timestamp(civil).ok()
}

/// `Z`, nothing, or `+07'00'` and its shorter forms.
fn offset(text: &str) -> Option<Offset> {
    let mut letters = text.chars();
    let sign = match letters.next() {
        None | Some('Z') => return Some(Offset::UTC),
        Some('+') => 1,
        Some('-') => -1,
        _ => return None,
    };
    let mut parts = letters.as_str().split('\'').filter(|part| !part.is_empty());
    let mut number = || parts.next().map_or(Some(0), |part| part.parse::<i32>().ok());
    let (hours, minutes) = (number()?, number()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    Offset::from_seconds(sign * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_of_all_forms_are_read() {
        let expected = Some("2026-02-05T07:30:15Z".parse().unwrap());
        assert_eq!(parse("D:20260205143015+07'00'"), expected);
        assert_eq!(parse("D:20260205143015+07'00"), expected);
        assert_eq!(parse("20260205073015Z"), expected);
        assert_eq!(parse("D:2026"), Some("2026-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(parse("yesterday"), None);
        assert_eq!(parse("D:20260205143015+99999999999'00'"), None);
    }
}
