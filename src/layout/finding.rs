//! What a check found, in words for a person.

use serde::{Serialize, Serializer};

use super::row::Area;
use crate::web::{Lang, Message};

crate::words! {
    /// A component of a document, or what is asked of the whole.
    Part {
        Page = "page",
        Margin = "margin",
        Text = "text",
        PageNumber = "page-number",
        StateTitle = "state-title",
        Motto = "motto",
        Superior = "superior",
        Issuer = "issuer",
        Number = "number",
        Date = "date",
        TypeName = "type-name",
        Subject = "subject",
        /// The subject of an official letter: "V/v …".
        LetterSubject = "letter-subject",
        Addressee = "addressee",
        Basis = "basis",
        Body = "body",
        Article = "article",
        Chapter = "chapter",
        /// Authority and position of who signs.
        Position = "position",
        Signer = "signer",
        /// The place for the personal signature.
        Signature = "signature",
        /// The place for the seal.
        Seal = "seal",
        Recipients = "recipients",
        RecipientList = "recipient-list",
        Urgency = "urgency",
        Circulation = "circulation",
        Secrecy = "secrecy",
        Appendix = "appendix",
        AppendixTitle = "appendix-title",
        AppendixReference = "appendix-reference",
    }

    /// What about it is not as asked.
    Aspect {
        Missing = "missing",
        Size = "size",
        Style = "style",
        Wording = "wording",
        Place = "place",
        /// The line drawn beneath.
        Line = "line",
        Form = "form",
        /// The zero in front of a digit.
        Zero = "zero",
        /// The code of the kind of document.
        Kind = "kind",
        Space = "space",
        Ending = "ending",
        Frame = "frame",
        Orientation = "orientation",
        Left = "left",
        Right = "right",
        Top = "top",
        Bottom = "bottom",
        First = "first",
        Order = "order",
        Typeface = "typeface",
        Embedding = "embedding",
        Letters = "letters",
        Composition = "composition",
        Colour = "colour",
        Encoding = "encoding",
        /// Only a part of the file was read.
        Partial = "part",
        Alignment = "alignment",
        Indent = "indent",
        Gap = "gap",
        Pitch = "pitch",
        Marked = "marked",
    }

    /// What follows from a finding.
    Severity {
        /// The document may not go on like this.
        Blocking = "blocking",
        Warning = "warning",
        Note = "note",
        /// The office does not look at it.
        Off = "off",
    }
}

/// One deviation from one rule, at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub part: Part,
    pub aspect: Aspect,
    pub severity: Severity,
    /// Where the rule stands in the regulation.
    pub clause: String,
    /// Counted from 1.
    pub page: usize,
    pub place: Option<Area>,
    /// What the component is called here: the end of a text's key.
    pub label: String,
    /// What is asked, in pieces that follow "must".
    pub asked: Vec<Message>,
    /// What is there instead.
    pub found: Vec<Message>,
}

impl Finding {
    /// The rule's code: `motto.line`.
    pub fn code(&self) -> String {
        format!("{}.{}", self.part.as_str(), self.aspect.as_str())
    }

    /// One sentence for the person who set the document.
    pub fn sentence(&self, lang: Lang) -> String {
        let (part, found) = (self.part_name(lang), said(&self.found, lang));
        if self.aspect == Aspect::Missing {
            return lang.t_with("layout-missing", &[("part", &lower_first(&part)), ("found", &found)]);
        }
        let asked = said(&self.asked, lang);
        lang.t_with("layout-finding", &[("part", &part), ("asked", &asked), ("found", &found)])
    }

    pub fn part_name(&self, lang: Lang) -> String {
        lang.t(&format!("layout-part-{}", self.label))
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn said(messages: &[Message], lang: Lang) -> String {
    messages.iter().map(|message| numbered(message, lang).text(lang)).collect::<Vec<_>>().join(", ")
}

/// Vietnamese writes decimals with a comma.
fn numbered(message: &Message, lang: Lang) -> Message {
    let mut message = message.clone();
    if lang == Lang::Vi {
        for (_, value) in &mut message.gaps {
            let is_number = !value.is_empty()
                && value.chars().all(|sign| sign.is_ascii_digit() || ".–-×/ ".contains(sign));
            if is_number {
                *value = value.replace('.', ",");
            }
        }
    }
    message
}

/// All that was found in a file.
#[derive(Clone, Debug)]
pub struct Report {
    pub profile: String,
    /// The regulation, in Vietnamese and English.
    pub source: (String, String),
    pub pages: usize,
    /// Width and height of each page, in millimetres.
    pub page_sizes: Vec<(f64, f64)>,
    /// In the order of the pages, from top to bottom.
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn is_blocked(&self) -> bool {
        self.count(Severity::Blocking) > 0
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Where a rule stands, as one cites it.
    pub fn citation(&self, finding: &Finding, lang: Lang) -> String {
        let source = match lang {
            Lang::Vi => &self.source.0,
            Lang::En => &self.source.1,
        };
        if finding.clause.is_empty() {
            return source.clone();
        }
        lang.t_with("layout-citation", &[("source", source), ("clause", &finding.clause)])
    }
}

#[derive(Serialize)]
struct Pair {
    vi: String,
    en: String,
}

impl Pair {
    fn of(text: impl Fn(Lang) -> String) -> Self {
        Self { vi: text(Lang::Vi), en: text(Lang::En) }
    }
}

#[derive(Serialize)]
struct FindingJson {
    code: String,
    severity: Severity,
    rule: Pair,
    page: usize,
    /// Millimetres from the top left of the page.
    place: Option<Area>,
    part: Pair,
    asked: Pair,
    found: Pair,
    sentence: Pair,
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct ReportJson<'a> {
            profile: &'a str,
            pages: usize,
            blocking: usize,
            warnings: usize,
            notes: usize,
            findings: Vec<FindingJson>,
        }
        let finding = |one: &Finding| FindingJson {
            code: one.code(),
            severity: one.severity,
            rule: Pair::of(|lang| self.citation(one, lang)),
            page: one.page,
            place: one.place,
            part: Pair::of(|lang| one.part_name(lang)),
            asked: Pair::of(|lang| said(&one.asked, lang)),
            found: Pair::of(|lang| said(&one.found, lang)),
            sentence: Pair::of(|lang| one.sentence(lang)),
        };
        ReportJson {
            profile: &self.profile,
            pages: self.pages,
            blocking: self.count(Severity::Blocking),
            warnings: self.count(Severity::Warning),
            notes: self.count(Severity::Note),
            findings: self.findings.iter().map(finding).collect(),
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Severity};
    use crate::layout::profile::Profile;
    use crate::web::{Lang, load_check};

    #[test]
    fn every_part_severity_and_profile_has_its_words() {
        let margins = ["left", "right", "top", "bottom"].map(|side| format!("part-margin-{side}"));
        let parts = Part::ALL.iter().filter(|part| **part != Part::Margin);
        let parts = parts.map(|part| format!("part-{}", part.as_str()));
        let severities = Severity::ALL.iter().filter(|severity| **severity != Severity::Off);
        let severities = severities.map(|severity| format!("severity-{}", severity.as_str()));
        let profiles = Profile::names().map(|name| format!("profile-{}", name.replace('_', "-")));
        let labels = ["part-party-title".to_owned()];
        for key in parts.chain(severities).chain(profiles).chain(margins).chain(labels) {
            for lang in [Lang::Vi, Lang::En] {
                assert!(load_check(lang, &format!("layout-{key}")), "layout-{key} in {}", lang.code());
            }
        }
    }
}
