//! Forms of a ward office that does not exist.

use jiff::civil::{Time, date, time};
use typeset::*;

pub fn making() -> Making {
    Making {
        ident: "0197f3c2-0000-7000-8000-000000000001".into(),
        made_at: "2026-11-05T04:30:00Z".parse().unwrap(),
        author: "Ủy ban nhân dân xã Quế Sơn".into(),
    }
}

pub fn invitation() -> Invitation {
    Invitation {
        banner: None,
        letterhead: letterhead(Some(12), "GM-UBND"),
        subject: "Họp Ủy ban nhân dân xã, phiên thường kỳ tháng 11 năm 2026".into(),
        inviter: "Ủy ban nhân dân xã Quế Sơn".into(),
        invitees: lines(&[
            "Các thành viên Ủy ban nhân dân xã",
            "Thường trực Đảng ủy, Thường trực Hội đồng nhân dân xã",
            "Ủy ban Mặt trận Tổ quốc Việt Nam xã",
            "Trưởng các phòng chuyên môn, Giám đốc Trung tâm Phục vụ hành chính công xã",
        ]),
        occasion: "Phiên họp thường kỳ tháng 11 năm 2026 của Ủy ban nhân dân xã.".into(),
        chair: Some("Ông Nguyễn Văn An, Chủ tịch Ủy ban nhân dân xã.".into()),
        starts_at: date(2026, 11, 5).at(8, 0, 0, 0),
        ends_at: Some(date(2026, 11, 5).at(11, 30, 0, 0)),
        venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân xã Quế Sơn, đường Hùng Vương".into(),
        agenda: agenda(),
        notes: lines(&[
            "Tài liệu họp được đăng trên hệ thống phòng họp không giấy từ ngày 03 tháng 11 năm 2026; đề nghị các đại biểu nghiên cứu trước.",
            "Đại biểu không dự họp được đề nghị báo lại trước 16 giờ 00 ngày 04 tháng 11 năm 2026.",
        ]),
        signer: Signer {
            capacity: lines(&["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
            name: "Trần Thị Bích Ngọc".into(),
        },
        recipients: recipients(),
        verify_url: Some("https://phonghop.queson.danang.gov.vn/xac-minh/7K3M-9QWT-2XHD".into()),
    }
}

pub fn minutes() -> Minutes {
    Minutes {
        banner: None,
        letterhead: Letterhead { place_line: None, ..letterhead(Some(7), "BB-UBND") },
        subject: "Họp Ủy ban nhân dân xã, phiên thường kỳ tháng 11 năm 2026".into(),
        correction: None,
        started_at: date(2026, 11, 5).at(8, 0, 0, 0),
        ended_at: date(2026, 11, 5).at(11, 25, 0, 0),
        venue: "Phòng họp số 1, trụ sở Ủy ban nhân dân xã Quế Sơn".into(),
        attendance: attendance(9),
        agenda: agenda(),
        course: lines(&["Nghỉ giải lao: 09:40–09:55."]),
        proceedings: agenda().iter().enumerate().map(|(at, item)| proceeding(at, item)).collect(),
        votes: vec![vote(1), vote(2)],
        conclusions: lines(&[
            "Thống nhất thông qua báo cáo kinh tế - xã hội tháng 10 và nhiệm vụ trọng tâm tháng 11 năm 2026.",
            "Giao Phòng Kinh tế hoàn thiện tờ trình phân bổ vốn, trình Ủy ban nhân dân xã trước ngày 15 tháng 11 năm 2026.",
        ]),
        recipients: recipients(),
        verify_url: Some("https://phonghop.queson.danang.gov.vn/xac-minh/7K3M-9QWT-2XHD".into()),
    }
}

pub fn document() -> NamedDocument {
    NamedDocument {
        banner: None,
        letterhead: letterhead(Some(5), "TTr-UBND"),
        type_name: "Tờ trình".into(),
        subject: "Về việc phân bổ vốn đầu tư công năm 2027".into(),
        issuer: None,
        addressees: lines(&["Thường trực Hội đồng nhân dân xã", "Ban Kinh tế - Ngân sách"]),
        bases: lines(&[
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025",
            "Căn cứ Luật Đầu tư công ngày 29 tháng 11 năm 2024",
        ]),
        body: vec![
            paragraph("Ủy ban nhân dân xã kính trình phương án phân bổ vốn đầu tư công năm 2027 như sau."),
            Block::Heading("Phần I. Kết quả thực hiện năm 2026".into()),
            paragraph(
                "Đến ngày 31 tháng 10 năm 2026, xã đã giải ngân 13.313.000.000 đồng, bằng 96,4% kế hoạch.",
            ),
            Block::Heading("II. Phương án phân bổ".into()),
            Block::Table {
                head: lines(&["STT", "Công trình", "Chủ đầu tư", "Số vốn (đồng)", "Ghi chú"]),
                rows: vec![
                    lines(&[
                        "1",
                        "Kênh thủy lợi nội đồng thôn Phước Ninh, đoạn từ cầu Bà Đợi đến đập Hố Giang",
                        "Ban Quản lý dự án xã",
                        "4.200.000.000",
                        "Chuyển tiếp",
                    ]),
                    lines(&["2", "Đường liên thôn", "Phòng Kinh tế", "1.850.000.000"]),
                ],
            },
            paragraph("Kính trình Hội đồng nhân dân xã xem xét, quyết định./."),
        ],
        signer: invitation().signer,
        recipients: lines(&["Như trên", "Lưu: VT, VP (Hạnh)"]),
        verify_url: Some("https://phonghop.queson.danang.gov.vn/xac-minh/7K3M-9QWT-2XHD".into()),
    }
}

pub fn notice() -> ConclusionNotice {
    let conclusion = |text: &str, co_units: &[&str]| Conclusion {
        text: lines(&[text]),
        lead_unit: Some("Phòng Kinh tế".into()),
        co_units: lines(co_units),
        deadline: Some(date(2026, 11, 15)),
    };
    ConclusionNotice {
        banner: None,
        letterhead: Letterhead { number_line: None, place_line: None, ..letterhead(None, "TB-UBND") },
        subject: "Kết luận của Chủ tịch Ủy ban nhân dân xã tại phiên họp thường kỳ tháng 11 năm 2026".into(),
        opening: lines(&[
            "Ngày 05 tháng 11 năm 2026, Chủ tịch Ủy ban nhân dân xã chủ trì phiên họp thường kỳ. \
                          Sau khi nghe báo cáo và ý kiến các thành viên, Chủ tịch kết luận như sau:",
        ]),
        conclusions: vec![
            conclusion(
                "Hoàn thiện tờ trình phân bổ vốn đầu tư công năm 2027.",
                &["Văn phòng", "Ban Quản lý dự án"],
            ),
            conclusion("Rà soát các tuyến kênh thủy lợi trước mùa mưa bão.", &[]),
            Conclusion {
                lead_unit: None, deadline: None, ..conclusion("Thống nhất dự thảo quy chế.", &[])
            },
        ],
        closing: lines(&["Văn phòng thông báo để các đơn vị biết, thực hiện./."]),
        signer: Signer {
            capacity: lines(&["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]), name: "Vũ Thị Hạnh".into()
        },
        recipients: recipients(),
        verify_url: Some("https://phonghop.queson.danang.gov.vn/xac-minh/7K3M-9QWT-2XHD".into()),
    }
}

pub fn paragraph(text: &str) -> Block {
    Block::Paragraph(text.into())
}

/// Forty points, thirty members, twelve votes.
pub fn long_minutes() -> Minutes {
    let items: Vec<AgendaItem> = agenda().into_iter().cycle().take(40).collect();
    Minutes {
        attendance: attendance(30),
        proceedings: items.iter().enumerate().map(|(at, item)| proceeding(at, item)).collect(),
        agenda: items,
        votes: (1..=12).map(vote).collect(),
        ..minutes()
    }
}

pub fn letterhead(number: Option<u32>, symbol: &str) -> Letterhead {
    Letterhead {
        parent_body: Some("Ủy ban nhân dân thành phố Đà Nẵng".into()),
        issuing_body: "Ủy ban nhân dân xã Quế Sơn".into(),
        number_line: Some(NumberLine { number, symbol: symbol.into() }),
        place_line: Some(PlaceLine { place: "Quế Sơn".into(), date: Some(date(2026, 11, 2)) }),
    }
}

pub fn person(name: &str, position: &str) -> Person {
    Person { name: name.into(), position: position.into() }
}

pub fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn recipients() -> Vec<String> {
    lines(&["Như thành phần dự họp", "Thường trực Đảng ủy (để báo cáo)", "Lưu: VT, VP (Hạnh)"])
}

fn agenda() -> Vec<AgendaItem> {
    [
        ("Báo cáo tình hình kinh tế - xã hội tháng 10, nhiệm vụ tháng 11 năm 2026", Some("Phòng Kinh tế")),
        ("Tờ trình phân bổ vốn đầu tư công năm 2027", Some("ông Lê Hữu Đức, Trưởng phòng Kinh tế")),
        ("Công tác chuẩn bị ứng phó mưa lũ, sạt lở đất", None),
    ]
    .into_iter()
    .map(|(title, presenter)| AgendaItem { title: title.into(), presenter: presenter.map(Into::into) })
    .collect()
}

fn attendance(present: usize) -> Attendance {
    let names = ["Nguyễn Văn An", "Trần Thị Bích Ngọc", "Lê Hữu Đức", "Phạm Quỳnh Như", "Đặng Ngọc Ẩn"];
    let positions = ["Ủy viên Ủy ban nhân dân xã", "Trưởng phòng Văn hóa - Xã hội", "Chỉ huy trưởng Quân sự"];
    Attendance {
        members_total: present as u32 + 1,
        chair: person("Nguyễn Văn An", "Chủ tịch Ủy ban nhân dân xã"),
        secretary: person("Vũ Thị Hạnh", "Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã"),
        present: names
            .iter()
            .cycle()
            .zip(positions.iter().cycle())
            .take(present)
            .enumerate()
            .map(|(at, (name, position))| Present {
                person: person(name, position),
                checked_in: Some(Time::constant(7, 40 + (at % 20) as i8, 0, 0)),
                remark: (at % 4 == 3).then(|| "Trực tuyến".to_owned()),
            })
            .collect(),
        absent: vec![Absent {
            person: person("Hoàng Mỹ Duyên", "Ủy viên Ủy ban nhân dân xã"),
            reason: Some("đi công tác theo giấy mời của Sở Tài chính".into()),
        }],
        substitutes: vec![Substitute {
            person: person("Bùi Tuấn Kiệt", "Phó Trưởng phòng Kinh tế"),
            instead_of: "bà Hoàng Mỹ Duyên".into(),
        }],
        guests: vec![person("Ngô Phước Lộc", "Chủ tịch Ủy ban Mặt trận Tổ quốc Việt Nam xã")],
        quorum: Some("Cuộc họp có đủ số thành viên theo quy định (ít nhất hai phần ba tổng số thành viên) để tiến hành.".into()),
    }
}

fn proceeding(at: usize, item: &AgendaItem) -> Proceeding {
    Proceeding {
        title: item.title.clone(),
        presenter: item.presenter.clone(),
        from: Some(time(8, (at % 60) as i8, 0, 0)),
        to: Some(time(9, (at % 60) as i8, 0, 0)),
        papers: vec![Paper {
            title: "Báo cáo số 215/BC-UBND ngày 01 tháng 11 năm 2026".into(),
            sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        }],
        opinions: Vec::new(),
        speeches: lines(&["Phạm Quỳnh Như (08:20–08:24, 4 phút): tiến độ giải ngân"]),
        questions: Vec::new(),
        text: lines(&[
            "Ông Lê Hữu Đức trình bày nội dung chính của báo cáo; tổng thu ngân sách trên địa bàn đạt 13.313.000.000 đồng, bằng 96,4% dự toán.",
            "Bà Phạm Quỳnh Như đề nghị làm rõ nguyên nhân giải ngân chậm ở hai công trình thủy lợi. Ông Đức trả lời: do chờ kết quả thẩm định điều chỉnh, dự kiến xong trước ngày 20 tháng 11.",
        ]),
    }
}

fn vote(at: u32) -> Vote {
    Vote {
        subject: format!("Thông qua nội dung số {at} của Tờ trình phân bổ vốn đầu tư công năm 2027"),
        method: "biểu quyết công khai".into(),
        eligible: 10,
        present: 9,
        proxies: 0,
        invalid: 0,
        voted: 8,
        not_voting: 1,
        options: vec![
            VoteOption { label: "Tán thành".into(), count: 7 },
            VoteOption { label: "Không tán thành".into(), count: 1 },
            VoteOption { label: "Không biểu quyết".into(), count: 0 },
        ],
        rule: "quá nửa tổng số thành viên Ủy ban nhân dân tán thành.".into(),
        outcome: "được thông qua, với 7/10 thành viên tán thành.".into(),
    }
}

/// What a check found in a file with one good signature.
pub fn report() -> VerificationReport {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    VerificationReport {
        banner: None,
        file: "quyet-dinh-12.pdf".into(),
        verdict: "Hợp lệ".into(),
        sentence: "Tất cả 1 chữ ký đều hợp lệ, văn bản không bị sửa sau khi ký.".into(),
        facts: vec![pair("Mã băm SHA-256", &"0123456789abcdef".repeat(4)), pair("Số lần ghi tệp", "2")],
        sections: vec![ReportSection {
            title: "Chữ ký 1: Nguyễn Văn An".into(),
            facts: vec![pair("Người ký", "Nguyễn Văn An"), pair("Tính toàn vẹn", "Nguyên vẹn")],
            notes: lines(&["Chưa kiểm tra việc thu hồi chứng thư"]),
        }],
        grounds: vec![pair("Phần mềm", "ecabinet 0.1.0")],
        remarks: lines(&["Báo cáo này không được ký số."]),
        json: b"{\"software\":\"ecabinet\"}".to_vec(),
        xml: b"<ValidationReport/>".to_vec(),
    }
}
