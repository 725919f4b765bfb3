//! The exchange of the sample office: bodies it can write to, and a document
//! that came and waits for the clerk. The codes are made up.

use super::DemoError;
use super::letters::{self, Letter};
use crate::clock::Timestamp;
use crate::exchange::edxml::{self, Enclosure, Organ};
use crate::exchange::{self, folder};
use crate::web::App;

const BODIES: &str = "code,name\n\
    H17.03,Sở Xây dựng thành phố Đà Nẵng\n\
    H17.04,Sở Tài chính thành phố Đà Nẵng\n\
    H17.05,Sở Nông nghiệp và Môi trường thành phố Đà Nẵng\n\
    H17.06,Công an thành phố Đà Nẵng\n\
    H17.28,UBND phường Hải Châu\n\
    H17.29,UBND xã Hòa Vang\n";

/// Fills the directory, and lays a message into the folder as a hub would.
pub(super) async fn make(app: &App, now: Timestamp) -> Result<(), DemoError> {
    let Some(settings) = app.config.exchange.first() else { return Ok(()) };
    folder::prepare(settings).await.map_err(DemoError::new)?;
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    exchange::bodies::import(&mut tx, BODIES.as_bytes()).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)?;
    let to =
        Organ { code: settings.identifier.as_str().to_owned(), name: "UBND phường An Hải".to_owned() };
    let message = message(app, to, now).await?;
    let path = settings.folder.join("in").join("1.edxml");
    tokio::fs::write(&path, message).await.map_err(DemoError::new)?;
    folder::take_in(app, settings).await.map_err(DemoError::new)
}

async fn message(app: &App, to: Organ, now: Timestamp) -> Result<Vec<u8>, DemoError> {
    let sample: &Letter = &letters::BY_EXCHANGE;
    let pdf = sample.pdf(app, now).await?;
    let letter = edxml::Letter {
        from: Organ { code: "H17.03".to_owned(), name: sample.sender.to_owned() },
        document_id: format!("H17.03,{},{}/{}", now.in_office().year(), sample.number, sample.symbol),
        number: sample.number.to_string(),
        notation: sample.symbol.to_owned(),
        place: "Đà Nẵng".to_owned(),
        dated: Timestamp::from_date_input(&sample.dated(now).to_string()),
        kind: sample.kind.to_owned(),
        subject: sample.subject.to_owned(),
        position: "Giám đốc".to_owned(),
        signer: letters::SIGNER.to_owned(),
        priority: sample.priority,
        ..edxml::Letter::blank(vec![to], now)
    };
    let name = format!("{}-{}.pdf", sample.number, sample.symbol);
    let file = Enclosure { content_id: "cid:1".to_owned(), description: name.clone(), name };
    let mut message = edxml::letter(&letter, std::slice::from_ref(&file)).into_bytes();
    edxml::write_files(&mut message, [(file, pdf.as_slice())]).map_err(DemoError::new)?;
    Ok(message)
}
