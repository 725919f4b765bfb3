//! `ecabinet render`: the process in which foreign PDFs are read and drawn.
//!
//! It gets a file of its own to read, answers on its output, and touches
//! nothing else. Its limits are set before the first byte is read.

use std::fs::File;
use std::io::{self, Read, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use hayro::hayro_interpret::{InterpreterCache, InterpreterSettings, RenderContent};
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use rustix::process::{Resource, Rlimit, setrlimit};

use super::rules::THUMBNAIL;
use super::{made, sheet, words};

/// How the process ends when a file cannot be opened without a password.
pub(super) const NEEDS_PASSWORD: i32 = 3;
pub(super) const UNREADABLE: i32 = 4;

/// More pages than any paper has.
const MOST_PAGES: usize = 20_000;
/// A page may be a long strip; its picture stays within this.
const MOST_PIXELS: f32 = 16_000_000.0;
const LONGEST_SIDE: f32 = 12_000.0;
/// Address space beyond the file's own size, and processor time.
const MEMORY: u64 = 1536 << 20;
const SECONDS: u64 = 150;
/// PDFs nest; the interpreter follows them on the stack.
const STACK: usize = 64 << 20;
const JPEG_QUALITY: u8 = 80;

/// What the process is asked.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Can it be opened, how many pages are there, what stands on the first.
    Inspect(Input),
    /// The words of each page: a line of JSON a page.
    Text(Input),
    /// How each page is set: a line of JSON a page.
    Sheets(Input),
    /// Each page, small: page and length as big-endian numbers, then the picture.
    Thumbnails(Input),
    /// A few pages, in the same form.
    Pictures {
        #[command(flatten)]
        input: Input,
        #[arg(long)]
        first: u32,
        #[arg(long)]
        count: u32,
        #[arg(long)]
        width: u32,
    },
    /// One page as PNG or JPEG.
    Picture {
        #[command(flatten)]
        input: Input,
        #[arg(long)]
        page: usize,
        #[arg(long)]
        width: u32,
    },
    /// What, appended to the file, writes texts over every page.
    Watermark {
        #[command(flatten)]
        input: Input,
        #[arg(long)]
        across: String,
        #[arg(long)]
        foot: String,
        /// In microseconds.
        #[arg(long)]
        now: i64,
    },
    /// Some pages as a file of their own.
    Excerpt {
        #[command(flatten)]
        input: Input,
        /// Once for each page.
        #[arg(long)]
        page: Vec<usize>,
        #[arg(long)]
        title: String,
        #[arg(long)]
        subject: String,
    },
    /// Which pages look different from those of an earlier state of the file: a line of JSON a page.
    Changes {
        #[command(flatten)]
        input: Input,
        /// Length of the earlier state.
        #[arg(long)]
        before: u64,
        #[arg(long)]
        width: u32,
    },
}

#[derive(Debug, Args)]
pub struct Input {
    file: PathBuf,
    /// Read only so many bytes: the file as it was once saved.
    #[arg(long)]
    end: Option<u64>,
}

