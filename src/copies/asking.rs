//! Asking for a copy: the source is looked at, its signatures are judged, and
//! the file that will be sealed is made.

use pades::pdf::{Pdf, Source as _, page_count};
use pades::sign::SignError;
use serde_json::json;

use super::actions::{CopyError, done, log, who};
use super::marking::{self, Look};
use super::origin::{self, Source, Wanted};
use super::rules::{Act, Form, Ground, LEAST_DOTS, Origin, Pages, State, Warning, ground, is_a4};
use super::store::{self, Copy};
use super::{CopyId, signers};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId};
use crate::lights::Light;
use crate::papers::{self, Upload};
use crate::storage::Hash;
use crate::verify::{self, report::Report};
use crate::web::App;

/// Pages of a scan whose size and resolution are looked at.
const MOST_SHEETS: usize = 500;
/// A page that a picture covers so far is a scan.
const SCANNED: f64 = 0.5;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub form: Form,
    /// A clerk says that the source is a bản sao y.
    pub is_copy: bool,
    /// Of an extract: "1-2, 5".
    pub pages: String,
    pub recipient: String,
    pub purpose: String,
    pub signer: PersonId,
    /// They looked at the source, or compared the scan with the paper.
    pub has_looked: bool,
}

/// What a clerk says of a paper that was scanned.
#[derive(Clone, Debug)]
pub struct Paper {
    pub symbol: String,
    /// As `2026-11-20`.
    pub dated_on: String,
    pub issuer: String,
    pub subject: String,
}

