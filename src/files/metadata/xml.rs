//! XML as a text that grows: elements, their lengths, and what must be escaped.

use crate::clock::Timestamp;

/// A document under way.
#[derive(Debug)]
pub struct Xml {
    text: String,
    depth: usize,
}

impl Xml {
    pub fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), depth: 0 }
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
        self.escaped(value);
        self.close(name);
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.depth));
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push('<');
        self.text.push_str(name);
        for (attribute, value) in attributes {
            self.text.push(' ');
            self.text.push_str(attribute);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn close(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push_str(">\n");
    }

    /// What XML 1.0 forbids is left out: a document with it could not be read at all.
    fn escaped(&mut self, value: &str) {
        for letter in value.chars() {
            match letter {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\n' => self.text.push(letter),
                '\u{fffe}' | '\u{ffff}' => {}
                _ if letter.is_control() => {}
                _ => self.text.push(letter),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Xml;

    fn written(write: impl FnOnce(&mut Xml)) -> String {
        let mut xml = Xml::new();
        write(&mut xml);
        xml.into_text().lines().skip(1).map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn text_is_escaped_and_what_xml_forbids_is_left_out() {
        let text = written(|xml| xml.field("OrganName", "A & B <\"C\">\u{1}\u{b}\u{fffe}", 200));
        assert_eq!(text, "<OrganName>A &amp; B &lt;&quot;C&quot;&gt;</OrganName>\n");
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
