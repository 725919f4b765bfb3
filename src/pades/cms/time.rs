//! Times as ASN.1 writes them (X.690 §11.7, §11.8).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::cms::asn1::{Asn1Error, Element, tag};

const BAD: Asn1Error = Asn1Error("a time in UTC");

/// Reads a GeneralizedTime `YYYYMMDDhhmmss[.s…]Z` or a UTCTime `YYMMDDhhmmssZ` (RFC 5280 §4.1.2.5).
pub(crate) fn instant(element: Element<'_>) -> Result<Timestamp, Asn1Error> {
    let text = std::str::from_utf8(element.content).ok().and_then(|t| t.strip_suffix('Z')).ok_or(BAD)?;
    let whole = text.split('.').next().unwrap_or_default();
    let digits = match element.tag {
        tag::GENERALIZED_TIME => whole.to_owned(),
        tag::UTC_TIME if whole.len() == 12 => format!("{}{whole}", century(whole)?),
        _ => return Err(BAD),
    };
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BAD);
    }
    let civil = DateTime::strptime("%Y%m%d%H%M%S", &digits).map_err(|_| BAD)?;
    civil.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(|_| BAD)
}

/// Two-digit years from 50 belong to the last century (RFC 5280 §4.1.2.5.1).
fn century(whole: &str) -> Result<&'static str, Asn1Error> {
    let year: u8 = whole.get(..2).and_then(|y| y.parse().ok()).ok_or(BAD)?;
    Ok(if year >= 50 { "19" } else { "20" })
}

#[cfg(test)]
mod tests {
    use super::instant;
    use crate::cms::asn1::{Reader, element, tag};

    fn read(tag: u8, text: &str) -> Option<String> {
        let der = element(tag, text.as_bytes());
        instant(Reader::new(&der).next().unwrap()).ok().map(|time| time.to_string())
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(read(tag::UTC_TIME, "260205143015Z").as_deref(), Some("2026-02-05T14:30:15Z"));
        assert_eq!(read(tag::UTC_TIME, "500101000000Z").as_deref(), Some("1950-01-01T00:00:00Z"));
        let far = read(tag::GENERALIZED_TIME, "20550101000000.5Z");
        assert_eq!(far.as_deref(), Some("2055-01-01T00:00:00Z"));
    }

    #[test]
    fn times_without_a_zone_or_with_signs_are_refused() {
        for text in ["260205143015", "2602051430+5Z", "260205143015+0700", "261305143015Z", "Z"] {
            assert_eq!(read(tag::UTC_TIME, text), None, "{text}");
        }
        assert_eq!(read(tag::GENERALIZED_TIME, "99999999999999Z"), None);
    }
}
