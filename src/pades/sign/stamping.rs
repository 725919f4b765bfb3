//! Asking for a timestamp, and checking the answer before anyone uses it (RFC 3161 §2.2).

use jiff::Timestamp;

use crate::cms::timestamp::{self, TimestampError};
use crate::cms::{Content, DigestAlgorithm};
use crate::sign::Stamping;
use crate::trust::{Moment, Purpose};

impl Stamping<'_> {
    /// The same for one more request: each has a nonce of its own.
    pub(crate) fn another(&self, number: u64) -> Self {
        let digest = openssl::sha::sha256(&[self.nonce.as_slice(), &number.to_be_bytes()].concat());
        let mut nonce = [0; 16];
        nonce.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Stamping { nonce, ..*self }
    }

    /// Asks for a token over some bytes and checks its imprint, nonce, signature and purpose.
    pub(crate) fn obtain(
        &self,
        digest: DigestAlgorithm,
        stamped: Content<'_>,
    ) -> Result<(Vec<u8>, Timestamp), TimestampError> {
        let request = timestamp::request(digest, &stamped.digest(digest), &self.nonce);
        let token = timestamp::token_of(&self.service.timestamp(&request)?)?;
        let checked = timestamp::check_token_over(&token, stamped)?;
        if !timestamp::answers(&checked, &self.nonce) {
            return Err(TimestampError::Nonce);
        }
        if let Some(anchors) = self.anchors {
            crate::trust::chain(
                &checked.certificate,
                &checked.certificates,
                anchors,
                Moment::At(checked.time),
                Purpose::Timestamping,
            )
            .map_err(|fault| TimestampError::Untrusted(format!("{fault:?}")))?;
        }
        Ok((token, checked.time))
    }
}
