//! Work between meetings: tasks in every state with their reminders told, and
//! a slip before its members.

use super::meetings::{Stage, act};
use super::office::Office;
use super::{DemoError, by_login, texts};
use crate::clock::Timestamp;
use crate::identity::{Actor, PersonId, UnitId};
use crate::meetings::MeetingTypeId;
use crate::slips::SlipId;
use crate::slips::actions::{self as slips, Draft, Given};
use crate::slips::rules::{Act as SlipAct, Choice, Terms, Unanswered};
use crate::tasks::actions::{self as tasks, Doing};
use crate::tasks::rules::{Act, Rhythm, Source};
use crate::tasks::{NewTask, TaskId};
use crate::web::App;
use crate::{identity, tasks as work};

const HOUR: i64 = 3600;
const DAY: i64 = 86_400;

/// What was done about a task: by whom, what, words; a day apart.
type Way = &'static [(&'static str, Act, &'static str)];

struct Sample {
    title: &'static str,
    unit: &'static str,
    person: Option<&'static str>,
    /// Days ago it was given, and working days it was given for.
    given: i64,
    days: i64,
    rhythm: Rhythm,
    way: Way,
}

const ECONOMY: &str = "Phòng Kinh tế, Hạ tầng và Đô thị";
const CULTURE: &str = "Phòng Văn hóa - Xã hội";
const OFFICE: &str = "Văn phòng HĐND và UBND";
const SERVICE: &str = "Trung tâm Phục vụ hành chính công";

const fn sample(
    title: &'static str,
    unit: &'static str,
    person: Option<&'static str>,
    (given, days): (i64, i64),
    way: Way,
) -> Sample {
    Sample { title, unit, person, given, days, rhythm: Rhythm::Once, way }
}

const SAMPLES: [Sample; 9] = [
    sample(
        "Rà soát hiện trạng các tuyến hẻm thuộc tổ dân phố 14",
        ECONOMY,
        Some("chuyenvien"),
        (14, 5),
        &[
            ("chuyenvien", Act::Accept, ""),
            ("chuyenvien", Act::Progress, "Đã khảo sát 6/9 tuyến hẻm, còn các hẻm nhánh đường Ngô Quyền."),
        ],
    ),
    sample(
        "Báo cáo phương án di dời chợ tạm An Hải Đông",
        ECONOMY,
        Some("truongphong"),
        (10, 4),
        &[("truongphong", Act::Accept, "")],
    ),
    sample(
        "Dự thảo Quy chế tiếp công dân, gửi các đơn vị góp ý",
        OFFICE,
        Some("daibieu17"),
        (7, 8),
        &[("daibieu17", Act::Accept, ""), ("daibieu17", Act::Progress, "Đã xong dự thảo lần 1.")],
    ),
    sample("Niêm yết Quy chế tại bộ phận Một cửa", SERVICE, None, (1, 6), &[]),
    sample(
        "Tuyên truyền kế hoạch chỉnh trang hẻm trên loa phường",
        CULTURE,
        Some("daibieu8"),
        (9, 8),
        &[
            ("daibieu8", Act::Accept, ""),
            ("daibieu8", Act::Report, "Đã phát 3 buổi mỗi tuần; có lịch phát và bài kèm theo."),
        ],
    ),
    sample(
        "Tổng hợp kiến nghị cử tri trước kỳ họp",
        OFFICE,
        Some("daibieu1"),
        (12, 10),
        &[
            ("daibieu1", Act::Accept, ""),
            ("daibieu1", Act::AskExtension, "Còn 3 tổ dân phố chưa gửi kiến nghị."),
        ],
    ),
    sample(
        "Lập danh sách hộ nghèo nhận quà Tết",
        CULTURE,
        Some("daibieu20"),
        (20, 12),
        &[
            ("daibieu20", Act::Accept, ""),
            ("daibieu20", Act::Report, "Danh sách 128 hộ đã niêm yết."),
            ("photich", Act::Approve, ""),
        ],
    ),
    sample(
        "Kiểm tra an toàn điện tại chợ",
        ECONOMY,
        Some("chuyenvien"),
        (6, 7),
        &[
            ("chuyenvien", Act::Accept, ""),
            ("chuyenvien", Act::Report, "Đã kiểm tra 42 quầy."),
            ("photich", Act::Return, "Bổ sung biên bản của từng quầy."),
        ],
    ),
    Sample {
        title: "Báo cáo tuần về hồ sơ một cửa",
        unit: SERVICE,
        person: Some("daibieu4"),
        given: 2,
        days: 4,
        rhythm: Rhythm::Weekly,
        way: &[("daibieu4", Act::Accept, "")],
    },
];

pub(super) async fn make(app: &App, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let stage = Stage::new(app, office)?;
    let leaders = [by_login(&office.people, "chutich")?, by_login(&office.people, "photich")?];
    act!(stage, tx => work::set_leaders(&mut tx, office.id, &leaders));
    let units = act!(stage, tx => identity::store::units(&mut tx, office.id));
    for one in SAMPLES {
        let unit = units.iter().find(|unit| unit.name == one.unit).map(|unit| unit.id);
        let unit = unit.ok_or_else(|| DemoError(format!("{} is missing", one.unit)))?;
        task(&stage, office, (&one, unit), now).await?;
    }
    ask(&stage, office, now).await
}

