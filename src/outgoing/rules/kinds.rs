//! The 29 kinds of administrative document (NĐ 30/2020/NĐ-CP, Điều 7 and Phụ lục III).

macro_rules! kinds {
    ($($variant:ident = $word:literal, $code:literal, $name:literal;)+) => {
        crate::words! {
            /// A kind of document.
            Kind { $($variant = $word),+ }
        }
        crate::column!(Kind as String);

        impl Kind {
            /// The abbreviation in the symbol; empty for those that have none.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What the law calls it: a legal term, the same in every language.
            pub fn legal_name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

kinds! {
    OfficialLetter = "official_letter", "", "Công văn";
    Decision = "decision", "QĐ", "Quyết định";
    Resolution = "resolution", "NQ", "Nghị quyết";
    Directive = "directive", "CT", "Chỉ thị";
    Statute = "regulation_statute", "QC", "Quy chế";
    Rule = "rule", "QyĐ", "Quy định";
    Communique = "communique", "TC", "Thông cáo";
    Notice = "notice", "TB", "Thông báo";
    Guideline = "guideline", "HD", "Hướng dẫn";
    Programme = "programme", "CTr", "Chương trình";
    Plan = "plan", "KH", "Kế hoạch";
    OptionPlan = "option_plan", "PA", "Phương án";
    Scheme = "scheme", "ĐA", "Đề án";
    Project = "project", "DA", "Dự án";
    Report = "report", "BC", "Báo cáo";
    Minutes = "minutes", "BB", "Biên bản";
    Submission = "submission", "TTr", "Tờ trình";
    Contract = "contract", "HĐ", "Hợp đồng";
    Telegram = "telegram", "CĐ", "Công điện";
    Memorandum = "memorandum", "BGN", "Bản ghi nhớ";
    Agreement = "agreement", "BTT", "Bản thỏa thuận";
    PowerOfAttorney = "power_of_attorney", "GUQ", "Giấy ủy quyền";
    Invitation = "invitation", "GM", "Giấy mời";
    IntroductionLetter = "introduction_letter", "GGT", "Giấy giới thiệu";
    LeavePermit = "leave_permit", "GNP", "Giấy nghỉ phép";
    DispatchSlip = "dispatch_slip", "PG", "Phiếu gửi";
    TransferSlip = "transfer_slip", "PC", "Phiếu chuyển";
    NoticeSlip = "notice_slip", "PB", "Phiếu báo";
    OfficialNote = "official_note", "", "Thư công";
}

impl Kind {
    /// The code of its number series: letters and notes share none with others.
    pub fn series(self) -> &'static str {
        match self {
            Self::OfficialLetter => "CV",
            Self::OfficialNote => "TCg",
            other => other.code(),
        }
    }

    /// The kind that a symbol names: "QĐ-UBND" and "2026/QĐ-UBND" a decision; one without a
    /// code of a kind in front ("UBND-VX") a letter. `None`: there is no symbol.
    pub fn of_notation(notation: &str) -> Option<Self> {
        let symbol = notation.rsplit('/').next().unwrap_or(notation).trim();
        let (code, _) = symbol.split_once('-')?;
        let named = Self::ALL.iter().find(|kind| !kind.code().is_empty() && kind.code() == code.trim());
        Some(named.copied().unwrap_or(Self::OfficialLetter))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Kind;

    #[test]
    fn there_are_twenty_nine_each_with_its_own_series() {
        assert_eq!(Kind::ALL.len(), 29);
        let series: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.series()).collect();
        assert_eq!(series.len(), 29);
    }

    #[test]
    fn a_symbol_names_its_kind() {
        let kinds = ["QĐ-UBND", "2026/QĐ-UBND", "CTr-UBND", "CT-UBND", "UBND-VX", "SNV-VP"];
        let named = kinds.map(|notation| Kind::of_notation(notation).map(Kind::legal_name));
        let expected = ["Quyết định", "Quyết định", "Chương trình", "Chỉ thị", "Công văn", "Công văn"];
        assert_eq!(named, expected.map(Some));
        assert_eq!(Kind::of_notation("Không số"), None);
    }
}
