use serde::Serialize;

/// What was found when a PDF's signatures were checked.
///
/// It comes from a program and not from a body, so it bears no letterhead and
/// nobody's name. It is PDF/A-3, with the findings attached for programs.
#[derive(Clone, Debug, Serialize)]
pub struct VerificationReport {
    /// A red line on top of every page, for what is not a real document.
    pub banner: Option<String>,
    /// The file that was judged.
    pub file: String,
    /// The verdict in a word or two.
    pub verdict: String,
    /// The verdict in a sentence.
    pub sentence: String,
    /// What is known of the file.
    pub facts: Vec<(String, String)>,
    /// One section for each signature.
    pub sections: Vec<ReportSection>,
    /// What the verdict rests on: program, clock, policy, trust list.
    pub grounds: Vec<(String, String)>,
    /// What the reader should keep in mind, a paragraph each.
    pub remarks: Vec<String>,
    /// The findings as JSON, attached.
    #[serde(skip)]
    pub json: Vec<u8>,
    /// The findings as XML, attached.
    #[serde(skip)]
    pub xml: Vec<u8>,
}

/// A part of the report with a heading of its own.
#[derive(Clone, Debug, Serialize)]
pub struct ReportSection {
    /// Its heading.
    pub title: String,
    /// Names and values, in order.
    pub facts: Vec<(String, String)>,
    /// What was noticed, a line each.
    pub notes: Vec<String>,
}
