//! What a file says of its own fitness to be kept: PDF/A (ISO 19005).

use crate::pdf::{Dict, Object, Pdf, PdfError};
use crate::sign::excerpt::About;

/// Does the file call itself PDF/A, of a part whose pages suit part 2? Part 1
/// allows what part 2 does not (`.notdef`, some overprinting), part 4 builds on
/// another version of PDF. Nothing that is encrypted is PDF/A, and metadata that
/// cannot be read claim nothing.
pub(super) fn is_claimed(file: &Pdf<'_>) -> Result<bool, PdfError> {
    if file.trailer()?.has("Encrypt") {
        return Ok(false);
    }
    let Ok(Object::Stream(metadata)) = file.value(&file.catalog()?.1, "Metadata") else { return Ok(false) };
    let metadata = file.stream_data(&metadata).unwrap_or_default();
    Ok(claimed_part(&String::from_utf8_lossy(&metadata)).is_some_and(|part| matches!(part, "2" | "3")))
}

/// The part of ISO 19005, written as an element or as an attribute (ISO 19005-2 §6.6.4).
fn claimed_part(metadata: &str) -> Option<&str> {
    let (_, rest) = metadata.split_once("pdfaid:part")?;
    let value = rest.trim_start_matches(|sign: char| sign.is_whitespace() || "=>\"'".contains(sign));
    value.split(|sign: char| !sign.is_ascii_digit()).next()
}

/// Dictionary and data of metadata that claim part 2, level B.
pub(super) fn claim(about: About<'_>) -> (Dict, String) {
    let [title, subject] = [about.title, about.subject].map(escaped);
    let data = format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n\
         <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt></dc:title>\n\
         <dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subject}</rdf:li></rdf:Alt></dc:description>\n\
         <pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>B</pdfaid:conformance>\n\
         </rdf:Description>\n</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>"
    );
    (Dict::new().with("Type", "Metadata").with("Subtype", "XML"), data)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::claimed_part;

    #[test]
    fn a_claim_is_read_in_either_way() {
        assert_eq!(claimed_part("<pdfaid:part>2</pdfaid:part>"), Some("2"));
        assert_eq!(claimed_part("<rdf:Description pdfaid:part=\"3\" pdfaid:conformance='A'/>"), Some("3"));
        assert_eq!(claimed_part("<rdf:Description pdfaid:part = '1'>"), Some("1"));
        assert_eq!(claimed_part("<dc:title>part 2</dc:title>"), None);
    }
}
