//! Files made of foreign ones.

use std::path::Path;

use bytes::Bytes;

use super::{DrawError, PATIENCE, Renderer};
use crate::clock::Timestamp;

impl Renderer {
    /// What, appended to a file, writes texts over its pages.
    pub(in crate::papers) async fn watermark(
        &self,
        pdf: &Path,
        across: &str,
        foot: &str,
        now: Timestamp,
    ) -> Result<Bytes, DrawError> {
        let _turn = self.turns.acquire().await.map_err(|_| DrawError::Undrawn)?;
        let now = now.as_micros().to_string();
        let task = ["watermark", "--across", across, "--foot", foot, "--now", &now];
        let made = tokio::time::timeout(PATIENCE, self.answer(&task, pdf)).await;
        made.map_err(|_| DrawError::Undrawn)?
    }

    /// Some pages of a file as a file of their own, which says its title and
    /// what it was taken from.
    pub async fn excerpt(
        &self,
        pdf: &Path,
        pages: &[usize],
        (title, subject): (&str, &str),
    ) -> Result<Bytes, DrawError> {
        let _turn = self.turns.acquire().await.map_err(|_| DrawError::Undrawn)?;
        let pages: Vec<String> = pages.iter().map(|page| format!("--page={page}")).collect();
        let (title, subject) = (format!("--title={title}"), format!("--subject={subject}"));
        let mut task = vec!["excerpt", &title, &subject];
        task.extend(pages.iter().map(String::as_str));
        let made = tokio::time::timeout(PATIENCE, self.answer(&task, pdf)).await;
        made.map_err(|_| DrawError::Undrawn)?
    }
}
