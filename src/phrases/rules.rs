//! What is true about sentences with gaps.

/// A gap as people write it, without braces.
pub type Gap = &'static str;

/// The gaps that minutes know.
pub const GAPS: &[Gap] =
    &["chủ trì", "thư ký", "phiên họp", "ngày", "giờ bắt đầu", "giờ kết thúc", "có mặt", "tổng số"];

/// The text with each known gap filled. An unknown one stays as it was typed,
/// for the writer to see.
pub fn fill(text: &str, values: &[(Gap, String)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(gap, after)| {
            let (_, value) = values.iter().find(|(name, _)| *name == gap.trim().to_lowercase())?;
            Some((value, after))
        });
        match known {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn known_gaps_are_filled_once_and_others_stay() {
        let values = [("chủ trì", "Ông {thư ký}".to_owned()), ("thư ký", "Bà Mai".to_owned())];
        assert_eq!(
            fill("{chủ trì} giao { Thư ký }: {nội dung}", &values),
            "Ông {thư ký} giao Bà Mai: {nội dung}"
        );
        assert_eq!(fill("{ {chủ trì", &values), "{ {chủ trì");
        assert_eq!(fill("{{thư ký}", &values), "{Bà Mai");
    }
}
