//! Markup typed into every text of tasks, slips, notices and figures stays text.

use crate::harness::pdf::pdf;
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// Closes an attribute, an element and a script, and would run.
const MARKUP: &str = "\"'></textarea></script><img src=x onerror=alert(1)><script>alert(1)</script>";
/// What a page says of it when it is text.
const AS_TEXT: &str = "&#60;img src=x onerror=alert(1)&#62;";

async fn economy(app: &TestApp) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let units = ecabinet::identity::store::units(&mut tx, app.organisation).await.unwrap();
    units.iter().find(|unit| unit.name == crate::harness::ECONOMY).unwrap().id.to_string()
}

/// The page shows what was typed, so many times at least, and runs nothing.
async fn holds(browser: &mut Browser, path: &str, times: usize) {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.visible_text());
    let text = answer.text();
    assert!(!text.contains("<img src=x") && !text.contains("<script>alert"), "{path}: {text}");
    let found = text.matches(AS_TEXT).count();
    assert!(found >= times, "{path}: {found} times instead of {times}: {text}");
}

/// A version of a thing as its page's form holds it.
async fn version(browser: &mut Browser, path: &str) -> String {
    let page = browser.get(path).await.text();
    let rest = page
        .split("name=\"version\" value=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("{path} has no form: {page}"));
    rest.split('"').next().unwrap().to_owned()
}

async fn task(app: &TestApp) -> String {
    let (unit, drafter) = (economy(app).await, app.person("drafter").await.to_string());
    let fields = [
        ("title", MARKUP),
        ("details", MARKUP),
        ("steps", MARKUP),
        ("lead", unit.as_str()),
        ("person", &drafter),
        ("days", "3"),
    ];
    let given = app.sign_in("secretary").await.post("/tasks/new", &fields).await;
    assert_eq!(given.status, 303, "{}", given.visible_text());
    let page = given.location();
    let mut holder = app.sign_in("drafter").await;
    for (act, more) in [("accept", vec![]), ("ask_extension", vec![("text", MARKUP), ("due", "2026-12-01")])]
    {
        let version = version(&mut holder, &page).await;
        let fields = [vec![("act", act), ("version", &version)], more].concat();
        assert_eq!(holder.post(&format!("{page}/acts"), &fields).await.status, 303, "{act}");
    }
    let version = version(&mut app.sign_in("secretary").await, &page).await;
    let refusal = [("act", "refuse_extension"), ("version", version.as_str()), ("text", MARKUP)];
    assert_eq!(app.sign_in("secretary").await.post(&format!("{page}/acts"), &refusal).await.status, 303);
    let version = self::version(&mut holder, &page).await;
    let report = [("act", "progress"), ("text", MARKUP), ("progress", "10"), ("version", version.as_str())];
    let file = holder
        .upload(&format!("{page}/reports"), "<img src=x onerror=alert(1)>.pdf", &pdf(&["a"]), &report)
        .await;
    assert_eq!(file.status, 303, "{}", file.visible_text());
    page
}

async fn slip(app: &TestApp) -> String {
    let person = async |login: &str| app.person(login).await.to_string();
    let (secretary, chair, member) =
        (person("secretary").await, person("chair").await, person("delegate1").await);
    let fields = [
        ("title", MARKUP),
        ("body", app.committee.as_str()),
        ("statement", MARKUP),
        ("questions", MARKUP),
        ("deadline", "2026-11-26T17:00"),
        ("adviser", &secretary),
        ("approver", &chair),
        ("member", &member),
    ];
    let mut drafter = app.sign_in("drafter").await;
    let made = drafter.post("/slips/new", &fields).await;
    assert_eq!(made.status, 303, "{}", made.visible_text());
    let page = made.location();
    let acts = [
        ("drafter", "submit", ""),
        ("chair", "return", MARKUP),
        ("drafter", "submit", ""),
        ("chair", "approve", ""),
        ("secretary", "send", ""),
    ];
    for (login, act, reason) in acts {
        let mut browser = app.sign_in(login).await;
        let version = version(&mut browser, &page).await;
        let fields = [("act", act), ("version", version.as_str()), ("reason", reason)];
        let done = browser.post(&format!("{page}/acts"), &fields).await;
        assert_eq!(done.status, 303, "{act}: {}", done.visible_text());
        if act == "return" {
            holds(&mut drafter, &page, 4).await;
        }
    }
    let mut member = app.sign_in("delegate1").await;
    let form = member.get(&page).await.text();
    let question = form.split("name=\"choice-").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let version = version(&mut member, &page).await;
    let (choice, text) = (format!("choice-{question}"), format!("text-{question}"));
    let answer = [(choice.as_str(), "other"), (text.as_str(), MARKUP), ("version", version.as_str())];
    let kept = member.post(&format!("{page}/answers"), &answer).await;
    assert_eq!(kept.status, 303, "{}", kept.visible_text());
    page
}

on_both! {
    async fn markup_in_every_text_of_a_task_stays_text_wherever_it_is_shown(app) {
        let page = task(&app).await;
        app.run_jobs().await;
        // Title, details, step, the two reasons, the report and its file.
        holds(&mut app.sign_in("secretary").await, &page, 7).await;
        for path in ["/tasks", "/tasks?view=late", "/tasks?view=sources", "/notices", "/"] {
            holds(&mut app.sign_in("drafter").await, path, usize::from(["/notices", "/tasks"].contains(&path))).await;
        }
        holds(&mut app.sign_in("secretary").await, "/tasks?view=holders", 1).await;
        holds(&mut app.sign_in("secretary").await, "/tasks/overview", 0).await;
        holds(&mut app.sign_in("admin").await, "/mails", 1).await;
    }

    async fn markup_in_every_text_of_a_slip_stays_text_for_members_and_in_the_count(app) {
        let page = slip(&app).await;
        app.run_jobs().await;
        holds(&mut app.sign_in("delegate1").await, &page, 4).await;
        let mut secretary = app.sign_in("secretary").await;
        holds(&mut secretary, &page, 4).await;
        holds(&mut secretary, "/slips", 1).await;
        holds(&mut app.sign_in("delegate1").await, "/notices", 1).await;
        assert_eq!(secretary.post(&format!("{page}/closing"), &[]).await.status, 303);
        holds(&mut secretary, &page, 4).await;
        assert_eq!(secretary.post(&format!("{page}/report"), &[]).await.status, 303);
        let report = secretary.get(&format!("{page}/report")).await;
        assert!(report.status == 200 && report.body.starts_with(b"%PDF"), "the report is typeset all the same");
        holds(&mut secretary, "/indicators/opinion_on_time", 1).await;
    }

    async fn markup_in_names_of_days_keys_and_wishes_stays_text_or_is_refused(app) {
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post("/holidays", &[("day", "2026-11-24"), ("name", MARKUP)]).await.status, 303);
        assert_eq!(admin.post("/tasks/swapped-days", &[("day", "2026-11-28"), ("name", MARKUP)]).await.status, 303);
        holds(&mut admin, "/tasks/settings", 1).await;
        assert_eq!(admin.post("/indicators/keys", &[("name", MARKUP)]).await.status, 200);
        holds(&mut admin, "/indicators/settings", 1).await;
        let wish = [("phone", MARKUP), ("quiet_from", "21:00"), ("quiet_until", "06:00"), ("digest_at", "07:00")];
        assert_eq!(admin.post("/notices/wishes", &wish).await.status, 422);
        holds(&mut admin, "/notices/wishes", 0).await;
    }
}
