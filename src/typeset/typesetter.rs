use std::fmt;

use jiff::{Timestamp, tz};
use serde::Serialize;
use serde_json::json;
use typst::diag::Warned;
use typst::foundations::{Bytes, Datetime, Smart};
use typst::syntax::Source;
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::clean::clean;
use crate::error::diagnostics_text;
use crate::qr::qr_svg;
use crate::signature_box::{SignatureBox, Use, spaces};
use crate::world::FormWorld;
use crate::{
    ConclusionNotice, Fonts, Invitation, Minutes, NamedDocument, RegisterBook, RoutingSlip, TypesetError,
    VerificationReport,
};

/// Sets forms as PDF/A. Make one and share it: it holds the fonts.
pub struct Typesetter {
    fonts: Fonts,
    library: LazyHash<Library>,
    conclusion_notice: Source,
    invitation: Source,
    minutes: Source,
    named_document: Source,
    register_book: Source,
    routing_slip: Source,
    verification_report: Source,
}

/// A template with the parts that all forms share in front of it.
macro_rules! template {
    ($form:literal) => {
        Source::detached(concat!(include_str!("templates/parts.typ"), include_str!($form)))
    };
}

/// What distinguishes one making of a document from another.
///
/// The same form with the same making gives the same bytes.
#[derive(Clone, Debug)]
pub struct Making {
    /// A name that stays with this document and belongs to no other; becomes
    /// the PDF's identifier as a hash.
    pub ident: String,
    /// When it is made.
    pub made_at: Timestamp,
    /// The author in the PDF's metadata: the issuing body.
    pub author: String,
}

/// A document that has been set.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The file: tagged PDF/A-2a; a report with attachments, PDF/A-3a.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The spaces left for visible signatures, in the order of the text.
    pub signature_boxes: Vec<SignatureBox>,
    /// The spaces left for what a register writes when it issues the document:
    /// `number` (component 3 of the decree) and `date` (component 4).
    pub register_boxes: Vec<SignatureBox>,
}

impl Typesetter {
    /// A typesetter that knows these fonts and nothing else.
    pub fn new(fonts: Fonts) -> Self {
        Self {
            fonts,
            library: LazyHash::new(Library::default()),
            conclusion_notice: template!("templates/conclusion_notice.typ"),
            invitation: template!("templates/invitation.typ"),
            minutes: template!("templates/minutes.typ"),
            named_document: template!("templates/named_document.typ"),
            register_book: template!("templates/register_book.typ"),
            routing_slip: template!("templates/routing_slip.typ"),
            verification_report: template!("templates/verification_report.typ"),
        }
    }

    /// Sets an invitation. Its signature box is `signer`.
    pub fn invitation(&self, form: &Invitation, making: &Making) -> Result<Placed, TypesetError> {
        self.set(&self.invitation, form, Extras::qr(form.verify_url.as_deref())?, making)
    }

    /// Sets minutes. Their signature boxes are `secretary` and `chair`.
    pub fn minutes(&self, form: &Minutes, making: &Making) -> Result<Placed, TypesetError> {
        self.set(&self.minutes, form, Extras::qr(form.verify_url.as_deref())?, making)
    }

    /// Sets a notice of conclusions. Its signature box is `signer`.
    pub fn conclusion_notice(
        &self,
        form: &ConclusionNotice,
        making: &Making,
    ) -> Result<Placed, TypesetError> {
        self.set(&self.conclusion_notice, form, Extras::qr(form.verify_url.as_deref())?, making)
    }

    /// Sets a document with a name of its kind. Its signature box is `signer`.
    pub fn document(&self, form: &NamedDocument, making: &Making) -> Result<Placed, TypesetError> {
        self.set(&self.named_document, form, Extras::qr(form.verify_url.as_deref())?, making)
    }

    /// Sets a register of a year. Nobody signs it here.
    pub fn register(&self, form: &RegisterBook, making: &Making) -> Result<Placed, TypesetError> {
        let set = self.set(&self.register_book, form, Extras::qr(None)?, making);
        // A long table leaves hundreds of megabytes that no other form shares.
        typst::comemo::evict(0);
        set
    }

