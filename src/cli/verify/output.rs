//! What the terminal shows: a verdict in detail, a table of many, JSON lines
//! or a sheet.

use std::io::{IsTerminal, Write, stderr};

use pades::verify::{FileReport, Indication, Kind, SignatureReport, Verdict};

use super::Judged;
use crate::cli::{say, say_line};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    /// One file, told in full.
    Full,
    /// A line a file, and the count at the end.
    Table,
}

impl Form {
    pub(super) fn of(json: bool, csv: bool, is_one_file: bool) -> Self {
        match (json, csv, is_one_file) {
            (true, _, _) => Self::Json,
            (_, true, _) => Self::Csv,
            (_, _, true) => Self::Full,
            _ => Self::Table,
        }
    }
}

const HEAD: [&str; 13] = [
    "file",
    "verdict",
    "sentence",
    "size",
    "sha256",
    "revisions",
    "signatures",
    "timestamps",
    "signers",
    "signing_times",
    "indications",
    "changes_after",
    "error",
];
/// Files between two lines of progress where nothing can be overwritten.
const STRIDE: usize = 100;

pub(super) struct Output {
    form: Form,
    progress: Progress,
    counts: [usize; 5],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    None,
    /// A line that is written over.
    Running,
    Lines,
}

impl Output {
    pub(super) fn new(form: Form, asked: bool) -> Self {
        let progress = match (form, stderr().is_terminal(), asked) {
            // What is printed shows the progress itself.
            (Form::Full, _, false) => Progress::None,
            (Form::Table, true, false) if std::io::stdout().is_terminal() => Progress::None,
            (_, true, _) => Progress::Running,
            (_, false, true) => Progress::Lines,
            (_, false, false) => Progress::None,
        };
        match form {
            // Spreadsheets take a file for UTF-8 only with this mark.
            Form::Csv => say(format!("\u{feff}{}", HEAD.join(","))),
            Form::Table => say(format!("{:<17} {:>6}  {:<16}  TỆP", "KẾT QUẢ", "CHỮ KÝ", "KÝ LẦN CUỐI")),
            Form::Json | Form::Full => {}
        }
        Self { form, progress, counts: [0; 5] }
    }

    pub(super) fn show(&mut self, judged: &Judged) {
        let report = &judged.report;
        if let Some(count) = self.counts.get_mut(place(report.verdict)) {
            *count += 1;
        }
        self.clear();
        match self.form {
            Form::Json => say(report.to_json()),
            Form::Csv => say(csv_line(report)),
            Form::Full if report.error.is_none() => describe(report),
            Form::Full => {}
            Form::Table => show_line(report),
        }
        for note in &judged.notes {
            // JSON and sheets are for programs, which would trip over a sentence.
            if self.form == Form::Full { say(format!("  {note}")) } else { say_line(note) }
        }
        for complaint in &judged.complaints {
            say_line(complaint);
        }
        self.tell();
    }

    pub(super) fn end(&mut self) {
        self.clear();
        if self.form == Form::Table {
            let [valid, unsure, invalid, unsigned, unreadable] = self.counts;
            say(format!(
                "{} tệp: {valid} hợp lệ, {unsure} chưa kết luận được, {invalid} không hợp lệ, {unsigned} không có \
                 chữ ký, {unreadable} không đọc được.",
                self.done()
            ));
        }
        if self.progress == Progress::Lines {
            say_line(&format!("{} files judged", self.done()));
        }
    }

    fn done(&self) -> usize {
        self.counts.iter().sum()
    }

    fn tell(&self) {
        let done = self.done();
        match self.progress {
            // A terminal that is gone is no reason to stop judging.
            Progress::Running => drop(write!(stderr(), "\r{done} tệp…").and_then(|()| stderr().flush())),
            Progress::Lines if done.is_multiple_of(STRIDE) => {
                say_line(&format!("{done} files judged so far"))
            }
            Progress::Lines | Progress::None => {}
        }
    }

