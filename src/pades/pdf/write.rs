//! Objects to bytes (ISO 32000-2 §7.3).

use crate::pdf::{Dict, Name, Object, PdfString};

/// Writes a direct object or a reference. A stream has no place here; its writer adds the data.
pub(crate) fn write_object(out: &mut Vec<u8>, object: &Object) {
    match object {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Bool(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Real(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Name(name) => write_name(out, name),
        Object::String(string) => write_string(out, string),
        Object::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                write_object(out, item);
            }
            out.push(b']');
        }
        Object::Dict(dict) => write_dict(out, dict),
        Object::Stream(stream) => write_dict(out, &stream.dict),
        Object::Reference(target) => out.extend_from_slice(format!("{target} R").as_bytes()),
    }
}

/// Writes a dictionary in its own order.
pub(crate) fn write_dict(out: &mut Vec<u8>, dict: &Dict) {
    out.extend_from_slice(b"<<");
    for (name, value) in &dict.0 {
        write_name(out, name);
        out.push(b' ');
        write_object(out, value);
    }
    out.extend_from_slice(b">>");
}

fn write_name(out: &mut Vec<u8>, name: &Name) {
    out.push(b'/');
    for byte in &name.0 {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'*' | b':' | b'@' | b'$')
        {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
}

fn write_string(out: &mut Vec<u8>, string: &PdfString) {
    let printable = string.bytes.iter().all(|b| matches!(b, 32..=126));
    if string.hex || !printable {
        out.push(b'<');
        out.extend_from_slice(hex::encode_upper(&string.bytes).as_bytes());
        out.push(b'>');
        return;
    }
    out.push(b'(');
    for byte in &string.bytes {
        if matches!(byte, b'(' | b')' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Parser;

    #[test]
    fn what_is_written_reads_back_equal() {
        let text = "[<</A#20B (x\\(y) /C -1.5>> <FEFF1EA1> 3 0 R null true 0.0001]";
        let object = Parser::at(text.as_bytes(), 0).object().unwrap();
        let mut out = Vec::new();
        write_object(&mut out, &object);
        assert_eq!(Parser::at(&out, 0).object(), Ok(object));
    }
}
