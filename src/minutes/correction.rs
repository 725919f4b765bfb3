//! Corrections: what is signed stays as it is, and new minutes name it.

use serde_json::json;

use super::MinutesId;
use super::actions::{MinutesError, find, subject};
use super::store::{self, Minutes};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor};
use crate::meetings::MeetingId;
use crate::meetings::actions::MeetingError;
use crate::signing::{self, DocumentState};

/// Opens the draft of a correction: it begins with the words of the minutes
/// that are signed, and will name them. The signed file is not touched.
pub async fn open(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    reason: &str,
    now: Timestamp,
) -> Result<MinutesId, MinutesError> {
    let (_, standing, old) = find(tx, actor, meeting).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let reason = clean_line(reason).ok_or(MinutesError::NoReason)?;
    if !is_signed(tx, &old).await? {
        return Err(MinutesError::NotSigned);
    }
    let new = store::insert_correction(tx, &old, &reason, now).await?.ok_or(MeetingError::Stale)?;
    for text in store::texts(tx, old.id).await? {
        store::insert_text(tx, new, &text.part, &text.text, now).await?;
    }
    let details = json!({ "corrects": old.id.to_string(), "reason": reason });
    identity::actions::log(tx, actor, "minutes_correction_opened", subject(new), details, now).await?;
    Ok(new)
}

/// Both have signed.
pub(super) async fn is_signed(tx: &mut Tx, minutes: &Minutes) -> Result<bool, db::Error> {
    let Some(document) = minutes.document_id else { return Ok(false) };
    let status = signing::status(tx, document).await?;
    Ok(status.is_some_and(|status| status.state == DocumentState::Complete))
}

/// What signers and lists call the minutes.
pub fn title(minutes: &Minutes, meeting: &str) -> String {
    match minutes.number {
        1 => format!("Biên bản: {meeting}"),
        number => format!("Biên bản đính chính lần {}: {meeting}", number - 1),
    }
}

/// The sentence by which a correction names the minutes it corrects: by the
/// code anyone can look up, and by the hash of the signed bytes.
pub(super) async fn sentence(tx: &mut Tx, minutes: &Minutes) -> Result<Option<String>, db::Error> {
    let all = store::all(tx, minutes.meeting_id).await?;
    let Some(old) = all.iter().find(|one| Some(one.id) == minutes.corrects) else { return Ok(None) };
    let Some(document) = old.document_id else { return Ok(None) };
    let Some(signed) = signing::status(tx, document).await? else { return Ok(None) };
    let when = signed.steps.iter().filter_map(|step| step.signed_at).max();
    let day = when.map(|at| format!(" ký ngày {}", at.date())).unwrap_or_default();
    let old_name = match old.number {
        1 => "biên bản".to_owned(),
        number => format!("biên bản đính chính lần {}", number - 1),
    };
    Ok(Some(format!(
        "Biên bản này đính chính lần {} {old_name} của cùng phiên họp{day} (mã tra cứu {}; SHA-256 của tệp đã ký: \
         {}). Lý do: {}",
        minutes.number - 1,
        signed.code,
        signed.sha256,
        minutes.reason
    )))
}
