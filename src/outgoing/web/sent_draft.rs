//! A form with a draft: a file that was chosen, or words to lay out.

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::outgoing::OutgoingId;
use crate::outgoing::actions::OutgoingError;
use crate::outgoing::writing::{self, Frame, Written};
use crate::papers::{self, Upload};
use crate::web::{self, App, Parts};

/// What such a form sent.
pub(super) struct Sent {
    pub fields: Vec<(String, String)>,
    /// The file that was chosen, or why it is not taken; it counts before the words.
    chosen: Option<Result<Upload, web::Error>>,
}

impl Sent {
    /// Reads on behind a file that is refused: what was typed must not be lost.
    pub async fn read(app: &App, mut form: Parts) -> Result<Self, web::Error> {
        let (mut fields, mut chosen) = (Vec::new(), None);
        while let Some(mut part) = form.next().await? {
            let name = part.name().to_owned();
            if name != "file" {
                fields.push((name, part.text().await?));
            } else if !part.file_name().is_empty() {
                // A file field that was left alone comes without the name of a file.
                chosen = Some(papers::web::receive(app, &mut part).await);
                part.pass_over().await?;
            }
        }
        Ok(Self { fields, chosen })
    }

    pub fn had_file(&self) -> bool {
        self.chosen.is_some()
    }

    /// The file that was chosen, or the one that is made of the words.
    pub async fn file(
        &self,
        app: &App,
        actor: &Actor,
        frame: &Frame,
        now: Timestamp,
    ) -> Result<Upload, web::Error> {
        if let Some(chosen) = &self.chosen {
            return chosen.clone();
        }
        let written = self.written()?.ok_or(OutgoingError::NoFile)?;
        Ok(writing::lay_out(app, actor, (frame, &written), now).await?)
    }

    /// Keeps the words of an edition, if it was made of words.
    pub async fn keep(&self, tx: &mut Tx, id: OutgoingId, edition: i64) -> Result<(), OutgoingError> {
        match self.written()? {
            Some(written) => writing::keep(tx, id, edition, &written).await,
            None => Ok(()),
        }
    }

    /// `None`: nothing was written, or a file counts instead.
    fn written(&self) -> Result<Option<Written>, OutgoingError> {
        if self.had_file() { Ok(None) } else { Written::typed(&self.fields).read() }
    }
}

/// The first value of a field that is not empty.
pub(super) fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// The file of a form that holds nothing else.
pub(super) async fn one_file(app: &App, mut form: Parts) -> Result<Upload, web::Error> {
    while let Some(mut part) = form.next().await? {
        if part.name() == "file" {
            return papers::web::receive(app, &mut part).await;
        }
    }
    Err(OutgoingError::NoFile.into())
}
