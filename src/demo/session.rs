//! The meeting under way: who sits where, who speaks and who waits, what is said on its paper.

use super::meetings::{DAY, HOUR, MEMBERS, MINUTE, Stage, act};
use super::{DemoError, texts};
use crate::clock::Timestamp;
use crate::meetings::actions::Basics;
use crate::meetings::store::{self, Seat};
use crate::meetings::{ItemId, MeetingId, MeetingTypeId, RoomId, arrival, conduct};
use crate::opinions;
use crate::speaking::actions::{Wish, ask};
use crate::speaking::floor;
use crate::speaking::rules::{Act, SpeechKind};

/// Rows of the larger room, from the front; eight seats each, with an aisle in the middle.
const ROWS: &[&str] = &["A", "B", "C", "D", "E"];

impl Stage<'_> {
    /// Sets the seats of the larger room.
    pub(super) async fn set_seats(&self, room: RoomId) -> Result<(), DemoError> {
        for (row_number, row) in (1..).zip(ROWS) {
            for number in 1..=8 {
                let column_number = if number > 4 { number + 1 } else { number };
                let seat = Seat { label: format!("{row}{number}"), row_number, column_number };
                act!(self, tx => store::insert_seat(&mut tx, room, &seat));
            }
        }
        Ok(())
    }

    /// Today's meeting: the first item is done, the second is being discussed.
    pub(super) async fn under_way(
        &self,
        kind: MeetingTypeId,
        room: RoomId,
        now: Timestamp,
    ) -> Result<(), DemoError> {
        let at = now.plus_seconds(-40 * MINUTE);
        let basics = Basics {
            title: format!("Phiên họp thường kỳ tháng {}", now.in_office().strftime("%m/%Y")),
            kind,
            room: Some(room),
            starts_at: at,
            ends_at: at.plus_seconds(3 * HOUR),
            online_url: String::new(),
            restricted: false,
        };
        let samples = [(&texts::ECONOMY, true), (&texts::MARKET, false), (&texts::RECEPTION, false)];
        let (meeting, items) = self.draft(basics, &samples, at.plus_seconds(-4 * DAY)).await?;
        // daibieu3 has not checked in: whoever tries the office does it.
        self.open(meeting, 4, at).await?;
        for login in MEMBERS.iter().skip(5).take(15) {
            let member = self.office.actor(login)?;
            act!(self, tx => conduct::check_in(&mut tx, &member, meeting, false, at.plus_seconds(-MINUTE)));
        }
        for (index, item) in (0..).zip(items.iter().take(2)) {
            let begin = at.plus_seconds(index * 20 * MINUTE);
            act!(self, tx => conduct::go_to(&mut tx, &self.chair, meeting, *item, None, begin));
        }
        match items.get(1) {
            Some(item) => self.speak(meeting, *item, now).await,
            None => Ok(()),
        }
    }

    /// Seats everyone; one has spoken, one is speaking, four wait.
    async fn speak(&self, meeting: MeetingId, item: ItemId, now: Timestamp) -> Result<(), DemoError> {
        act!(self, tx => arrival::seat_all(&mut tx, &self.chair, meeting, now));
        let waiting = [
            ("daibieu5", SpeechKind::Speech, "Thời gian thi công chợ"),
            ("daibieu2", SpeechKind::Speech, "Phương án bố trí tạm cho tiểu thương"),
            ("daibieu7", SpeechKind::Speech, ""),
            ("khach", SpeechKind::Speech, "Ý kiến của ban quản lý chợ"),
            ("uyvien1", SpeechKind::Questioning, "Tiến độ giải phóng mặt bằng"),
            ("daibieu10", SpeechKind::PointOfOrder, "Đề nghị phát dự thảo bản mới nhất"),
        ];
        let mut requests = Vec::new();
        for (login, kind, topic) in waiting {
            let person = self.office.actor(login)?;
            let addressee = (kind == SpeechKind::Questioning).then_some(self.office.actor("photich")?.person);
            let wish = Wish { kind, item: Some(item), topic: topic.to_owned(), addressee, person: None };
            let at = now.plus_seconds(-10 * MINUTE);
            requests.push(act!(self, tx => ask(&mut tx, &person, meeting, wish, at)));
        }
        if let [first, second, ..] = requests[..] {
            for (request, what, minutes) in
                [(first, Act::Call, 8), (first, Act::End, 4), (second, Act::Call, 2)]
            {
                let at = now.plus_seconds(-minutes * MINUTE);
                act!(self, tx => floor::act(&mut tx, &self.chair, request, what, at));
            }
        }
        self.comment(meeting, item, now.plus_seconds(-30 * MINUTE)).await
    }

    async fn comment(&self, meeting: MeetingId, item: ItemId, at: Timestamp) -> Result<(), DemoError> {
        let mut tx = self.app.db.read().await.map_err(DemoError::new)?;
        let papers =
            store::agenda_papers(&mut tx, meeting, self.chair.person).await.map_err(DemoError::new)?;
        drop(tx);
        let Some(paper) = papers.iter().find(|paper| paper.item_id == item).map(|paper| paper.paper_id)
        else {
            return Ok(());
        };
        let said = [
            ("daibieu1", "Đề nghị ghi rõ thời hạn hoàn thành từng hạng mục."),
            ("daibieu4", "Cần thêm phương án phòng cháy trong thời gian thi công."),
        ];
        for (login, text) in said {
            let person = self.office.actor(login)?;
            let on = (item, paper);
            act!(self, tx => opinions::actions::write(&mut tx, &person, meeting, on, text, at));
        }
        Ok(())
    }
}