impl Task {
    fn input(&self) -> &Input {
        match self {
            Self::Inspect(input)
            | Self::Text(input)
            | Self::Sheets(input)
            | Self::Thumbnails(input)
            | Self::Picture { input, .. }
            | Self::Pictures { input, .. }
            | Self::Watermark { input, .. }
            | Self::Excerpt { input, .. }
            | Self::Changes { input, .. } => input,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum RenderError {
    #[error("the file needs a password")]
    Password,
    #[error("the file cannot be read as a PDF")]
    Unreadable,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Encode(#[from] image::ImageError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// Does one task and ends.
pub fn run(task: Task) -> ExitCode {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || answer(&task));
    let done = worker.map_err(RenderError::from).and_then(|running| {
        // A panic is the file's doing; its message is of use to nobody.
        running.join().unwrap_or(Err(RenderError::Unreadable))
    });
    let code = match done {
        Ok(()) => 0,
        Err(RenderError::Password) => NEEDS_PASSWORD,
        Err(_) => UNREADABLE,
    };
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn answer(task: &Task) -> Result<(), RenderError> {
    let input = task.input();
    let mut output = io::stdout().lock();
    if let Task::Watermark { across, foot, now, .. } = task {
        output.write_all(&made::watermark(&input.file, across, foot, *now)?)?;
        return Ok(output.flush()?);
    }
    if let Task::Excerpt { page, title, subject, .. } = task {
        output.write_all(&made::excerpt(&input.file, page, (title, subject))?)?;
        return Ok(output.flush()?);
    }
    let pdf = open(&input.file, input.end)?;
    match task {
        Task::Watermark { .. } | Task::Excerpt { .. } => {}
        Task::Inspect(_) => inspect(&pdf, &mut output)?,
        Task::Text(_) => text(&pdf, &mut output)?,
        Task::Thumbnails(_) => pictures(&pdf, 1..=u32::MAX, THUMBNAIL, &mut output)?,
        Task::Pictures { first, count, width, .. } => {
            pictures(&pdf, *first..=first.saturating_add(*count).saturating_sub(1), *width, &mut output)?;
        }
        Task::Sheets(_) => sheets(&pdf, &mut output)?,
        Task::Picture { page, width, .. } => picture(&pdf, *page, *width, &mut output)?,
        Task::Changes { before, width, .. } => {
            changes(&open(&input.file, Some(*before))?, &pdf, *width, &mut output)?;
        }
    }
    Ok(output.flush()?)
}

/// Opens a file, or what it was when it ended at `end`.
fn open(path: &Path, end: Option<u64>) -> Result<Pdf, RenderError> {
    let file = File::open(path)?;
    let whole = file.metadata()?.len();
    limit(whole)?;
    let size = end.map_or(whole, |end| end.min(whole));
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(size).unwrap_or(usize::MAX))
        .map_err(|_| RenderError::Unreadable)?;
    file.take(size).read_to_end(&mut bytes)?;
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => RenderError::Password,
        LoadPdfError::Decryption(_) | LoadPdfError::Invalid => RenderError::Unreadable,
    })?;
    if pdf.pages().is_empty() || pdf.pages().len() > MOST_PAGES {
        return Err(RenderError::Unreadable);
    }
    Ok(pdf)
}

/// Sets the limits of a process that reads one foreign file.
pub fn limit(file_size: u64) -> io::Result<()> {
    let set = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    // A comparison holds the file twice.
    set(Resource::As, MEMORY + 4 * file_size)?;
    set(Resource::Cpu, SECONDS)?;
    set(Resource::Core, 0)?;
    Ok(())
}

fn inspect(pdf: &Pdf, output: &mut impl Write) -> Result<(), RenderError> {
    let first = pdf.pages().first().ok_or(RenderError::Unreadable)?;
    let read = words::read(1, first, &InterpreterCache::new(), &InterpreterSettings::default());
    let found = serde_json::json!({ "pages": pdf.pages().len(), "first_page": words::lines(&read) });
    Ok(serde_json::to_writer(output, &found)?)
}

fn text(pdf: &Pdf, output: &mut impl Write) -> Result<(), RenderError> {
    let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        serde_json::to_writer(&mut *output, &words::read(number, page, &cache, &settings))?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

fn sheets(pdf: &Pdf, output: &mut impl Write) -> Result<(), RenderError> {
    let cache = InterpreterCache::new();
    // What signatures and notes show is not part of how the document is set.
    let settings = InterpreterSettings { render_content: RenderContent::PAGE, ..Default::default() };
    for (number, page) in (1..).zip(pdf.pages().iter()) {
        serde_json::to_writer(&mut *output, &sheet::read(number, page, &cache, &settings))?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

/// Draws pages one after the other and gives each out as soon as it is drawn.
fn pictures(
    pdf: &Pdf,
    wanted: RangeInclusive<u32>,
    width: u32,
    output: &mut impl Write,
) -> Result<(), RenderError> {
    let cache = RenderCache::new();
    let pages = (1_u32..).zip(pdf.pages().iter()).filter(|(number, _)| wanted.contains(number));
    for (number, page) in pages {
        let picture = encoded(&draw(page, &cache, width)?)?;
        output.write_all(&number.to_be_bytes())?;
        output.write_all(&u32::try_from(picture.len()).unwrap_or(u32::MAX).to_be_bytes())?;
        output.write_all(&picture)?;
        output.flush()?;
    }
    Ok(())
}

fn picture(pdf: &Pdf, page: usize, width: u32, output: &mut impl Write) -> Result<(), RenderError> {
    let page = page.checked_sub(1).and_then(|at| pdf.pages().get(at)).ok_or(RenderError::Unreadable)?;
    Ok(output.write_all(&encoded(&draw(page, &RenderCache::new(), width)?)?)?)
}

/// Compares page by page what is drawn, so that a change nobody can see is
/// not shown and one that hides in the structure is.
fn changes(before: &Pdf, after: &Pdf, width: u32, output: &mut impl Write) -> Result<(), RenderError> {
    let (old_cache, new_cache) = (RenderCache::new(), RenderCache::new());
    let most = before.pages().len().max(after.pages().len());
    for at in 0..most {
        let (old, new) = (before.pages().get(at), after.pages().get(at));
        let differs = match (old, new) {
            (Some(old), Some(new)) => {
                let (old, new) = (draw(old, &old_cache, width)?, draw(new, &new_cache, width)?);
                (old.width(), old.height()) != (new.width(), new.height())
                    || old.data_as_u8_slice() != new.data_as_u8_slice()
            }
            _ => true,
        };
        let line = serde_json::json!({ "page": at + 1, "differs": differs, "was": old.is_some(), "is": new.is_some() });
        serde_json::to_writer(&mut *output, &line)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

fn draw<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>, width: u32) -> Result<Pixmap, RenderError> {
    let (wide, high) = page.render_dimensions();
    if !(wide.is_finite() && high.is_finite() && wide > 0.0 && high > 0.0) {
        return Err(RenderError::Unreadable);
    }
    #[expect(clippy::cast_precision_loss, reason = "widths are a few thousand")]
    let wanted = width as f32 / wide;
    let most = (MOST_PIXELS / (wide * high)).sqrt().min(LONGEST_SIDE / wide.max(high));
    let scale = wanted.min(most);
    // A picture has at least one pixel each way, however thin the page.
    let (x_scale, y_scale) = (scale.max(1.0 / wide), scale.max(1.0 / high));
    let settings = PixmapSettings { x_scale, y_scale, bg_color: WHITE };
    Ok(render(page, cache, &InterpreterSettings::default(), &RenderSettings::default(), &settings))
}

/// PNG for pages of text, sharp and small; JPEG for scans and photographs,
/// which PNG would blow up.
fn encoded(drawn: &Pixmap) -> Result<Vec<u8>, RenderError> {
    let (width, height) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let pixels = drawn.data_as_u8_slice();
    let is_grey = pixels.chunks_exact(4).all(|pixel| matches!(pixel, [r, g, b, _] if r == g && g == b));
    let (bytes, colours): (Vec<u8>, _) = if is_grey {
        (pixels.iter().copied().step_by(4).collect(), ExtendedColorType::L8)
    } else {
        let rgb = pixels.chunks_exact(4).flat_map(|pixel| pixel.iter().copied().take(3)).collect();
        (rgb, ExtendedColorType::Rgb8)
    };
    let mut picture = Vec::new();
    if is_mostly_flat(pixels) {
        PngEncoder::new(&mut picture).write_image(&bytes, width, height, colours)?;
    } else {
        JpegEncoder::new_with_quality(&mut picture, JPEG_QUALITY)
            .write_image(&bytes, width, height, colours)?;
    }
    Ok(picture)
}

/// True when most sampled pixels have exactly the colour of their neighbour:
/// paper and ink do, the noise of a scanner does not.
fn is_mostly_flat(pixels: &[u8]) -> bool {
    let (mut same, mut all) = (0_u32, 0_u32);
    for pair in pixels.chunks_exact(8).step_by(7) {
        let (left, right) = pair.split_at(4);
        same += u32::from(left == right);
        all += 1;
    }
    same * 4 >= all * 3
}
