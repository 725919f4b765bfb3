//! How number and symbol, place and date are written.

use jiff::civil;

use crate::layout::profile::NumberForm;

/// "Số: 05/QĐ-UBND" taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    pub digits: String,
    /// "QĐ-UBND".
    pub symbol: String,
    between_groups: char,
}

pub(super) const DATE_EXAMPLE: &str = "Quế Sơn, ngày 05 tháng 02 năm 2026";

/// How the regulation writes it.
pub(super) fn example(form: &NumberForm) -> String {
    let colon = if form.colon { ":" } else { "" };
    format!("{}{colon} 05{}QĐ{}UBND", form.word, form.after_digits, form.between_groups)
}

impl Written {
    /// `None`: it does not begin as asked, or nothing parts number and symbol.
    pub(super) fn of(text: &str, form: &NumberForm) -> Option<Self> {
        let rest = text.strip_prefix(&form.word)?;
        let rest = if form.colon { rest.strip_prefix(':')? } else { rest };
        let (digits, symbol) = rest.trim().split_once(form.after_digits)?;
        // A number that is still to come may leave a space before the sign.
        let digits = if digits.trim().is_empty() { "" } else { digits };
        Some(Self {
            digits: digits.to_owned(),
            symbol: symbol.to_owned(),
            between_groups: form.between_groups,
        })
    }

    pub(super) fn is_well_formed(&self) -> bool {
        let (_, groups) = self.year();
        let is_group = |group: &str| {
            !group.is_empty() && group.chars().all(|sign| sign.is_alphanumeric() || sign == '&')
        };
        self.digits.chars().all(|digit| digit.is_ascii_digit())
            && groups.split(self.between_groups).all(is_group)
            && groups.contains(self.between_groups)
    }

    /// One zero before a single digit, none otherwise.
    pub(super) fn has_right_zeros(&self) -> bool {
        match self.digits.strip_prefix('0') {
            Some(rest) => rest.len() == 1 && rest != "0",
            None => self.digits.len() > 1,
        }
    }

    /// Legal documents carry their year between number and symbol: "05/2026/QĐ-UBND".
    fn year(&self) -> (Option<&str>, &str) {
        match self.symbol.split_once('/') {
            Some((year, rest)) if year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit()) => {
                (Some(year), rest)
            }
            _ => (None, &self.symbol),
        }
    }

    /// The first group of the symbol.
    pub(super) fn kind(&self) -> &str {
        let (_, groups) = self.year();
        groups.split(self.between_groups).next().unwrap_or_default()
    }
}

/// "Quế Sơn, ngày 05 tháng 02 năm 2026" taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Date {
    place: String,
    day: String,
    month: String,
    year: String,
}

impl Date {
    pub(super) fn of(text: &str) -> Option<Self> {
        let (place, rest) = text.split_once("ngày")?;
        let (day, rest) = rest.split_once("tháng")?;
        let (month, year) = rest.split_once("năm")?;
        let trimmed = |text: &str| text.trim().to_owned();
        Some(Self { place: trimmed(place), day: trimmed(day), month: trimmed(month), year: trimmed(year) })
    }

    pub(super) fn is_blank(&self) -> bool {
        self.day.is_empty()
    }

    pub(super) fn is_well_formed(&self) -> bool {
        let name = self.place.strip_suffix(',').unwrap_or_default();
        let begins_with_capital = name.chars().next().is_some_and(char::is_uppercase);
        let (Ok(year), Ok(month), Ok(day)) = (self.year.parse(), self.month.parse(), self.day.parse()) else {
            return false;
        };
        begins_with_capital && self.year.len() == 4 && civil::Date::new(year, month, day).is_ok()
    }

    pub(super) fn has_right_zeros(&self) -> bool {
        self.day.len() == 2 && (self.month.len() == 2 || !matches!(self.month.as_str(), "1" | "2"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, Written};
    use crate::layout::profile::Profile;

    fn written(text: &str) -> Option<Written> {
        Written::of(text, &Profile::named("nd30_state").unwrap().number)
    }

    #[test]
    fn a_number_is_written_in_one_way() {
        for good in ["Số: 05/QĐ-UBND", "Số: 452/UBND-VX", "Số: 12/2026/NQ-HĐND", "Số: 8123/QyĐ-UBND-VP"]
        {
            let written = written(good).unwrap();
            assert!(written.is_well_formed() && written.has_right_zeros(), "{good}");
        }
        for bad in ["Số: 05 /QĐ-UBND", "Số: 05/QĐ - UBND", "Số: 05/QĐ–UBND", "Số: 05a/QĐ-UBND", "Số: 05/QĐ"]
        {
            assert!(!written(bad).unwrap().is_well_formed(), "{bad}");
        }
        for bad in ["Số 05/QĐ-UBND", "SỐ: 05/QĐ-UBND", "Số: 05-QĐ"] {
            assert_eq!(written(bad), None, "{bad}");
        }
        assert!(!written("Số: 5/QĐ-UBND").unwrap().has_right_zeros());
        assert!(!written("Số: 005/QĐ-UBND").unwrap().has_right_zeros());
        assert_eq!(written("Số: 12/2026/NQ-HĐND").unwrap().kind(), "NQ");
        assert_eq!(written("Số: /QĐ-UBND").unwrap().digits, "");
    }

    #[test]
    fn a_party_number_has_no_colon() {
        let form = Profile::named("party").unwrap().number;
        let written = Written::of("Số 127-QĐ/TW", &form).unwrap();
        assert!(written.is_well_formed());
        assert_eq!((written.digits.as_str(), written.kind()), ("127", "QĐ"));
        let with_colon = Written::of("Số: 127-QĐ/TW", &form);
        assert!(with_colon.is_none_or(|written| !written.is_well_formed()));
    }

    #[test]
    fn a_date_exists_and_carries_its_zeros() {
        let judged = |text: &str| Date::of(text).map(|date| (date.is_well_formed(), date.has_right_zeros()));
        assert_eq!(judged("Quế Sơn, ngày 05 tháng 02 năm 2026"), Some((true, true)));
        assert_eq!(judged("Quế Sơn, ngày 12 tháng 3 năm 2026"), Some((true, true)));
        assert_eq!(judged("Quế Sơn, ngày 5 tháng 02 năm 2026"), Some((true, false)));
        assert_eq!(judged("Quế Sơn, ngày 05 tháng 2 năm 2026"), Some((true, false)));
        assert_eq!(judged("Quế Sơn ngày 05 tháng 02 năm 2026"), Some((false, true)));
        assert_eq!(judged("Quế Sơn, ngày 31 tháng 02 năm 2026"), Some((false, true)));
        assert_eq!(judged("Quế Sơn, 05/02/2026"), None);
        assert!(Date::of("Quế Sơn, ngày tháng năm 2026").unwrap().is_blank());
    }
}
