//! Components 7 to 9b: who signs, the places of signature and seal, where
//! copies go; and appendices.

use super::title::is_list;
use super::{Check, Spot, rounded};
use crate::identity::rules::fold;
use crate::layout::ending::{Ending, Signature};
use crate::layout::finding::{Aspect, Part};
use crate::layout::row::{Area, Row};
use crate::web::Message;

/// A seal of 36 mm that covers a third of the signature from its left: from
/// here to here left of the signature's middle.
const SEAL_FROM: f64 = 42.0;
const SEAL_TO: f64 = 20.0;

impl Check<'_> {
    pub(super) fn ending(&mut self) {
        let document = self.document;
        let last = document.pages.len();
        let Some(ending) = &document.ending else {
            self.missing(Part::Position, Spot::page(last));
            self.missing(Part::Recipients, Spot::page(last));
            return;
        };
        if ending.signatures.is_empty() {
            self.missing(Part::Position, Spot::page(ending.page));
        }
        for signature in &ending.signatures {
            self.signature(signature, ending);
        }
        self.recipients(ending);
    }

    fn signature(&mut self, signature: &Signature, ending: &Ending) {
        let (position, page) = (&signature.position, Spot::page(ending.page));
        if position.is_empty() {
            self.missing(Part::Position, page);
        } else {
            self.look(Part::Position, position);
            self.authority(position);
        }
        let Some(name) = &signature.name else { return self.missing(Part::Signer, Spot::of(position)) };
        self.look(Part::Signer, std::slice::from_ref(name));
        let text = name.text();
        let titled = self.profile.honorifics.iter().any(|title| text.starts_with(title.as_str()));
        if titled {
            self.wording(Part::Signer, Aspect::Wording, name, Message::from("layout-asked-no-title"));
        }
        self.signature_place(signature);
        self.seal_place(signature, ending);
    }

    /// "TM.", "KT." … as the regulation writes them.
    fn authority(&mut self, position: &[Row]) {
        let profile = self.profile;
        let starts = |words: &[String], text: &str| words.iter().any(|word| text.starts_with(word.as_str()));
        for row in position {
            let text = row.text().to_uppercase();
            if starts(&profile.wrong_authorities, &text) && !starts(&profile.authorities, &text) {
                let asked = Message::with("layout-asked-authority", "words", profile.authorities.join(" "));
                self.wording(Part::Position, Aspect::Form, row, asked);
            }
        }
    }

    fn signature_place(&mut self, signature: &Signature) {
        let Some(place) = signature.place() else { return };
        let page = signature.name.as_ref().map_or(1, |name| name.page);
        let spot = Spot { page, place: Some(place) };
        let asked =
            || vec![Message::with("layout-asked-place", "size", rounded(self.profile.space.signature))];
        if let Some(row) = &signature.occupant {
            let found = vec![Message::with("layout-found-words", "words", row.text())];
            self.add(Part::Signature, Aspect::Space, spot, asked(), found);
        } else if place.y1 - place.y0 < self.profile.space.signature {
            let found = vec![Message::with("layout-found-blank", "size", rounded(place.y1 - place.y0))];
            self.add(Part::Signature, Aspect::Space, spot, asked(), found);
        }
    }

    fn seal_place(&mut self, signature: &Signature, ending: &Ending) {
        let Some(place) = signature.place() else { return };
        let middle = f64::midpoint(place.x0, place.x1);
        let seal = Area { x0: middle - SEAL_FROM, x1: middle - SEAL_TO, ..place };
        let taken = ending.recipient_list.iter().find(|row| {
            let (across, down) = seal.overlap(&row.area());
            across > 2.0 && down > 1.0
        });
        if let Some(row) = taken {
            let found = vec![Message::with("layout-found-words", "words", row.text())];
            let asked = vec![Message::from("layout-asked-seal")];
            self.add(Part::Seal, Aspect::Space, Spot { page: ending.page, place: Some(seal) }, asked, found);
        }
    }

    fn recipients(&mut self, ending: &Ending) {
        let Some(label) = &ending.recipients else {
            return self.missing(Part::Recipients, Spot::page(ending.page));
        };
        self.look(Part::Recipients, std::slice::from_ref(label));
        if label.text() != "Nơi nhận:" && !label.is_caps() {
            let asked = Message::with("layout-asked-words", "words", "Nơi nhận:");
            self.wording(Part::Recipients, Aspect::Wording, label, asked);
        }
        let list = &ending.recipient_list;
        if list.is_empty() {
            return self.missing(Part::RecipientList, Spot::row(label));
        }
        self.look(Part::RecipientList, list);
        let lines: Vec<String> = list.iter().map(Row::text).collect();
        let last = list.iter().rev().find(|row| row.text().starts_with('-')).or(list.last());
        let Some(last) = last else { return };
        let folded = fold(&last.text());
        let is_kept = folded.starts_with("luu ") && folded.split(' ').any(|word| word == "vt");
        if !is_kept || !last.text().contains(':') {
            self.wording(Part::RecipientList, Aspect::Ending, last, Message::from("layout-asked-kept"));
        }
        if !is_list(&lines) {
            let asked = vec![Message::from("layout-asked-list")];
            let found = vec![Message::with("layout-found-words", "words", lines.join(" "))];
            self.add(Part::RecipientList, Aspect::Form, Spot::of(list), asked, found);
        }
    }

    pub(super) fn appendices(&mut self) {
        let document = self.document;
        for appendix in &document.appendices {
            self.look(Part::Appendix, std::slice::from_ref(&appendix.heading));
            if !document.column.is_centred(&appendix.heading) {
                let asked = vec![Message::from("layout-asked-centred")];
                let found = vec![Message::from("layout-found-off-centre")];
                self.add(Part::Appendix, Aspect::Place, Spot::row(&appendix.heading), asked, found);
            }
            if appendix.title.is_empty() {
                self.missing(Part::AppendixTitle, Spot::row(&appendix.heading));
            } else {
                self.look(Part::AppendixTitle, &appendix.title);
            }
            if appendix.reference.is_empty() {
                self.missing(Part::AppendixReference, Spot::row(&appendix.heading));
            } else {
                self.look(Part::AppendixReference, &appendix.reference);
            }
        }
    }
}
