//! The papers of the sample office, in its own words.

use jiff::civil::Date;
use typeset::{Block, Letterhead, NamedDocument, NumberLine, PlaceLine, Signer};

/// A paper to be made: kind, number and subject, and what it says.
pub struct Sample {
    pub kind: &'static str,
    pub symbol: &'static str,
    pub number: u32,
    pub subject: &'static str,
    paragraphs: &'static [&'static str],
    table: Option<(&'static [&'static str], &'static [&'static [&'static str]])>,
}

impl Sample {
    /// The title it has on an agenda.
    pub fn title(&self) -> String {
        format!("{} số {}/{}", self.kind, self.number, self.symbol)
    }

    pub fn form(&self, date: Date) -> NamedDocument {
        let mut body: Vec<Block> =
            self.paragraphs.iter().map(|text| Block::Paragraph((*text).to_owned())).collect();
        if let Some((head, rows)) = self.table {
            let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
            let table = Block::Table { head: owned(head), rows: rows.iter().map(|row| owned(row)).collect() };
            body.insert(body.len().min(2), table);
        }
        NamedDocument {
            banner: None,
            letterhead: Letterhead {
                parent_body: Some("Ủy ban nhân dân phường An Hải".to_owned()),
                issuing_body: "Phòng Kinh tế, Hạ tầng và Đô thị".to_owned(),
                number_line: Some(NumberLine { number: Some(self.number), symbol: self.symbol.to_owned() }),
                place_line: Some(PlaceLine { place: "An Hải".to_owned(), date: Some(date) }),
            },
            type_name: self.kind.to_owned(),
            subject: self.subject.to_owned(),
            issuer: None,
            addressees: vec!["Ủy ban nhân dân phường An Hải".to_owned()],
            bases: Vec::new(),
            body,
            signer: Signer {
                capacity: vec!["TRƯỞNG PHÒNG".to_owned()], name: "Phan Quốc Bảo".to_owned()
            },
            recipients: vec!["Như trên".to_owned(), "Lưu: KTHT".to_owned()],
            verify_url: None,
        }
    }
}

pub const ECONOMY: Sample = Sample {
    kind: "Báo cáo",
    symbol: "BC-KTHT",
    number: 340,
    subject: "Tình hình kinh tế - xã hội tháng 11 và nhiệm vụ tháng 12 năm 2026",
    paragraphs: &[
        "Trong tháng 11, kinh tế trên địa bàn phường tiếp tục ổn định. Thu ngân sách đạt 92,4% dự toán năm; các \
         khoản thu từ thuế sử dụng đất phi nông nghiệp và phí chợ tăng so với cùng kỳ.",
        "Kết quả một số chỉ tiêu chính như bảng dưới đây.",
        "Công tác phòng, chống lụt bão được triển khai sớm; đã cắt tỉa 214 cây xanh, khơi thông 3,2 km mương \
         thoát nước. Không có thiệt hại về người trong đợt mưa lớn từ ngày 8 đến ngày 12 tháng 11.",
        "Tháng 12, phường tập trung hoàn thành dự toán thu ngân sách, hoàn thiện hồ sơ sửa chữa đường kiệt và \
         chuẩn bị phương án phục vụ Tết Nguyên đán Đinh Mùi.",
    ],
    table: Some((
        &["Chỉ tiêu", "Kế hoạch năm", "Thực hiện 11 tháng", "Tỷ lệ"],
        &[
            &["Thu ngân sách (triệu đồng)", "18.600", "17.186", "92,4%"],
            &["Hồ sơ giải quyết đúng hạn", "98%", "99,1%", "Đạt"],
            &["Hộ nghèo giảm trong năm", "12", "11", "91,7%"],
            &["Đường kiệt được sửa chữa (km)", "4,5", "4,1", "91,1%"],
        ],
    )),
};

pub const MARKET: Sample = Sample {
    kind: "Tờ trình",
    symbol: "TTr-KTHT",
    number: 118,
    subject: "Về việc phê duyệt phương án chỉnh trang chợ An Hải Đông",
    paragraphs: &[
        "Chợ An Hải Đông hoạt động từ năm 1998, hiện có 286 hộ kinh doanh. Mái che khu hàng tươi sống đã xuống \
         cấp, hệ thống thoát nước và phòng cháy, chữa cháy không còn đáp ứng quy định.",
        "Phòng Kinh tế, Hạ tầng và Đô thị kính trình Ủy ban nhân dân phường phê duyệt phương án chỉnh trang chợ với \
         tổng kinh phí 2.480.000.000 đồng từ ngân sách phường và đóng góp của các hộ kinh doanh.",
        "Thời gian thi công dự kiến 45 ngày, từ ngày 05 tháng 01 năm 2027. Trong thời gian thi công, các hộ được bố \
         trí kinh doanh tạm tại bãi đỗ xe đường Hoàng Sa.",
        "Kính trình Ủy ban nhân dân phường xem xét, quyết định.",
    ],
    table: Some((
        &["Hạng mục", "Kinh phí (đồng)"],
        &[
            &["Thay mái che khu hàng tươi sống", "1.120.000.000"],
            &["Hệ thống thoát nước", "640.000.000"],
            &["Phòng cháy, chữa cháy", "520.000.000"],
            &["Sơn, chiếu sáng, biển hiệu", "200.000.000"],
        ],
    )),
};

pub const ALLEYS: Sample = Sample {
    kind: "Tờ trình",
    symbol: "TTr-KTHT",
    number: 115,
    subject: "Về việc bổ sung danh mục sửa chữa đường kiệt năm 2026",
    paragraphs: &[
        "Qua rà soát, có 06 tuyến đường kiệt thuộc các tổ dân phố 14, 15 và 22 hư hỏng nặng sau mưa lớn, ảnh hưởng \
         đến việc đi lại của 312 hộ dân.",
        "Đề nghị bổ sung 06 tuyến trên, tổng chiều dài 1,4 km, vào danh mục sửa chữa năm 2026 với kinh phí \
         860.000.000 đồng từ nguồn dự phòng ngân sách phường.",
        "Kính trình Ủy ban nhân dân phường xem xét, quyết định.",
    ],
    table: None,
};

pub const RECEPTION: Sample = Sample {
    kind: "Tờ trình",
    symbol: "TTr-VP",
    number: 121,
    subject: "Về việc ban hành Quy chế tiếp công dân của Ủy ban nhân dân phường",
    paragraphs: &[
        "Dự thảo Quy chế gồm 4 chương, 17 điều, quy định trách nhiệm của Chủ tịch, các phòng và công chức trong việc \
         tiếp công dân, tiếp nhận và xử lý đơn.",
        "Dự thảo đã lấy ý kiến của 08 đơn vị; các ý kiến góp ý đã được tiếp thu, giải trình đầy đủ.",
        "Kính trình Ủy ban nhân dân phường xem xét, ban hành.",
    ],
    table: None,
};

pub const BUDGET: Sample = Sample {
    kind: "Báo cáo",
    symbol: "BC-KTHT",
    number: 352,
    subject: "Dự toán thu, chi ngân sách phường năm 2027",
    paragraphs: &[
        "Dự toán thu ngân sách trên địa bàn năm 2027 là 19.850 triệu đồng, tăng 6,7% so với dự toán năm 2026.",
        "Dự toán chi cân đối 19.850 triệu đồng, trong đó chi đầu tư 5.200 triệu đồng, chi thường xuyên 14.050 triệu \
         đồng, dự phòng 600 triệu đồng.",
    ],
    table: None,
};
