//! Faults: a faultless document with one parameter changed.

use super::letter::{Letter, Words, decision, official_letter, urgent_plan};

pub struct Fault {
    pub name: &'static str,
    /// The one rule that fires.
    pub code: &'static str,
    pub letter: Letter,
}

fn fault(
    name: &'static str,
    code: &'static str,
    mut letter: Letter,
    change: impl FnOnce(&mut Letter),
) -> Fault {
    change(&mut letter);
    Fault { name, code, letter }
}

fn some(words: &mut Option<Words>) -> &mut Words {
    words.as_mut().unwrap()
}

pub fn all() -> Vec<Fault> {
    [
        sheets(),
        letters(),
        state(),
        bodies(),
        number_and_date(),
        title(),
        body(),
        ending(),
        marks(),
        appendix(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn sheets() -> Vec<Fault> {
    vec![
        fault("Letter paper", "page.size", decision(), |it| it.page = (215.9, 279.4)),
        fault("narrow left margin", "margin.left", decision(), |it| it.margins[2] = 25.0),
        fault("wide left margin", "margin.left", decision(), |it| {
            it.margins[2] = 38.0;
            it.margins[3] = 15.0;
        }),
        fault("narrow right margin", "margin.right", decision(), |it| it.margins[3] = 12.0),
        fault("wide right margin", "margin.right", decision(), |it| it.margins[3] = 24.0),
        fault("narrow upper margin", "margin.top", decision(), |it| it.margins[0] = 15.0),
        fault("wide upper margin", "margin.top", decision(), |it| it.margins[0] = 34.0),
        fault("narrow lower margin", "margin.bottom", decision(), |it| it.margins[1] = 12.0),
        fault("wide lower margin", "margin.bottom", decision(), |it| {
            it.margins[1] = 45.0;
            let more = it.body.clone();
            it.body.extend(more);
        }),
        fault("no page numbers", "page-number.missing", decision(), |it| it.numbering.is_shown = false),
        fault("number on page one", "page-number.first", decision(), |it| it.numbering.on_first = true),
        fault("numbers at the side", "page-number.place", decision(), |it| it.numbering.align = "end"),
        fault("numbers at the foot", "page-number.place", decision(), |it| it.numbering.in_footer = true),
        fault("small page numbers", "page-number.size", decision(), |it| it.numbering.look.size = 11.0),
        fault("bold page numbers", "page-number.style", decision(), |it| it.numbering.look.bold = true),
        fault("worded page numbers", "page-number.form", decision(), |it| it.numbering.before = "Trang "),
        fault("wrong page numbers", "page-number.order", decision(), |it| it.numbering.offset = -1),
    ]
}

fn letters() -> Vec<Fault> {
    vec![
        fault("another typeface", "text.typeface", decision(), |it| it.body[2].look.font = "DejaVu Serif"),
        fault("coloured text", "text.colour", decision(), |it| it.body[2].look.colour = "#0000ff"),
    ]
}

fn state() -> Vec<Fault> {
    vec![
        fault("no title of the state", "state-title.missing", decision(), |it| it.state_title = None),
        fault("misspelt title", "state-title.wording", decision(), |it| {
            some(&mut it.state_title).text = "CỘNG HÒA XÃ HỘI CHỦ NGHIÃ VIỆT NAM".into();
        }),
        fault("small title", "state-title.size", decision(), |it| some(&mut it.state_title).look.size = 11.0),
        fault("thin title", "state-title.style", decision(), |it| {
            some(&mut it.state_title).look.bold = false
        }),
        fault("title in small letters", "state-title.style", decision(), |it| {
            some(&mut it.state_title).text = "Cộng hòa xã hội chủ nghĩa Việt Nam".into();
        }),
        fault("no motto", "motto.missing", decision(), |it| {
            it.motto = None;
            it.motto_line = None;
        }),
        fault("motto with dashes", "motto.wording", decision(), |it| {
            some(&mut it.motto).text = "Độc lập – Tự do – Hạnh phúc".into();
        }),
        fault("motto with capitals", "motto.wording", decision(), |it| {
            some(&mut it.motto).text = "Độc Lập - Tự Do - Hạnh Phúc".into();
        }),
        fault("small motto", "motto.size", decision(), |it| some(&mut it.motto).look.size = 12.0),
        fault("leaning motto", "motto.style", decision(), |it| some(&mut it.motto).look.italic = true),
        fault("motto without line", "motto.line", decision(), |it| it.motto_line = None),
        fault("motto with half a line", "motto.line", decision(), |it| it.motto_line = Some(0.5)),
        fault("underlined motto", "motto.line", decision(), |it| {
            it.motto_line = None;
            some(&mut it.motto).look.extra =
                "style:text-underline-style=\"solid\" style:text-underline-width=\"auto\"";
        }),
    ]
}

fn bodies() -> Vec<Fault> {
    vec![
        fault("bold superior", "superior.style", decision(), |it| some(&mut it.superior).look.bold = true),
        fault("large superior", "superior.size", decision(), |it| some(&mut it.superior).look.size = 14.0),
        fault("no issuing body", "issuer.missing", decision(), |it| {
            it.superior = None;
            it.issuer = None;
        }),
        fault("small issuing body", "issuer.size", decision(), |it| some(&mut it.issuer).look.size = 11.0),
        fault("thin issuing body", "issuer.style", decision(), |it| some(&mut it.issuer).look.bold = false),
        fault("issuing body in small letters", "issuer.style", decision(), |it| {
            some(&mut it.issuer).text = "Ủy ban nhân dân xã Quế Sơn".into();
        }),
        fault("issuing body without line", "issuer.line", decision(), |it| it.issuer_line = None),
        fault("line too long", "issuer.line", decision(), |it| it.issuer_line = Some(0.9)),
    ]
}

fn number_and_date() -> Vec<Fault> {
    let number = |name, code, text: &str| {
        let text = text.to_owned();
        fault(name, code, decision(), |it| some(&mut it.number).text = text)
    };
    let date = |name, code, text: &str| {
        let text = text.to_owned();
        fault(name, code, decision(), |it| some(&mut it.date).text = text)
    };
    vec![
        fault("no number", "number.missing", decision(), |it| it.number = None),
        number("number without zero", "number.zero", "Số: 5/QĐ-UBND"),
        number("number without colon", "number.form", "Số 05/QĐ-UBND"),
        number("number with spaces", "number.form", "Số: 05 /QĐ - UBND"),
        number("number of another kind", "number.kind", "Số: 05/BC-UBND"),
        fault("large number", "number.size", decision(), |it| some(&mut it.number).look.size = 14.0),
        fault("bold number", "number.style", decision(), |it| some(&mut it.number).look.bold = true),
        fault("no date", "date.missing", decision(), |it| it.date = None),
        date("date without comma", "date.form", "Quế Sơn ngày 05 tháng 02 năm 2026"),
        date("a day that is none", "date.form", "Quế Sơn, ngày 30 tháng 02 năm 2026"),
        date("day without zero", "date.zero", "Quế Sơn, ngày 5 tháng 02 năm 2026"),
        date("month without zero", "date.zero", "Quế Sơn, ngày 05 tháng 2 năm 2026"),
        fault("small date", "date.size", decision(), |it| some(&mut it.date).look.size = 12.0),
        fault("upright date", "date.style", decision(), |it| some(&mut it.date).look.italic = false),
        fault("date below the number", "date.line", decision(), |it| it.date_drop = 14.0),
        fault("date at the side", "date.place", decision(), |it| it.date_align = "end"),
    ]
}

fn title() -> Vec<Fault> {
    vec![
        fault("no name of the kind", "type-name.missing", decision(), |it| {
            it.type_name = None;
            it.subject = None;
            it.subject_line = None;
            it.issuer_again = None;
        }),
        fault("a name nobody knows", "type-name.wording", decision(), |it| {
            some(&mut it.type_name).text = "QUYẾT NGHỊ".into();
        }),
        fault("small name", "type-name.size", decision(), |it| some(&mut it.type_name).look.size = 12.0),
        fault("thin name", "type-name.style", decision(), |it| some(&mut it.type_name).look.bold = false),
        fault("name at the side", "type-name.place", decision(), |it| {
            it.type_align = "start";
        }),
        fault("thin subject", "subject.style", decision(), |it| some(&mut it.subject).look.bold = false),
        fault("large subject", "subject.size", decision(), |it| some(&mut it.subject).look.size = 16.0),
        fault("subject without line", "subject.line", decision(), |it| it.subject_line = None),
        fault("subject of a letter in bold", "letter-subject.style", official_letter(), |it| {
            some(&mut it.letter_subject).look.bold = true;
        }),
        fault("subject of a letter too large", "letter-subject.size", official_letter(), |it| {
            some(&mut it.letter_subject).look.size = 14.0;
        }),
        fault("letter without subject", "letter-subject.missing", official_letter(), |it| {
            it.letter_subject = None
        }),
        fault("letter to nobody", "addressee.missing", official_letter(), |it| it.addressees.clear()),
        fault("bold addressees", "addressee.style", official_letter(), |it| {
            for words in &mut it.addressees {
                words.look.bold = true;
            }
        }),
        fault("small addressees", "addressee.size", official_letter(), |it| {
            for words in &mut it.addressees {
                words.look.size = 12.0;
            }
        }),
        fault("addressees with commas", "addressee.form", official_letter(), |it| {
            it.addressees[1].text = "- Sở Tài chính thành phố Đà Nẵng,".into();
        }),
    ]
}

fn body() -> Vec<Fault> {
    vec![
        fault("upright bases", "basis.style", decision(), |it| {
            for words in &mut it.bases {
                words.look.italic = false;
            }
        }),
        fault("small bases", "basis.size", decision(), |it| {
            for words in &mut it.bases {
                words.look.size = 12.0;
            }
        }),
        fault("basis with a comma", "basis.ending", decision(), |it| {
            it.bases[0].text = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025,".into();
        }),
        fault("last basis with a semicolon", "basis.ending", decision(), |it| {
            it.bases[2].text = it.bases[2].text.replace("2026.", "2026;");
        }),
        fault("small text", "body.size", decision(), |it| it.body[2].look.size = 12.0),
        fault("ragged text", "body.alignment", decision(), |it| it.align = "start"),
        fault("no indent", "body.indent", decision(), |it| it.indent = 0.0),
        fault("deep indent", "body.indent", decision(), |it| it.indent = 18.0),
        fault("no space between paragraphs", "body.gap", decision(), |it| it.gap = 0.0),
        fault("lines too far apart", "body.pitch", decision(), |it| it.pitch = 1.8),
        fault("thin article", "article.style", decision(), |it| {
            it.article.as_mut().unwrap().0.look.bold = false;
        }),
        fault("thin chapter", "chapter.style", urgent_plan(), |it| some(&mut it.chapter).look.bold = false),
        fault("chapter at the side", "chapter.place", urgent_plan(), |it| it.chapter_align = "start"),
    ]
}

fn ending() -> Vec<Fault> {
    vec![
        fault("position in small letters", "position.style", decision(), |it| {
            it.position[2].text = "Phó Chủ tịch".into();
        }),
        fault("small position", "position.size", decision(), |it| {
            for words in &mut it.position {
                words.look.size = 12.0;
            }
        }),
        fault("authority with a slash", "position.form", decision(), |it| {
            it.position[0].text = "T/M ỦY BAN NHÂN DÂN".into();
        }),
        fault("nobody signs", "signer.missing", decision(), |it| it.signer = None),
        fault("thin name of the signer", "signer.style", decision(), |it| {
            some(&mut it.signer).look.bold = false
        }),
        fault("large name of the signer", "signer.size", decision(), |it| {
            some(&mut it.signer).look.size = 16.0
        }),
        fault("signer with a degree", "signer.wording", decision(), |it| {
            some(&mut it.signer).text = "TS. Trần Thị Bích Ngọc".into();
        }),
        fault("no place to sign", "signature.space", decision(), |it| it.blank = 1),
        fault("words in the place to sign", "signature.space", decision(), |it| {
            let mut words = it.number.clone().unwrap();
            words.text = "(Đã ký)".into();
            it.in_blank = Some(words);
        }),
        fault("recipients where the seal goes", "seal.space", decision(), |it| {
            it.ending = (95.0, 65.0);
            it.list[1].text = "- Sở Tài chính thành phố Đà Nẵng, Kho bạc Nhà nước khu vực XIII;".into();
            let again = it.list[1].clone();
            it.list.insert(1, again);
        }),
        fault("no recipients", "recipients.missing", decision(), |it| {
            it.recipients = None;
            it.list.clear();
        }),
        fault("upright label", "recipients.style", decision(), |it| {
            some(&mut it.recipients).look.italic = false
        }),
        fault("large label", "recipients.size", decision(), |it| some(&mut it.recipients).look.size = 14.0),
        fault("large list", "recipient-list.size", decision(), |it| {
            for words in &mut it.list {
                words.look.size = 13.0;
            }
        }),
        fault("leaning list", "recipient-list.style", decision(), |it| {
            for words in &mut it.list {
                words.look.italic = true;
            }
        }),
        fault("list without dash", "recipient-list.form", decision(), |it| {
            it.list[0].text = "Như Điều 3;".into()
        }),
        fault("nothing kept", "recipient-list.ending", decision(), |it| {
            it.list[2].text = "- Văn phòng.".into();
        }),
    ]
}

fn marks() -> Vec<Fault> {
    vec![
        fault("urgency without frame", "urgency.frame", urgent_plan(), |it| it.frame = None),
        fault("urgency in a wide frame", "urgency.frame", urgent_plan(), |it| it.frame = Some((45.0, 8.0))),
        fault("small urgency", "urgency.size", urgent_plan(), |it| some(&mut it.mark).look.size = 11.0),
        fault("thin urgency", "urgency.style", urgent_plan(), |it| some(&mut it.mark).look.bold = false),
        fault("circulation without frame", "circulation.frame", urgent_plan(), |it| {
            some(&mut it.mark).text = "LƯU HÀNH NỘI BỘ".into();
            it.frame = None;
        }),
        fault("a state secret", "secrecy.marked", urgent_plan(), |it| {
            some(&mut it.mark).text = "TỐI MẬT".into();
        }),
    ]
}

fn appendix() -> Vec<Fault> {
    vec![
        fault("appendix in capitals", "appendix.style", urgent_plan(), |it| {
            it.appendix[0].text = "PHỤ LỤC I".into();
        }),
        fault("small appendix", "appendix.size", urgent_plan(), |it| it.appendix[0].look.size = 13.0),
        fault("appendix at the side", "appendix.place", urgent_plan(), |it| it.appendix_align = "start"),
        fault("title of an appendix in small letters", "appendix-title.style", urgent_plan(), |it| {
            it.appendix[1].text = "Danh sách điểm sơ tán".into();
        }),
        fault("upright reference", "appendix-reference.style", urgent_plan(), |it| {
            it.appendix[2].look.italic = false;
        }),
        fault("no reference", "appendix-reference.missing", urgent_plan(), |it| {
            it.appendix.remove(2);
        }),
    ]
}
