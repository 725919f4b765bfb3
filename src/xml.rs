//! XML as a text that grows: elements, their lengths, and what must be escaped.

use crate::clock::Timestamp;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A document under way.
#[derive(Debug)]
pub struct Xml {
    text: String,
    depth: usize,
    /// Stands before the name of each element.
    prefix: &'static str,
}

impl Xml {
    pub fn begin() -> Self {
        Self { text: DECLARATION.to_owned(), depth: 0, prefix: "" }
    }

    /// What stands behind an opening tag, which the caller closes; each
    /// element's name gets the prefix.
    pub fn within(opening: &str, prefix: &'static str) -> Self {
        Self { text: format!("{DECLARATION}{opening}\n"), depth: 0, prefix }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// An element with others in it.
    pub fn group(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.open(name, attributes);
        self.text.push('\n');
        self.depth += 1;
        inside(self);
        self.depth -= 1;
        self.indent();
        self.close(name);
    }

    /// An element with text, at most so many characters of it.
    pub fn field(&mut self, name: &str, value: &str, longest: usize) {
        self.leaf(name, &[], &value.chars().take(longest).collect::<String>());
    }

    /// A text that stands whole: a code or a number that was cut would be another one.
    pub fn whole(&mut self, name: &str, value: impl ToString) {
        self.leaf(name, &[], &value.to_string());
    }

    /// A date as dd/MM/yyyy; empty, if there is none.
    pub fn date(&mut self, name: &str, at: Option<Timestamp>) {
        self.whole(name, at.map(Timestamp::date).unwrap_or_default());
    }

    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], value: &str) {
        self.open(name, attributes);
        escape(&mut self.text, value);
        self.close(name);
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.depth));
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(self.prefix);
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            escape(&mut self.text, value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(self.prefix);
        self.text.push_str(name);
        self.text.push_str(">\n");
    }
}

/// A text as it stands inside an element.
pub fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    escape(&mut text, value);
    text
}

/// What XML 1.0 forbids is left out: a document with it could not be read at all.
fn escape(text: &mut String, value: &str) {
    for letter in value.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            '\n' => text.push(letter),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if letter.is_control() => {}
            _ => text.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Xml;

    fn written(write: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml::begin();
        write(&mut xml);
        xml.into_text().lines().skip(1).map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn text_is_escaped_and_what_xml_forbids_is_left_out() {
        let text = written(|xml| xml.field("OrganName", "A & B <\"C\">\u{1}\u{b}\u{fffe}", 200));
        assert_eq!(text, "<OrganName>A &amp; B &lt;&quot;C&quot;&gt;</OrganName>\n");
    }

    #[test]
    fn what_stands_within_a_tag_bears_its_prefix() {
        let mut xml = Xml::within("<a xmlns:a=\"urn:a\">", "a:");
        xml.group("b", &[], |xml| xml.whole("c", 1));
        assert_eq!(xml.into_text().split_once("\">\n").unwrap().1, "<a:b>\n  <a:c>1</a:c>\n</a:b>\n");
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(written(|xml| xml.field("Title", "Hồ sơ", 3)), "<Title>Hồ </Title>\n");
        assert_eq!(written(|xml| xml.whole("CodeNumber", 123_456)), "<CodeNumber>123456</CodeNumber>\n");
    }

    #[test]
    fn groups_hold_their_elements() {
        let text = written(|xml| xml.group("To", &[("a", "<1>")], |xml| xml.date("DueDate", None)));
        assert_eq!(text, "<To a=\"&lt;1&gt;\">\n  <DueDate></DueDate>\n</To>\n");
    }
}
