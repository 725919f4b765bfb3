//! Any bytes: open, list the revisions, walk every object and every page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pades::pdf::{Object, Pdf, Ref, pages, revisions};

fuzz_target!(|data: &[u8]| {
    let Ok(pdf) = Pdf::open(data) else { return };
    let _ = revisions(&pdf);
    let _ = pages(&pdf);
    let numbers: Vec<u32> = pdf.sections().iter().flat_map(|s| s.entries.numbers()).collect();
    for number in numbers {
        if let Ok(indirect) = pdf.indirect(Ref { number, generation: 0 }) {
            let _ = pdf.resolve(&indirect.object);
            if let Object::Stream(stream) = &indirect.object {
                let _ = pdf.stream_data(stream);
            }
        }
    }
    let _ = pades_fuzz::judge(data);
});