    /// Sets the routing slip of an incoming document. Nobody signs it.
    pub fn routing_slip(&self, form: &RoutingSlip, making: &Making) -> Result<Placed, TypesetError> {
        self.set(&self.routing_slip, form, Extras::qr(None)?, making)
    }

    /// Sets the report of a check, as PDF/A-3a: level 2 forbids the attached findings.
    pub fn verification_report(
        &self,
        form: &VerificationReport,
        making: &Making,
    ) -> Result<Placed, TypesetError> {
        let attached = Some([Bytes::new(form.json.clone()), Bytes::new(form.xml.clone())]);
        let extras = Extras { qr: None, attached, standard: PdfStandard::A_3a };
        self.set(&self.verification_report, form, extras, making)
    }

    fn set(
        &self,
        template: &Source,
        form: &impl Serialize,
        extras: Extras,
        making: &Making,
    ) -> Result<Placed, TypesetError> {
        let made_at = datetime(making.made_at).ok_or(TypesetError::MadeAt)?;
        let data = json!({ "form": serde_json::to_value(form)?, "author": making.author });
        let data = clean(data, &|character| self.fonts.covers(character));
        let world = FormWorld {
            library: &self.library,
            fonts: &self.fonts,
            template,
            today: made_at,
            data: Bytes::new(serde_json::to_vec(&data)?),
            qr: extras.qr,
            attached: extras.attached,
        };
        let document = lay_out(&world)?;
        Ok(Placed {
            pdf: export(&document, &world, extras.standard, making)?,
            pages: document.pages().len(),
            signature_boxes: spaces(&document, Use::Signature),
            register_boxes: spaces(&document, Use::Register),
        })
    }
}

/// What a form needs besides its words.
struct Extras {
    qr: Option<Bytes>,
    attached: Option<[Bytes; 2]>,
    standard: PdfStandard,
}

impl Extras {
    /// A code that leads to an address, if there is one.
    fn qr(verify_url: Option<&str>) -> Result<Self, TypesetError> {
        let qr = verify_url.map(qr_svg).transpose()?.map(Bytes::new);
        Ok(Self { qr, attached: None, standard: PdfStandard::A_2a })
    }
}

impl fmt::Debug for Typesetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typesetter").field("fonts", &self.fonts).finish_non_exhaustive()
    }
}

/// Lays out the pages. A warning counts as an error: it would mean that a font
/// was replaced, or that page numbers did not settle.
fn lay_out(world: &FormWorld<'_>) -> Result<PagedDocument, TypesetError> {
    let Warned { output, warnings } = typst::compile::<PagedDocument>(world);
    // The cache lives as long as the process; only what the last few documents
    // shared is worth its memory.
    typst::comemo::evict(4);
    let document = output.map_err(|errors| TypesetError::Layout(diagnostics_text(&errors, world)))?;
    if !warnings.is_empty() {
        return Err(TypesetError::Layout(diagnostics_text(&warnings, world)));
    }
    Ok(document)
}

fn export(
    document: &PagedDocument,
    world: &FormWorld<'_>,
    standard: PdfStandard,
    making: &Making,
) -> Result<Vec<u8>, TypesetError> {
    let standards =
        PdfStandards::new(&[standard]).map_err(|error| TypesetError::Export(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(making.ident.clone()),
        creator: Smart::Custom(Some("ecabinet".to_owned())),
        timestamp: pdf_timestamp(world.today),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options)
        .map_err(|errors| TypesetError::Export(diagnostics_text(&errors, world)))
}

/// Hours that Vietnam is ahead of UTC; it has no summer time.
const VIETNAM_HOURS: i8 = 7;

fn datetime(at: Timestamp) -> Option<Datetime> {
    let at = tz::offset(VIETNAM_HOURS).to_datetime(at);
    Datetime::from_ymd_hms(
        at.year().into(),
        at.month().try_into().ok()?,
        at.day().try_into().ok()?,
        at.hour().try_into().ok()?,
        at.minute().try_into().ok()?,
        at.second().try_into().ok()?,
    )
}

fn pdf_timestamp(made_at: Datetime) -> Option<typst_pdf::Timestamp> {
    typst_pdf::Timestamp::new_local(made_at, i32::from(VIETNAM_HOURS) * 60)
}
