use serde::Serialize;

/// A register of documents as decree 30/2020/NĐ-CP, annex IV prints it: A4
/// across, a cover, then the lines of the year.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterBook {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The body above, on the cover.
    pub parent_body: String,
    /// The body whose register it is.
    pub body: String,
    /// What the register is called ("Sổ đăng ký văn bản đến").
    pub title: String,
    pub year: i16,
    /// "Từ số … đến số …", on the cover.
    pub span: String,
    /// What the columns are called, with the width of each in shares of the line.
    pub columns: Vec<RegisterColumn>,
    /// Cells, line by line. A short line is filled up with empty cells.
    pub lines: Vec<Vec<String>>,
    /// That it comes from the system and when, at the foot of every page.
    pub mark: String,
}

/// A column of a register.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterColumn {
    pub name: String,
    pub width: f32,
}
