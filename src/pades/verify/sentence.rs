//! The verdict as a clerk reads it.

use crate::verify::report::{ChangesAfter, Indication, Kind, Sentence, SignatureReport, Verdict};

/// One sentence on the whole file.
pub(crate) fn sentence(verdict: Verdict, signatures: &[SignatureReport]) -> Sentence {
    let count = signatures.iter().filter(|s| s.kind != Kind::Timestamp).count().max(1);
    let later = signatures.iter().map(|s| s.changes_after).max().unwrap_or(ChangesAfter::None);
    let (vi, en) = match verdict {
        Verdict::Valid if later > ChangesAfter::LtvUpdate => (
            format!("Tất cả {count} chữ ký đều hợp lệ; sau khi ký chỉ có những bổ sung được phép."),
            format!("All {count} signatures hold; only permitted additions were made after signing."),
        ),
        Verdict::Valid => (
            format!("Tất cả {count} chữ ký đều hợp lệ, văn bản không bị sửa sau khi ký."),
            format!("All {count} signatures hold; the document was not changed after signing."),
        ),
        Verdict::Invalid => failed(signatures),
        Verdict::Indeterminate => open(signatures),
        Verdict::Unsigned => ("Tệp không có chữ ký số.".to_owned(), "The file has no signature.".to_owned()),
        Verdict::Unreadable => (
            "Không đọc được tệp để kiểm tra.".to_owned(),
            "The file could not be read for checking.".to_owned(),
        ),
    };
    Sentence { vi, en }
}

fn failed(signatures: &[SignatureReport]) -> (String, String) {
    let failed = signatures.iter().find(|s| s.indication == Indication::TotalFailed);
    let field = failed.map_or("", |s| s.field.as_str());
    if failed.is_some_and(|s| s.intact) {
        return (
            format!("Không hợp lệ: sau chữ ký “{field}” văn bản có thay đổi không được phép."),
            format!(
                "Not valid: the document was changed after signature “{field}” in a way it does not permit."
            ),
        );
    }
    (
        format!("Không hợp lệ: chữ ký “{field}” không khớp với nội dung văn bản."),
        format!("Not valid: signature “{field}” does not match the document."),
    )
}

fn open(signatures: &[SignatureReport]) -> (String, String) {
    let open = signatures.iter().find(|s| s.indication == Indication::Indeterminate);
    let field = open.map_or("", |s| s.field.as_str());
    if open.is_some_and(|s| s.changes_after == ChangesAfter::Unexplained) {
        return (
            format!("Cần người xem xét: sau chữ ký “{field}” có thay đổi chưa giải thích được."),
            format!(
                "A person has to look: something was changed after signature “{field}” that no rule explains."
            ),
        );
    }
    (
        format!(
            "Chưa kết luận được: nội dung chưa thấy bị sửa, nhưng chưa chứng minh được chữ ký “{field}” đáng tin cậy."
        ),
        format!(
            "Not decided: no alteration was found, but signature “{field}” could not be proven trustworthy."
        ),
    )
}
