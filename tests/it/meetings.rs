//! Meetings: prepared, published, attended; and who sees what of them.

mod attendance;
mod preparation;
mod reading;

use ecabinet::papers::{PaperId, VersionId};

use crate::harness::TestApp;
use crate::harness::meeting::Meeting;
use crate::harness::pdf::pdf;

/// A paper on the first item of a meeting.
#[derive(Clone, Copy)]
struct Paper {
    id: PaperId,
    version: VersionId,
}

impl Paper {
    fn page(self) -> String {
        format!("/papers/{}", self.version)
    }
}

/// Drops a file on the meeting's first item.
async fn add_paper(app: &TestApp, meeting: &mut Meeting, title: &str) -> Paper {
    let item = meeting.items[0].to_string();
    let path = meeting.path("papers");
    let file = pdf(&["Tờ trình"]);
    let sent = meeting.secretary.upload(&path, &format!("{title}.pdf"), &file, &[("item", &item)]).await;
    assert_eq!(sent.status, 303, "{}", sent.visible_text());
    let mut tx = app.app.db.read().await.unwrap();
    let reader = app.person("secretary").await;
    let papers = ecabinet::meetings::store::agenda_papers(&mut tx, meeting.id, reader).await.unwrap();
    let added = papers.iter().find(|paper| paper.title == title).expect("the paper is on the agenda");
    Paper { id: added.paper_id, version: added.version_id }
}
