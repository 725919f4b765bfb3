//! The words for each finding, in Vietnamese and English. The code is stable; the words may improve.

use serde::Serialize;

/// One finding about a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// Stable name of the finding or of the rule that made it.
    pub code: String,
    /// Vietnamese
    pub vi: String,
    /// English
    pub en: String,
    /// The page concerned, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// The form field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Message {
    /// A finding with its own words.
    pub(crate) fn new(code: &str) -> Message {
        let known = TEXTS.iter().find(|(known, ..)| *known == code);
        let (vi, en) = known.map_or((code, code), |(_, vi, en)| (*vi, *en));
        Message { code: code.to_owned(), vi: vi.to_owned(), en: en.to_owned(), page: None, field: None }
    }

    /// The same finding about something particular.
    pub(crate) fn about(code: &str, detail: &str) -> Message {
        let mut message = Message::new(code);
        message.vi = format!("{} ({detail})", message.vi);
        message.en = format!("{} ({detail})", message.en);
        message
    }
}

/// Code, Vietnamese, English.
const TEXTS: &[(&str, &str, &str)] = &[
    // /ByteRange and /Contents
    ("byte-range", "Phạm vi ký (ByteRange) không hợp lệ", "The signed byte range is not valid"),
    (
        "contents-gap",
        "Phần không được ký chứa nội dung khác ngoài giá trị chữ ký",
        "The unsigned gap holds something else than the signature value",
    ),
    (
        "contents-mismatch",
        "Giá trị chữ ký không nằm đúng chỗ trống của phạm vi ký",
        "The signature value is not the one in the gap of the signed range",
    ),
    ("doubled-key", "Từ điển chữ ký có khóa bị lặp", "The signature dictionary holds a key twice"),
    (
        "indirect-dictionary",
        "Từ điển chữ ký không phải là đối tượng độc lập trong tệp",
        "The signature dictionary is not an object in the file body",
    ),
    (
        "not-a-revision",
        "Phần được ký không phải là một phiên bản đầy đủ của tệp",
        "The signed part is not a complete revision of the file",
    ),
    (
        "outside-revision",
        "Phiên bản được ký dùng dữ liệu nằm ngoài phần được ký",
        "The signed revision uses data outside the signed part",
    ),
    ("shared-byte-range", "Hai chữ ký dùng chung một phạm vi ký", "Two signatures share a byte range"),
    (
        "nonzero-padding",
        "Phần đệm sau chữ ký chứa dữ liệu lạ",
        "The padding behind the signature holds other data than zeros",
    ),
    // CMS
    ("ber-encoding", "Chữ ký mã hóa theo BER thay vì DER", "The signature is encoded in BER instead of DER"),
    ("cms-format", "Cấu trúc chữ ký (CMS) sai quy định", "The signature structure (CMS) breaks its standard"),
    (
        "cms-content",
        "Chữ ký tách rời nhưng lại mang theo nội dung",
        "A detached signature carries content of its own",
    ),
    ("unsupported-subfilter", "Loại chữ ký này chưa được hỗ trợ", "This kind of signature is not supported"),
    ("unknown-algorithm", "Thuật toán chữ ký không được hỗ trợ", "The signature algorithm is not supported"),
    (
        "weak-algorithm",
        "Thuật toán hoặc khóa quá yếu, không còn đáng tin cậy",
        "An algorithm or key is too weak to be relied on",
    ),
    ("hash-failure", "Nội dung đã bị sửa sau khi ký", "The content was altered after signing"),
    (
        "signature-failure",
        "Giá trị chữ ký không khớp với chứng thư",
        "The signature value does not belong to the certificate",
    ),
    (
        "no-signing-certificate",
        "Không tìm thấy đúng chứng thư của người ký",
        "The signer's certificate is missing or not the one the signature names",
    ),
    ("no-ess", "Chữ ký không gắn với chứng thư cụ thể", "The signature does not bind its certificate"),
    (
        "signing-time-attribute",
        "Chữ ký PAdES chứa thuộc tính signing-time không được phép",
        "A PAdES signature holds the signing-time attribute, which it must not",
    ),
    // Trust and time
    (
        "no-chain",
        "Chứng thư không dẫn đến tổ chức được tin cậy",
        "The certificate does not lead to a trusted authority",
    ),
    (
        "not-yet-valid",
        "Chữ ký có trước khi chứng thư bắt đầu có hiệu lực",
        "The signature existed before the certificate became valid",
    ),
    (
        "expired-when-signed",
        "Chữ ký được tạo sau khi chứng thư hết hạn",
        "The signature was made after the certificate expired",
    ),
    (
        "revoked",
        "Chứng thư đã bị thu hồi, chưa chứng minh được chữ ký có trước đó",
        "A certificate was revoked, and the signature is not proven to be older",
    ),
    (
        "revoked-when-signed",
        "Chữ ký được tạo sau khi chứng thư bị thu hồi",
        "The signature was made after the certificate was revoked",
    ),
    (
        "revoked-later",
        "Chứng thư bị thu hồi sau khi ký; chữ ký đã có từ trước",
        "The certificate was revoked after signing; the signature is proven to be older",
    ),
    ("on-hold", "Chứng thư đang bị tạm dừng", "A certificate is suspended"),
    (
        "timestamp-order",
        "Các dấu thời gian mâu thuẫn nhau về thứ tự",
        "The timestamps contradict each other in their order",
    ),
    (
        "outside-validity",
        "Chứng thư không có hiệu lực tại thời điểm xét",
        "The certificate was not valid at the time in question",
    ),
    (
        "chain-constraints",
        "Chứng thư không được phép dùng để ký văn bản",
        "A certificate may not be used for this",
    ),
    ("chain-failure", "Chuỗi chứng thư có lỗi", "The certificate chain is faulty"),
    ("key-usage", "Chứng thư không dành cho ký văn bản", "The certificate is not one for signing documents"),
    (
        "revocation-unknown",
        "Chưa biết chứng thư có bị thu hồi hay không",
        "It is not known whether the certificate was revoked",
    ),
    ("revocation-not-checked", "Chưa kiểm tra việc thu hồi chứng thư", "Revocation was not checked"),
    (
        "timestamp-invalid",
        "Dấu thời gian không hợp lệ, không được dùng",
        "A timestamp does not hold and was not used",
    ),
    (
        "timestamp-untrusted",
        "Không tin cậy được dấu thời gian, không được dùng",
        "A timestamp cannot be relied on and was not used",
    ),
    ("claimed-time", "Thời điểm ký do người ký tự khai", "The signing time is the signer's own word"),
    // Changes after signing
    ("signature-added", "Có thêm chữ ký sau đó", "A later signature was added"),
    ("timestamp-added", "Có thêm dấu thời gian sau đó", "A document timestamp was added later"),
    ("signature-field-added", "Có thêm ô chữ ký trống", "An empty signature field was added"),
    ("field-changed", "Trường biểu mẫu được điền hoặc sửa", "A form field was filled in or changed"),
    (
        "appearance-overwritten",
        "Hình hiển thị của trường bị ghi đè",
        "The appearance of a field was overwritten in place",
    ),
    ("validation-data-added", "Có thêm dữ liệu xác minh (DSS)", "Validation data (DSS) was added"),
    ("metadata-changed", "Thông tin mô tả tệp được cập nhật", "The file's metadata was updated"),
    ("form-settings-changed", "Thiết lập biểu mẫu được cập nhật", "The form's settings were updated"),
    ("structure-tree-grown", "Cây cấu trúc có thêm chữ ký", "The structure tree gained the new signature"),
    ("extensions-declared", "Có khai báo phần mở rộng", "Extensions were declared"),
    ("annotation-added", "Có thêm chú thích trên trang", "An annotation was added to a page"),
    ("annotation-changed", "Chú thích trên trang bị sửa", "An annotation was changed"),
    ("covers-signature", "Ô mới nằm đè lên một chữ ký khác", "A new field covers another signature"),
    (
        "visible-field-on-certified",
        "Ô chữ ký mới hiển thị trên tài liệu đã chứng thực",
        "A new signature field is visible on a certified document",
    ),
    (
        "object-changed",
        "Một đối tượng bị sửa mà không có quy tắc nào giải thích",
        "An object was changed and no rule explains it",
    ),
    ("object-freed", "Một đối tượng bị xóa", "An object was deleted"),
    ("object-unreadable", "Một đối tượng mới không đọc được", "A new object cannot be read"),
    (
        "entry-repointed",
        "Bảng tham chiếu chỉ một đối tượng sang chỗ khác trong phần cũ",
        "The cross-reference points an object to another place in older bytes",
    ),
    ("root-changed", "Gốc của tài liệu bị thay", "The document's root was replaced"),
    ("catalog-changed", "Danh mục tài liệu bị sửa", "The document catalog was changed"),
    ("page-changed", "Nội dung trang bị sửa", "A page was changed"),
    ("pages-changed", "Trang bị thêm, bớt hoặc đổi chỗ", "Pages were added, removed or reordered"),
    ("form-changed", "Biểu mẫu bị sửa ngoài quy tắc", "The form was changed outside the rules"),
    ("field-removed", "Trường biểu mẫu bị xóa", "A form field was removed"),
    ("signed-field-changed", "Ô đã ký bị sửa hoặc xóa trắng", "A signed field was changed or emptied"),
    (
        "validation-data-changed",
        "Dữ liệu xác minh cũ bị sửa hoặc xóa",
        "Existing validation data was changed or removed",
    ),
    ("structure-tree-changed", "Cây cấu trúc bị sửa", "The structure tree was changed"),
    (
        "certification-too-late",
        "Chứng thực được thêm sau một chữ ký",
        "A certification was added after a signature",
    ),
    (
        "unreferenced-objects-appended",
        "Có đối tượng ẩn được chèn ngoài bảng tham chiếu",
        "Objects were appended outside any cross-reference",
    ),
    (
        "file-repaired",
        "Tệp bị hỏng cấu trúc và phải dò lại, phần mềm khác có thể hiển thị nội dung khác",
        "The file's structure is damaged and was searched for; other programs may show something else",
    ),
    ("trailing-data", "Có dữ liệu lạ sau cuối tệp", "There is data behind the end of the file"),
    (
        "incomplete-revision",
        "Một phiên bản sau không kết thúc đúng quy định",
        "A later revision does not end as the standard wants",
    ),
    ("encryption-changed", "Thiết lập mã hóa bị sửa", "The encryption was changed"),
    (
        "forbidden-by-certification",
        "Thay đổi này bị chữ ký chứng thực cấm",
        "The certification forbids this change",
    ),
    (
        "locked-field",
        "Trường bị khóa bởi chữ ký trước đã bị sửa",
        "A field locked by an earlier signature was changed",
    ),
    ("ambiguous-object", "Một đối tượng có khóa bị lặp", "An object holds a key twice"),
    (
        "appearance-changed",
        "Hình hiển thị của trường bị đổi mà giá trị không đổi",
        "The appearance of a field was changed, though its value was not",
    ),
    (
        "appearance-planted",
        "Hình hiển thị lấy từ nội dung đã cài sẵn trước khi ký",
        "An appearance shows content that stood ready before signing",
    ),
    ("covers-content", "Nội dung mới che nội dung đã ký", "Something new hides what was signed"),
    (
        "crosses-content",
        "Ô mới nằm chồng lên chữ của trang",
        "A new field is written across text of the page",
    ),
    (
        "field-shown-or-hidden",
        "Một trường bị ẩn đi hoặc hiện ra",
        "A field was hidden, or came out of hiding",
    ),
    (
        "listed-twice",
        "Bảng tham chiếu ghi một đối tượng ở hai chỗ",
        "A cross-reference lists one object in two places",
    ),
    (
        "size-changed",
        "Số đối tượng khai báo làm ẩn hoặc hiện nội dung",
        "The declared size hides or shows objects",
    ),
    ("tab-order-changed", "Thứ tự phím Tab được cập nhật", "The tab order was updated"),
    (
        "unused-content-added",
        "Có thêm nội dung chưa được dùng đến",
        "Content was added that nothing shows yet",
    ),
    ("changes-unjudged", "Không so sánh được các phiên bản", "The revisions could not be compared"),
    (
        "unreferenced-signature",
        "Có cấu trúc chữ ký không thuộc ô chữ ký nào",
        "There is a signature that no field holds",
    ),
];

#[cfg(test)]
mod tests {
    use super::TEXTS;

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<&str> = TEXTS.iter().map(|(code, ..)| *code).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
