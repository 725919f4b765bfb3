//! A form with a draft: a file that was chosen, or words to lay out.

use axum::extract::Multipart;

use super::form::{broken_form, receive, value};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::outgoing::OutgoingId;
use crate::outgoing::actions::OutgoingError;
use crate::outgoing::writing::{self, Frame, Written};
use crate::papers::Upload;
use crate::web::{self, App};

/// What such a form sent.
pub(super) struct Sent {
    pub fields: Vec<(String, String)>,
    chosen: Option<Upload>,
    /// `None`: nothing was written, or a file counts instead.
    written: Option<Written>,
}

impl Sent {
    pub async fn read(app: &App, form: &mut Multipart) -> Result<Self, web::Error> {
        let (mut fields, mut chosen) = (Vec::new(), None);
        while let Some(field) = form.next_field().await.map_err(|_| broken_form())? {
            match field.name().map(str::to_owned) {
                // A file field that was left alone comes without the name of a file.
                Some(name) if name == "file" && field.file_name().unwrap_or_default().is_empty() => {}
                Some(name) if name == "file" => chosen = Some(receive(app, field).await?),
                Some(name) => fields.push((name, field.text().await.map_err(|_| broken_form())?)),
                None => {}
            }
        }
        let written = if chosen.is_none() { written(&fields)? } else { None };
        Ok(Self { fields, chosen, written })
    }

    /// The file that was chosen, or the one that is made of the words.
    pub async fn file(
        &self,
        app: &App,
        actor: &Actor,
        frame: &Frame,
        now: Timestamp,
    ) -> Result<Upload, OutgoingError> {
        match (&self.chosen, &self.written) {
            (Some(chosen), _) => Ok(chosen.clone()),
            (None, Some(written)) => writing::lay_out(app, actor, (frame, written), now).await,
            (None, None) => Err(OutgoingError::NoFile),
        }
    }

    /// Keeps the words of an edition, if it was made of words.
    pub async fn keep(&self, tx: &mut Tx, id: OutgoingId, edition: i64) -> Result<(), OutgoingError> {
        match &self.written {
            Some(written) => writing::keep(tx, id, edition, written).await,
            None => Ok(()),
        }
    }
}

fn written(fields: &[(String, String)]) -> Result<Option<Written>, OutgoingError> {
    let text = |name: &str| value(fields, name).unwrap_or_default().to_owned();
    let typed = Written {
        addressees: text("addressees"),
        bases: text("bases"),
        body: text("body"),
        authority: text("authority"),
    };
    typed.read()
}