/// Asks for a copy of a document of the system. Ring the bell afterwards.
///
/// Judging and making the file happen outside the transaction, which keeps
/// the request only if the source is still what was judged.
pub async fn ask(
    app: &App,
    actor: &Actor,
    (wanted, request): (Wanted, &Request),
    now: Timestamp,
) -> Result<CopyId, CopyError> {
    let mut tx = app.db.read().await?;
    let source = origin::find(&mut tx, actor, wanted).await?;
    check(&mut tx, actor, (&source, request), now).await?;
    drop(tx);
    let made = make(app, actor, (&source, request, wanted.origin()), now).await?;
    let mut tx = app.db.write().await?;
    if origin::find(&mut tx, actor, wanted).await?.sha256 != source.sha256 {
        return Err(CopyError::Overtaken);
    }
    let id = record(&mut tx, actor, (Some(wanted), &source, request), &made, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Asks for a copy of a paper: a clerk brings its scan and says what it is.
pub async fn bring(
    app: &App,
    actor: &Actor,
    (upload, paper, request): (&Upload, &Paper, &Request),
    now: Timestamp,
) -> Result<CopyId, CopyError> {
    must_bring(actor)?;
    let line = |text: &str| clean_line(text).ok_or(CopyError::Particulars);
    let day = Timestamp::from_date_input(&paper.dated_on).filter(|day| *day <= now);
    let source = Source {
        sha256: upload.hash,
        symbol: line(&paper.symbol)?,
        day: day.ok_or(CopyError::Particulars)?,
        issuer: line(&paper.issuer)?,
        subject: line(&paper.subject)?,
        is_copy: None,
    };
    let mut tx = app.db.read().await?;
    check(&mut tx, actor, (&source, request), now).await?;
    drop(tx);
    let mut made = make(app, actor, (&source, request, Origin::Scan), now).await?;
    made.warnings = warnings(app, upload.hash).await?;
    let mut tx = app.db.write().await?;
    let id = record(&mut tx, actor, (None, &source, request), &made, now).await?;
    tx.commit().await?;
    Ok(id)
}

pub fn must_bring(actor: &Actor) -> Result<(), CopyError> {
    if who(actor).is_clerk { Ok(()) } else { Err(CopyError::NotAClerk) }
}

/// Is the source a copy? The system knows it, or a clerk says so.
fn is_copy(actor: &Actor, source: &Source, request: &Request) -> bool {
    source.is_copy.unwrap_or(request.is_copy && who(actor).is_clerk)
}

/// What can be refused before the file is looked at.
async fn check(
    tx: &mut Tx,
    actor: &Actor,
    (source, request): (&Source, &Request),
    now: Timestamp,
) -> Result<(), CopyError> {
    if !request.form.fits(is_copy(actor, source, request)) {
        return Err(CopyError::WrongForm);
    }
    let recipient = clean_line(&request.recipient).ok_or(CopyError::Purpose)?;
    let purpose = clean_line(&request.purpose).ok_or(CopyError::Purpose)?;
    let texts = [source.subject.as_str(), &source.symbol, &recipient, &purpose];
    if texts.into_iter().any(|text| papers::marking_in_name(text).is_some()) {
        return Err(CopyError::Classified);
    }
    let signers = signers::entitled(tx, actor.organisation, now).await?;
    if signers.is_empty() {
        return Err(CopyError::NoSigner);
    }
    let is_signer = signers.iter().any(|one| one.person == request.signer);
    if is_signer { Ok(()) } else { Err(CopyError::NotASigner) }
}

/// The verdict on a source, and the file that will be sealed.
struct Made {
    verdict: Light,
    report: Report,
    base: Hash,
    size: i64,
    page_count: usize,
    pages: String,
    warnings: String,
}

async fn make(
    app: &App,
    actor: &Actor,
    (source, request, origin): (&Source, &Request, Origin),
    now: Timestamp,
) -> Result<Made, CopyError> {
    let (verdict, report) = verify::judge_stored(app, source.sha256).await?;
    match ground(verdict) {
        Ground::None => return Err(CopyError::BrokenSignature),
        // A scan is compared with its paper, whatever it bears.
        Ground::AfterLook if !request.has_looked => return Err(CopyError::NotLooked),
        Ground::Firm if origin == Origin::Scan && !request.has_looked => return Err(CopyError::NotLooked),
        Ground::Firm | Ground::AfterLook => {}
    }
    let (_, total) = measured(app, source.sha256).await?;
    let (base, pages) = match request.form {
        Form::CopyTrue | Form::CopyOfCopy => (source.sha256, String::new()),
        Form::CopyExtract => {
            let pages = Pages::read(&request.pages, total).ok_or(CopyError::Pages)?;
            (excerpt(app, source, &pages).await?, pages.to_string())
        }
    };
    let (size, page_count) = measured(app, base).await?;
    let mut tx = app.db.read().await?;
    let symbol = signers::setting(&mut tx, actor.organisation).await?.symbol;
    let office = identity::store::organisation(&mut tx, actor.organisation).await?;
    drop(tx);
    // As long as it will be: a mark that has no place is refused now, not after it was signed for.
    let number = format!("0000/{}-{symbol}", request.form.code());
    let look = Look::new(request.form, &number, &office.name).of_pages(source, &pages);
    marking::must_be_open(app, base).await?;
    marking::mark(app, base, &look, now).await?;
    Ok(Made { verdict, report, base, size, page_count, pages, warnings: String::new() })
}

/// Size and number of pages of a stored file.
async fn measured(app: &App, file: Hash) -> Result<(i64, usize), CopyError> {
    let source = app.storage.source(file).await?;
    let work = move || {
        let mut file = Pdf::open_source(&source).map_err(SignError::from)?;
        file.authenticate(None).map_err(SignError::from)?;
        let pages = page_count(&file).map_err(SignError::from)?;
        Ok::<_, CopyError>((i64::try_from(source.length()).unwrap_or(i64::MAX), pages))
    };
    tokio::task::spawn_blocking(work).await?
}

/// The chosen pages as a file of their own, which says what it was taken from.
async fn excerpt(app: &App, source: &Source, pages: &Pages) -> Result<Hash, CopyError> {
    let copy = app.renderer.copy(&app.storage, source.sha256).await?;
    let copy = copy.get().ok_or(CopyError::NoExcerpt)?;
    let title = format!("{} {}", Form::CopyExtract.legal_name(), source.symbol);
    let subject = format!(
        "Trích trang {pages} từ văn bản số {} ngày {} của {}: {}. SHA-256 của tệp gốc: {}",
        source.symbol,
        source.day.date(),
        source.issuer,
        source.subject,
        source.sha256
    );
    let made = app.renderer.excerpt(copy.path(), pages.numbers(), (&title, &subject)).await;
    Ok(app.storage.put(made.map_err(|_| CopyError::NoExcerpt)?).await?)
}

/// What is not as it should be about a scan.
async fn warnings(app: &App, file: Hash) -> Result<String, CopyError> {
    let copy = app.renderer.copy(&app.storage, file).await?;
    let copy = copy.get().ok_or(CopyError::NotFound)?;
    let sheets = app.renderer.sheets(copy.path(), MOST_SHEETS).await?.sheets;
    let found = |warning: Warning| match warning {
        Warning::Coarse => sheets
            .iter()
            .filter(|sheet| sheet.pictured > SCANNED)
            .any(|sheet| sheet.dots.is_some_and(|dots| dots < LEAST_DOTS)),
        Warning::NotA4 => sheets.iter().any(|sheet| !is_a4([sheet.width, sheet.height])),
    };
    let found: Vec<&str> =
        Warning::ALL.iter().filter(|warning| found(**warning)).map(|warning| warning.as_str()).collect();
    Ok(found.join(" "))
}

/// Keeps the request with the report on its source, and tells who is to sign for it.
async fn record(
    tx: &mut Tx,
    actor: &Actor,
    (wanted, source, request): (Option<Wanted>, &Source, &Request),
    made: &Made,
    now: Timestamp,
) -> Result<CopyId, CopyError> {
    check(tx, actor, (source, request), now).await?;
    let new = row(actor, (wanted, source, request), made, now)?;
    if let Some(before) = store::unanswered(tx, &new).await? {
        return Ok(before);
    }
    store::insert(tx, &new).await?;
    verify::put_report(tx, source.sha256, &made.report.to_json(), actor.person, now).await?;
    let details = json!({ "form": new.form, "origin": new.origin, "source": source.sha256.to_string(),
                          "base": new.base_sha256.to_string(), "verdict": new.verdict, "looked": new.has_looked,
                          "pages": new.pages });
    log(tx, actor, "copy_asked", new.id, details, now).await?;
    done(tx, actor, &new, (Act::Ask, ""), now).await?;
    Ok(new.id)
}

/// The copy as it is kept from now on.
fn row(
    actor: &Actor,
    (wanted, source, request): (Option<Wanted>, &Source, &Request),
    made: &Made,
    now: Timestamp,
) -> Result<Copy, CopyError> {
    let (outgoing_id, incoming_id, copied_id) = wanted.map(Wanted::ids).unwrap_or_default();
    Ok(Copy {
        id: CopyId::new(),
        organisation_id: actor.organisation,
        state: State::Asked,
        form: request.form,
        origin: wanted.map_or(Origin::Scan, Wanted::origin),
        outgoing_id,
        incoming_id,
        copied_id,
        source_is_copy: is_copy(actor, source, request),
        source_symbol: source.symbol.clone(),
        source_day: source.day,
        source_issuer: source.issuer.clone(),
        source_subject: source.subject.clone(),
        source_sha256: source.sha256,
        verdict: made.verdict,
        has_looked: request.has_looked,
        warnings: made.warnings.clone(),
        pages: made.pages.clone(),
        recipient: clean_line(&request.recipient).ok_or(CopyError::Purpose)?,
        purpose: clean_line(&request.purpose).ok_or(CopyError::Purpose)?,
        base_sha256: made.base,
        base_size: made.size,
        base_pages: i64::try_from(made.page_count).unwrap_or(i64::MAX),
        asked_by: actor.person,
        asked_at: now,
        signer_id: request.signer,
        capacity: None,
        approved_at: None,
        number_id: None,
        number: None,
        day: None,
        symbol: String::new(),
        version_id: None,
        sealed_at: None,
        seal_level: None,
    })
}
