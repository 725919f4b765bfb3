//! Forms that files come along with.

#![expect(clippy::disallowed_types, reason = "this is the wrapper the ban points to")]

use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use futures_util::{Stream, TryStreamExt};

use super::{App, Error};

/// Largest body of an ordinary form, in bytes; the words of one with files take no more.
pub const FORM_LIMIT: usize = 2 << 20;

/// What a field takes beside its name and words, and a chunk beside its bytes: many empty ones take room and time too.
const FIELD: usize = 64;

/// A form of several parts (RFC 7578), whose body may have no limit of its
/// own: each file stops at the size its reader allows, the words together at
/// [`FORM_LIMIT`], and so does what is read without anything being given:
/// heads, and parts that nobody wants.
#[derive(Debug)]
pub struct Parts {
    form: Multipart,
    words_left: usize,
    idle: Idle,
}

impl FromRequest<App> for Parts {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        let idle = Idle::default();
        let metered = idle.clone();
        let request = request.map(|body| {
            Body::from_stream(Metered { body: body.into_data_stream(), gave: false, idle: metered })
        });
        let form = Multipart::from_request(request, app).await;
        let form = form.map_err(|_| Error::Invalid("error-form".into()))?;
        Ok(Self { form, words_left: FORM_LIMIT, idle })
    }
}

impl Parts {
    /// The next part; what was left unread of the one before is passed over,
    /// and counts as nothing that was given.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>, MultipartError> {
        let Some(field) = self.form.next_field().await? else { return Ok(None) };
        self.idle.end();
        Ok(Some(Part { field, words_left: &mut self.words_left, idle: &self.idle }))
    }
}

/// One part of a form; as a stream, its bytes.
#[derive(Debug)]
pub struct Part<'a> {
    field: Field<'a>,
    words_left: &'a mut usize,
    idle: &'a Idle,
}

impl Part<'_> {
    pub fn name(&self) -> &str {
        self.field.name().unwrap_or_default()
    }

    /// Empty where no file was chosen.
    pub fn file_name(&self) -> &str {
        self.field.file_name().unwrap_or_default()
    }

    /// The next bytes; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        self.try_next().await
    }

    /// The words of a field that is no file.
    pub async fn text(mut self) -> Result<String, Error> {
        let broken = || Error::Invalid("error-form".into());
        let mut bytes = Vec::new();
        let beside = FIELD + self.name().len();
        *self.words_left = self.words_left.checked_sub(beside).ok_or_else(broken)?;
        while let Some(chunk) = self.chunk().await? {
            *self.words_left = self.words_left.checked_sub(chunk.len()).ok_or_else(broken)?;
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).map_err(|_| broken())
    }

    /// A small file, of `most` bytes at most; `None`: it is larger.
    pub async fn bytes(mut self, most: usize) -> Result<Option<Vec<u8>>, MultipartError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            if bytes.len() + chunk.len() > most {
                return Ok(None);
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Some(bytes))
    }

    /// Reads to the end of a part that is not wanted, so that the next can be had.
    pub async fn pass_over(mut self) -> Result<(), MultipartError> {
        while self.chunk().await?.is_some() {}
        Ok(())
    }
}

impl Stream for Part<'_> {
    type Item = Result<Bytes, MultipartError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.field).poll_next(context);
        if next.is_ready() {
            self.idle.end();
        }
        next
    }
}

impl From<MultipartError> for Error {
    fn from(error: MultipartError) -> Self {
        tracing::debug!(%error, "a form broke off");
        Self::Invalid("error-form".into())
    }
}

/// A body that stops where its form gives nothing for too long.
struct Metered {
    body: BodyDataStream,
    /// The parser has not looked at the last chunk yet.
    gave: bool,
    idle: Idle,
}

impl Stream for Metered {
    type Item = Result<Bytes, axum::Error>;

    /// One chunk at a time: the parser takes in all there is before it looks.
    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if mem::take(&mut self.gave) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.idle.bytes() > FORM_LIMIT {
            return Poll::Ready(Some(Err(axum::Error::new("the form gives nothing for too long"))));
        }
        let next = ready!(Pin::new(&mut self.body).poll_next(context));
        if let Some(Ok(chunk)) = &next {
            self.gave = true;
            self.idle.add(chunk.len() + FIELD);
        }
        Poll::Ready(next)
    }
}

/// Bytes read of a body since its form last gave something: what the parser
/// holds, for it keeps a head until the end of it came, however long it is.
#[derive(Clone, Debug, Default)]
struct Idle(Arc<AtomicUsize>);

impl Idle {
    fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }

    fn end(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}