async fn task(
    stage: &Stage<'_>,
    office: &Office,
    (one, lead_unit): (&Sample, UnitId),
    now: Timestamp,
) -> Result<(), DemoError> {
    let given_at = now.plus_seconds(-one.given * DAY);
    let giver = office.actor("photich")?;
    let days = act!(stage, tx => work::working_days(&mut tx, office.id));
    let due_at = days.after(given_at, one.days).ok_or_else(|| DemoError("no deadline".to_owned()))?;
    let new = NewTask {
        title: one.title.to_owned(),
        details: String::new(),
        source: Source::Hand,
        source_title: String::new(),
        source_link: String::new(),
        conclusion: None,
        lead_unit,
        co_units: Vec::new(),
        person: one.person.map(|login| by_login(&office.people, login)).transpose()?,
        due_at,
        rhythm: one.rhythm,
        after: None,
        steps: Vec::new(),
    };
    let id = act!(stage, tx => work::give(&mut tx, &giver, new, given_at));
    for (number, (login, act, text)) in (1..).zip(one.way) {
        let at = given_at.plus_seconds(number * 20 * HOUR).min(now);
        deal(stage, &office.actor(login)?, (id, *act, text), (due_at, at)).await?;
    }
    // What the reminders' jobs would have told on their days.
    act!(stage, tx => work::remind(&mut tx, id, now));
    Ok(())
}

async fn deal(
    stage: &Stage<'_>,
    actor: &Actor,
    (id, act, text): (TaskId, Act, &str),
    (due_at, at): (Timestamp, Timestamp),
) -> Result<(), DemoError> {
    let (found, _) = act!(stage, tx => tasks::find(&mut tx, actor, id));
    let days = act!(stage, tx => work::working_days(&mut tx, actor.organisation));
    let doing = Doing {
        act,
        text: text.to_owned(),
        due_at: if act == Act::AskExtension { days.after(due_at, 5) } else { None },
        progress: Some(60),
        upload: None,
        version: found.version,
    };
    act!(stage, tx => tasks::deal(&mut tx, actor, id, doing, at));
    Ok(())
}

/// Members of the committee are asked.
async fn ask(stage: &Stage<'_>, office: &Office, now: Timestamp) -> Result<(), DemoError> {
    let kinds = act!(stage, tx => crate::meetings::store::types(&mut tx, office.id));
    let body = kinds.first().ok_or_else(|| DemoError("no body".to_owned()))?.id;
    let terms = Terms { unanswered: Unanswered::NotCounted, is_signed: true, ..Terms::default() };
    let sent_at = now.plus_seconds(-DAY);
    act!(stage, tx => slips::set_rule(&mut tx, &stage.secretary, body, terms, sent_at));
    let (drafter, approver) = (office.actor("chuyenvien")?, office.actor("photich")?);
    let draft = draft(office, body, now)?;
    let id = act!(stage, tx => slips::create(&mut tx, &drafter, &draft, sent_at));
    let upload = stage.upload(&texts::BUDGET, sent_at).await?;
    act!(stage, tx => slips::add_paper(&mut tx, &drafter, id, &upload, sent_at));
    for (number, (actor, act)) in (1..).zip([
        (&drafter, SlipAct::Submit),
        (&approver, SlipAct::Approve),
        (&stage.secretary, SlipAct::Send),
    ]) {
        act!(stage, tx => slips::advance(&mut tx, actor, id, (act, "", number), sent_at));
    }
    answer(stage, office, id, (sent_at, now.plus_seconds(-2 * HOUR))).await
}

/// Two have answered, and may sign still.
async fn answer(
    stage: &Stage<'_>,
    office: &Office,
    id: SlipId,
    (opened_at, at): (Timestamp, Timestamp),
) -> Result<(), DemoError> {
    for (login, choice, text) in [
        ("daibieu1", Choice::Agree, ""),
        (
            "daibieu2",
            Choice::Other,
            "Đồng ý chủ trương, đề nghị công khai danh sách tuyến hẻm trước khi thi công.",
        ),
    ] {
        let member = office.actor(login)?;
        act!(stage, tx => slips::open(&mut tx, &member, id, opened_at));
        let questions = act!(stage, tx => crate::slips::store::questions(&mut tx, id));
        let given: Vec<Given> = questions
            .iter()
            .map(|one| Given { question: one.id, choice: Some(choice), text: text.to_owned() })
            .collect();
        act!(stage, tx => slips::answer(&mut tx, &member, id, (&given, 1), at));
    }
    Ok(())
}

fn draft(office: &Office, body: MeetingTypeId, now: Timestamp) -> Result<Draft, DemoError> {
    let person = |login: &str| -> Result<PersonId, DemoError> { by_login(&office.people, login) };
    let members =
        ["chutich", "truongphong", "daibieu1", "daibieu2", "daibieu3", "daibieu4", "daibieu5", "daibieu9"];
    Ok(Draft {
        body,
        title: "Điều chỉnh kế hoạch vốn chỉnh trang hẻm năm 2026".to_owned(),
        statement:
            "Phòng Kinh tế, Hạ tầng và Đô thị trình điều chỉnh 350 triệu đồng từ tuyến hẻm 21 sang các tuyến \
                    thuộc tổ dân phố 14, tổng mức không đổi."
                .to_owned(),
        questions: vec!["Đồng chí có đồng ý với phương án điều chỉnh vốn không?".to_owned()],
        members: members.iter().map(|login| person(login)).collect::<Result<_, _>>()?,
        adviser: person("thuky")?,
        approver: person("photich")?,
        deadline: now.day().0.plus_seconds(DAY + 17 * HOUR),
        version: 1,
    })
}
