//! Appending where the objects lie on an S3 server: the server copies the base itself.
//!
//! `object_store` knows no copy of a part (UploadPartCopy); it signs the address for one, and does the rest.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use object_store::aws::AmazonS3;
use object_store::multipart::{MultipartStore, PartId};
use object_store::path::Path as Key;
use object_store::signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer};

use super::Error;

/// The longest part copied at once; S3 allows 5 GiB, and an answer should not take minutes.
const LONGEST_COPY: u64 = 1 << 30;
/// How long the server may take to copy a part, and how long the address for it is good.
const PATIENCE: Duration = Duration::from_mins(5);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);

/// A bucket of an S3 server.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    s3: AmazonS3,
    name: String,
    client: reqwest::Client,
}

/// An object to append to: at least 5 MiB, the shortest part that S3 takes before the last.
#[derive(Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) key: &'a Key,
    pub(super) length: u64,
}

impl Bucket {
    pub(super) fn new(s3: AmazonS3, name: &str) -> Result<Self, Error> {
        // An answer from elsewhere is not the one asked for.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_PATIENCE)
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { s3, name: name.to_owned(), client })
    }

    /// Makes an object of the base and what is appended; only the latter is sent.
    pub(super) async fn append(&self, base: Base<'_>, appended: Bytes, target: &Key) -> Result<(), Error> {
        let upload = self.s3.create_multipart(target).await?;
        let made = self.fill(base, appended, target, &upload).await;
        if made.is_err() {
            // The parts so far are garbage; the first error is the one to tell.
            let _ = self.s3.abort_multipart(target, &upload).await;
        }
        made
    }

    async fn fill(
        &self,
        base: Base<'_>,
        appended: Bytes,
        target: &Key,
        upload: &String,
    ) -> Result<(), Error> {
        let mut parts = Vec::new();
        for range in copies(base.length) {
            let options = self.copying(base.key, range, parts.len() + 1, upload)?;
            parts.push(self.copy(target, &options).await?);
        }
        parts.push(self.s3.put_part(target, upload, parts.len(), appended.into()).await?);
        self.s3.complete_multipart(target, upload, parts).await?;
        Ok(())
    }

    /// What the address of a copy is signed with. Keys are of letters and digits and need no escapes.
    fn copying(
        &self,
        from: &Key,
        range: Range<u64>,
        number: usize,
        upload: &str,
    ) -> Result<SignedUrlOptions, Error> {
        let header = |text: String| HeaderValue::from_str(&text).map_err(|_| Error::Address);
        let source = header(format!("/{}/{from}", self.name))?;
        // The end counts itself: RFC 9110, 14.1.2.
        let range = header(format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))?;
        Ok(SignedUrlOptions::new()
            .with_query([("partNumber", number.to_string()), ("uploadId", upload.to_owned())])
            .with_signed_header(HeaderName::from_static("x-amz-copy-source"), source)
            .with_signed_header(HeaderName::from_static("x-amz-copy-source-range"), range))
    }

    async fn copy(&self, target: &Key, options: &SignedUrlOptions) -> Result<PartId, Error> {
        let address = self.s3.signed_url_opts(Method::PUT, target, PATIENCE, options).await?;
        let asked = self.client.put(address).headers(options.signed_headers.clone()).send().await;
        let answer = asked.and_then(reqwest::Response::error_for_status)?.text().await?;
        // S3 begins a long copy with 200 and may tell of a failure in the body.
        let content_id = entity_tag(&answer).ok_or(Error::NotCopied)?;
        Ok(PartId { content_id })
    }
}

/// The ranges to copy, of about the same length, so that none is below the least that S3 takes.
fn copies(length: u64) -> impl Iterator<Item = Range<u64>> {
    let count = length.div_ceil(LONGEST_COPY).max(1);
    let step = length.div_ceil(count);
    (0..count).map(move |number| number * step..((number + 1) * step).min(length))
}

/// The entity tag that a `CopyPartResult` names.
fn entity_tag(answer: &str) -> Option<String> {
    let (_, rest) = answer.split_once("<ETag>")?;
    let (tag, _) = rest.split_once("</ETag>")?;
    Some(tag.replace("&quot;", "\"").replace("&#34;", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST_PART: u64 = 5 << 20;

    #[test]
    fn copies_cover_the_base_in_parts_that_s3_takes() {
        for length in [SHORTEST_PART, 24 << 20, 1 << 30, (1 << 30) + 1, (5 << 30) + 7, 5 << 40] {
            let parts: Vec<Range<u64>> = copies(length).collect();
            assert_eq!((parts[0].start, parts[parts.len() - 1].end), (0, length));
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(parts.iter().all(|part| part.end - part.start >= SHORTEST_PART), "{length}");
            assert!(parts.iter().all(|part| part.end - part.start <= LONGEST_COPY), "{length}");
            assert!(parts.len() < 10_000, "S3 takes no more parts");
        }
    }

    #[test]
    fn a_failure_told_in_the_body_is_no_copy() {
        let done = "<CopyPartResult><ETag>&quot;9b2cf5&quot;</ETag></CopyPartResult>";
        assert_eq!(entity_tag(done).unwrap(), "\"9b2cf5\"");
        assert_eq!(entity_tag("<Error><Code>InternalError</Code></Error>"), None);
    }
}