    /// Takes the running line away before something else is printed.
    fn clear(&self) {
        if self.progress == Progress::Running {
            drop(write!(stderr(), "\r\u{1b}[K"));
        }
    }
}

fn place(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Valid => 0,
        Verdict::Indeterminate => 1,
        Verdict::Invalid => 2,
        Verdict::Unsigned => 3,
        Verdict::Unreadable => 4,
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Valid => "hợp lệ",
        Verdict::Indeterminate => "chưa kết luận",
        Verdict::Invalid => "KHÔNG HỢP LỆ",
        Verdict::Unsigned => "không có chữ ký",
        Verdict::Unreadable => "không đọc được",
    }
}

fn show_line(report: &FileReport) {
    let times = report.signatures.iter().filter_map(|one| one.signing_time.as_deref());
    let last = times.max().and_then(|time| time.get(..16)).unwrap_or("-").replace('T', " ");
    let count = report.signatures.iter().filter(|one| one.kind != Kind::Timestamp).count();
    say(format!("{:<17} {count:>6}  {last:<16}  {}", word(report.verdict), plain(&report.file)));
    if !matches!(report.verdict, Verdict::Valid | Verdict::Unsigned | Verdict::Unreadable) {
        say(format!("{:<17} {:>6}  {}", "", "", report.sentence.vi));
    }
}

fn describe(report: &FileReport) {
    say(format!("{}: {}", plain(&report.file), report.sentence.vi));
    say(format!("  {}", report.sentence.en));
    for signature in &report.signatures {
        describe_signature(signature);
    }
}

fn describe_signature(signature: &SignatureReport) {
    let mark = match signature.indication {
        Indication::TotalPassed => "passed",
        Indication::Indeterminate => "open  ",
        Indication::TotalFailed => "FAILED",
    };
    let who = signature.signer.as_ref().and_then(|signer| signer.common_name.as_deref());
    let when = signature.signing_time.as_deref().unwrap_or("-");
    say(format!("  {mark} {}: {}, {when}", plain(&signature.field), who.unwrap_or("-")));
    for message in &signature.messages {
        let page = message.page.map(|page| format!(" (trang {page})")).unwrap_or_default();
        say(format!("         {}: {}{page}", message.code, message.vi));
    }
}

/// Text from a file, on a terminal: its control characters could move the
/// cursor and write a verdict of their own.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

fn csv_line(report: &FileReport) -> String {
    let each = |of: &dyn Fn(&SignatureReport) -> String| {
        report.signatures.iter().map(of).collect::<Vec<_>>().join("; ")
    };
    let stamps = report.signatures.iter().filter(|one| one.kind == Kind::Timestamp).count();
    let cells = [
        report.file.clone(),
        name(&report.verdict),
        report.sentence.vi.clone(),
        report.size.to_string(),
        report.sha256.clone(),
        report.revisions.to_string(),
        (report.signatures.len() - stamps).to_string(),
        stamps.to_string(),
        each(&|one| one.signer.as_ref().and_then(|signer| signer.common_name.clone()).unwrap_or_default()),
        each(&|one| one.signing_time.clone().unwrap_or_default()),
        each(&|one| name(&one.indication)),
        each(&|one| name(&one.changes_after)),
        report.error.as_ref().map(|error| error.message.clone()).unwrap_or_default(),
    ];
    cells.iter().map(|cell| csv_cell(cell)).collect::<Vec<_>>().join(",")
}

/// A word as the JSON has it.
fn name(word: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// One cell. A spreadsheet runs what begins like a formula, and a signer's
/// name or a file's is anybody's text.
fn csv_cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::{csv_cell, plain};

    #[test]
    fn a_cell_is_text_and_never_a_formula() {
        assert_eq!(csv_cell("Lê An, \"MSc\""), "\"Lê An, \"\"MSc\"\"\"");
        assert_eq!(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(csv_cell("thường"), "thường");
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2K\rb.pdf"), "a\u{fffd}[2K\u{fffd}b.pdf");
    }
}
