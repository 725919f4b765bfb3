//! The verdict as a clerk reads it.

use crate::verify::report::{
    ChangesAfter, Indication, Kind, Sentence, SignatureReport, SubIndication, Verdict,
};

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
    if let Some((vi, en)) = failed.and_then(|s| s.sub_indication).and_then(failed_because) {
        return (
            format!("Không hợp lệ: chữ ký “{field}” {vi}."),
            format!("Not valid: signature “{field}” {en}."),
        );
    }
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
    let because = open.and_then(|s| s.sub_indication).and_then(open_because);
    let (vi, en) = because.unwrap_or((
        "chưa chứng minh được chữ ký “{}” đáng tin cậy",
        "signature “{}” could not be proven trustworthy",
    ));
    let (vi, en) = (vi.replace("{}", field), en.replace("{}", field));
    (
        format!("Chưa kết luận được: nội dung chưa thấy bị sửa, nhưng {vi}."),
        format!("Not decided: no alteration was found, but {en}."),
    )
}

/// What a certificate did to a signature that fails for good.
fn failed_because(reason: SubIndication) -> Option<(&'static str, &'static str)> {
    Some(match reason {
        SubIndication::Revoked => {
            ("được tạo sau khi chứng thư bị thu hồi", "was made after its certificate was revoked")
        }
        SubIndication::Expired => {
            ("được tạo sau khi chứng thư hết hạn", "was made after its certificate expired")
        }
        SubIndication::NotYetValid => {
            ("có trước khi chứng thư bắt đầu có hiệu lực", "existed before its certificate became valid")
        }
        _ => return None,
    })
}

/// What keeps a signature open, where a clerk can do something with it.
fn open_because(reason: SubIndication) -> Option<(&'static str, &'static str)> {
    use SubIndication::{
        CryptoConstraintsFailure, CryptoConstraintsFailureNoPoe, NoCertificateChainFound, OutOfBoundsNoPoe,
        RevocationOutOfBoundsNoPoe, RevokedCaNoPoe, RevokedNoPoe, TryLater,
    };
    Some(match reason {
        RevokedNoPoe | RevokedCaNoPoe => (
            "chứng thư của chữ ký “{}” đã bị thu hồi và chưa chứng minh được chữ ký có trước đó",
            "the certificate of signature “{}” was revoked, and the signature is not proven to be older",
        ),
        OutOfBoundsNoPoe => (
            "chưa chứng minh được chữ ký “{}” có trong thời hạn hiệu lực của chứng thư",
            "nothing proves that signature “{}” was made while its certificate was valid",
        ),
        TryLater | RevocationOutOfBoundsNoPoe => (
            "chưa biết chứng thư của chữ ký “{}” có bị thu hồi hay không",
            "it is not known whether the certificate of signature “{}” was revoked",
        ),
        NoCertificateChainFound => (
            "chứng thư của chữ ký “{}” không dẫn đến tổ chức được tin cậy",
            "the certificate of signature “{}” does not lead to a trusted authority",
        ),
        CryptoConstraintsFailure | CryptoConstraintsFailureNoPoe => (
            "chữ ký “{}” dùng thuật toán hoặc khóa quá yếu",
            "signature “{}” uses an algorithm or key that is too weak",
        ),
        _ => return None,
    })
}
