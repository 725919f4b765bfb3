//! Certificates in the document security store (ISO 32000-2 §12.8.4.3).

use openssl::x509::X509;

use crate::pdf::{Object, Pdf, PdfError};

/// More certificates than the chains of any document need.
const MAX_CERTIFICATES: usize = 256;

/// The certificates of `/DSS`. They help to build chains and are trusted by nobody for standing there.
pub(crate) fn store_certificates(pdf: &Pdf<'_>) -> Vec<X509> {
    read(pdf).unwrap_or_default()
}

fn read(pdf: &Pdf<'_>) -> Result<Vec<X509>, PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let Some(store) = pdf.dict_value(&catalog, "DSS")? else { return Ok(Vec::new()) };
    let list = pdf.value(&store, "Certs")?;
    let mut certificates = Vec::new();
    for item in list.array().unwrap_or_default().iter().take(MAX_CERTIFICATES) {
        if let Object::Stream(stream) = pdf.resolve(item)? {
            certificates.extend(pdf.stream_data(&stream).ok().and_then(|der| X509::from_der(&der).ok()));
        }
    }
    Ok(certificates)
}
