//! The words of a form that files come along with.

use axum::extract::multipart::Field;

use super::Error;

/// Largest body of an ordinary form, in bytes; the words of one with files take no more.
pub const FORM_LIMIT: usize = 2 << 20;

/// What a field takes beside its words, in bytes.
const FIELD: usize = 64;

/// Reads the words of one form, whose body has no limit of its own: each
/// upload stops at the configured size, the words together at [`FORM_LIMIT`].
#[derive(Debug)]
pub struct Words {
    left: usize,
}

impl Default for Words {
    fn default() -> Self {
        Self { left: FORM_LIMIT }
    }
}

impl Words {
    pub async fn read(&mut self, mut field: Field<'_>) -> Result<String, Error> {
        let broken = || Error::Invalid("error-form".into());
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
            self.left = self.left.checked_sub(chunk.len()).ok_or_else(broken)?;
            bytes.extend_from_slice(&chunk);
        }
        // Many empty fields take room too.
        self.left = self.left.checked_sub(FIELD).ok_or_else(broken)?;
        String::from_utf8(bytes).map_err(|_| broken())
    }
}
