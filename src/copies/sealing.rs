//! The organisation's seal on a copy: one revision behind the source's own
//! bytes, with the mark at the top of the first page.

use pades::sign::SignOptions;
use serde_json::json;

use super::actions::{CopyError, claim, clerks, done, find, log, must_stand, who};
use super::marking::{self, Look};
use super::origin::Source;
use super::rules::{Act, may};
use super::store::{self, Copy};
use super::{CopyId, signers, stamping};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor};
use crate::jobs;
use crate::outgoing::sealing::OpenDesk;
use crate::papers::{self, Upload, VersionId};
use crate::signing::Sealed;
use crate::web::App;

/// Seals one copy.
///
/// The file is made outside the transaction, which puts it in place only if
/// the copy still waits for its seal. A stop in between leaves it as it was.
pub async fn seal(
    app: &App,
    actor: &Actor,
    open: &OpenDesk,
    id: CopyId,
    now: Timestamp,
) -> Result<(), CopyError> {
    let mut tx = app.db.read().await?;
    let copy = find(&mut tx, actor, id).await?;
    may(copy.state, Act::Seal, copy.hands(), who(actor))?;
    must_stand(&mut tx, &copy).await?;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    let shows_seal = signers::setting(&mut tx, actor.organisation).await?.shows_seal;
    drop(tx);
    let mut look = look(&copy, &office.name);
    if shows_seal {
        look = look.with_seal(open.picture());
    }
    let appearance = Some(marking::mark(app, copy.base_sha256, &look, now).await?);
    let options = SignOptions { appearance, ..SignOptions::default() };
    let sealed = open.append(copy.base_sha256, options, now).await?;
    let mut tx = app.db.write().await?;
    let copy = claim(&mut tx, actor, id, Act::Seal).await?;
    must_stand(&mut tx, &copy).await?;
    let version = put_away(&mut tx, actor, &copy, &sealed, now).await?;
    store::set_sealed(&mut tx, id, (version, sealed.level), now).await?;
    if sealed.is_stamped_later {
        jobs::queue(&mut tx, stamping::JOB, &id, now).await?;
    }
    let details = json!({ "base": sealed.base.to_string(), "sha256": sealed.result.to_string(),
                          "level": sealed.level, "certificate": open.fingerprint() });
    log(&mut tx, actor, "copy_sealed", id, details, now).await?;
    done(&mut tx, actor, &copy, (Act::Seal, ""), now).await?;
    Ok(tx.commit().await?)
}

fn look(copy: &Copy, office: &str) -> Look {
    let source = Source {
        sha256: copy.source_sha256,
        symbol: copy.source_symbol.clone(),
        day: copy.source_day,
        issuer: copy.source_issuer.clone(),
        subject: copy.source_subject.clone(),
        is_copy: Some(copy.source_is_copy),
    };
    Look::new(copy.form, &copy.number_and_symbol(), office).of_pages(&source, &copy.pages)
}

/// The sealed bytes as a paper that the asker, the one who signed for it and
/// the clerks read, and may take away as they are.
async fn put_away(
    tx: &mut Tx,
    actor: &Actor,
    copy: &Copy,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<VersionId, CopyError> {
    let title = format!("{} ({})", copy.title(), copy.number_and_symbol());
    let upload = Upload {
        hash: sealed.result,
        size: u64::try_from(sealed.size).unwrap_or_default(),
        file_name: format!("{title}.pdf"),
        title: title.clone(),
        source: None,
        pages: u32::try_from(copy.base_pages).unwrap_or_default(),
    };
    let paper = papers::actions::add_paper(tx, actor, &upload, &title, now).await?;
    let mut readers = clerks(tx, actor).await?;
    readers.extend([copy.asked_by, copy.signer_id]);
    readers.sort();
    readers.dedup();
    let may: Vec<_> = readers.iter().map(|person| (*person, true)).collect();
    papers::actions::set_readers(tx, paper, &may).await?;
    papers::actions::set_keepers(tx, paper, &readers).await?;
    let version = papers::latest_version(tx, actor.organisation, paper).await?;
    Ok(version.ok_or(CopyError::NotFound)?.id)
}
