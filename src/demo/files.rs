//! The files of the sample office: last year's list, and this year's, into
//! which documents go as they are issued and done.

use super::DemoError;
use super::office::Office;
use crate::clock::Timestamp;
use crate::files::actions::{self, Details, LANGUAGE};
use crate::files::rules::{Access, Retention, State};
use crate::files::store::{self, Of};
use crate::files::{keeping, placing};
use crate::identity::Actor;
use crate::web::App;

/// Number and symbol of the files that samples go into.
pub(super) const CITY_CARE: &str = "05/KTHT";
pub(super) const MARKETS: &str = "03/KTHT";

/// A line of the list: number and symbol, title, how long it is kept, whose it is.
type Line = (&'static str, &'static str, Retention, &'static str);

const LIST: [Line; 8] = [
    ("01/VP", "Chương trình, kế hoạch công tác năm", Retention::Permanent, "vanthu"),
    ("02/VP", "Họp Ủy ban nhân dân phường", Retention::Permanent, "thuky"),
    ("03/VP", "Cải cách hành chính, chuyển đổi số", Retention::Twenty, "thuky"),
    ("01/KTHT", "Thu, chi ngân sách phường", Retention::Twenty, "truongphong"),
    ("02/KTHT", "Phòng, chống thiên tai", Retention::Ten, "chuyenvien"),
    ("03/KTHT", "Quản lý chợ trên địa bàn", Retention::Ten, "vanthu"),
    ("04/KTHT", "Cấp nước, thoát nước", Retention::Ten, "chuyenvien"),
    ("05/KTHT", "Chỉnh trang hẻm, ngõ", Retention::Twenty, "chuyenvien"),
];

/// The list of the last year and of this one, drawn up by the clerk.
pub(super) async fn make(app: &App, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let clerk = office.actor("vanthu")?;
    let year = i64::from(now.in_office().year());
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    for (notation, title, retention, keeper) in LIST {
        let details = Details {
            year: year - 1,
            notation: notation.to_owned(),
            title: title.to_owned(),
            retention,
            access: Access::Unrestricted,
            language: LANGUAGE.to_owned(),
            keeper: office.actor(keeper)?.person,
            note: String::new(),
        };
        actions::plan(&mut tx, &clerk, (&details, false), now).await.map_err(DemoError::new)?;
    }
    actions::copy_last_year(&mut tx, &clerk, year, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}

/// Puts a document into a file of this year's list, opened if it was not.
pub(super) async fn lay_down(
    app: &App,
    actor: &Actor,
    of: Of,
    notation: &str,
    now: Timestamp,
) -> Result<(), DemoError> {
    let mut tx = app.db.write().await.map_err(DemoError::new)?;
    let year = i64::from(now.in_office().year());
    let files = store::of_year(&mut tx, actor.organisation, year).await.map_err(DemoError::new)?;
    let file = files.into_iter().find(|file| file.notation == notation);
    let file = file.ok_or_else(|| DemoError(format!("{notation} is missing")))?;
    if file.state == State::Planned {
        keeping::open(&mut tx, actor, file.id, now).await.map_err(DemoError::new)?;
    }
    placing::put(&mut tx, actor, of, file.id, now).await.map_err(DemoError::new)?;
    tx.commit().await.map_err(DemoError::new)
}
