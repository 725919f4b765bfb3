//! What a notice of conclusions begins as.

/// The facts of a meeting that a notice names.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    pub meeting: &'a str,
    /// "22/11/2026".
    pub day: String,
    pub venue: &'a str,
    pub chair: &'a str,
    pub chair_position: &'a str,
}

/// The line under the title.
pub fn subject(occasion: &Occasion<'_>) -> String {
    let Occasion { chair_position, meeting, .. } = occasion;
    let who = if chair_position.is_empty() { "chủ trì" } else { chair_position };
    format!("Kết luận của {who} tại {}", small(meeting))
}

/// What stands before the conclusions.
pub fn opening(occasion: &Occasion<'_>) -> String {
    let Occasion { meeting, day, venue, chair, chair_position } = occasion;
    let who =
        if chair_position.is_empty() { (*chair).to_owned() } else { format!("{chair}, {chair_position},") };
    format!(
        "Ngày {day}, tại {venue}, {who} đã chủ trì {}. Sau khi nghe báo cáo và ý kiến của các thành viên, chủ trì kết \
         luận như sau:",
        small(meeting)
    )
}

/// What stands behind them.
pub fn closing() -> String {
    "Thông báo để các đơn vị, cá nhân có liên quan biết, thực hiện./.".to_owned()
}

/// The authority over the signature, as the decree writes it.
pub fn capacity(position: &str) -> String {
    if position.is_empty() { "CHỦ TRÌ".to_owned() } else { position.to_uppercase() }
}

/// A title inside a sentence: "Phiên họp …" becomes "phiên họp …".
fn small(title: &str) -> String {
    let mut letters = title.chars();
    let second_is_small = title.chars().nth(1).is_some_and(char::is_lowercase);
    match letters.next() {
        Some(first) if second_is_small => first.to_lowercase().chain(letters).collect(),
        _ => title.to_owned(),
    }
}

/// The points of a conclusion as typed: a paragraph each, without the numbers
/// and dashes that people put in front, for the form puts its own.
pub fn points(text: &str) -> Vec<String> {
    let points = text.lines().map(|line| {
        let line = line.trim().trim_start_matches(['-', '–', '+', '•', '*']).trim_start();
        let behind_number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        match behind_number.strip_prefix(['.', ')']) {
            // "1.200 ha" is an amount, not a point.
            Some(rest) if behind_number.len() < line.len() && rest.starts_with(' ') => rest.trim_start(),
            _ => line,
        }
    });
    points.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The lines of a text that have something on them.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Occasion, opening, points, subject};

    #[test]
    fn points_lose_their_numbers_but_not_their_amounts() {
        let typed = "1. Thông qua kế hoạch.\n\n 2) Giao Văn phòng\n- 1.200 ha đất\n3.\n+ Khác";
        let expected = ["Thông qua kế hoạch.", "Giao Văn phòng", "1.200 ha đất", "3.", "Khác"];
        assert_eq!(points(typed), expected);
    }

    #[test]
    fn a_title_stands_in_a_sentence() {
        let occasion = Occasion {
            meeting: "Phiên họp tháng 11",
            day: "22/11/2026".into(),
            venue: "Phòng họp A",
            chair: "Nguyễn Văn Hùng",
            chair_position: "Chủ tịch UBND phường",
        };
        assert_eq!(subject(&occasion), "Kết luận của Chủ tịch UBND phường tại phiên họp tháng 11");
        assert!(
            opening(&occasion).starts_with("Ngày 22/11/2026, tại Phòng họp A, Nguyễn Văn Hùng, Chủ tịch")
        );
        let council = Occasion { meeting: "HĐND họp", ..occasion };
        assert!(subject(&council).ends_with("tại HĐND họp"));
    }
}
