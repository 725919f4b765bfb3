//! Updates of a signed paper: raw bytes behind it, or objects listed as a decent program would list them.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pades_fuzz::{BASES, must_not_mislead, update};

/// Objects as text: `4 <</Length 0>> …`, parted by a line that holds only `%%`.
fn objects(data: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let mut objects = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        let end = rest.windows(4).position(|w| w == b"\n%%\n");
        let chunk = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |end| &rest[end + 4..]);
        let digits = chunk.iter().take_while(|b| b.is_ascii_digit()).count().min(3);
        let number = std::str::from_utf8(&chunk[..digits]).ok().and_then(|n| n.parse().ok());
        objects.extend(number.map(|number| (number, chunk[digits..].to_vec())));
    }
    objects
}

fuzz_target!(|data: &[u8]| {
    let [base, flags, rest @ ..] = data else { return };
    let base = BASES[usize::from(*base) % BASES.len()];
    let forged = match flags % 4 {
        0 => [base, rest].concat(),
        1 => update(base, &objects(rest), b"", false),
        2 => update(base, &objects(rest), b"", true),
        // Two updates, one behind the other: what the first plants, the second may use.
        _ => {
            let middle = rest.len() / 2;
            let first = update(base, &objects(&rest[..middle]), b"", false);
            update(&first, &objects(&rest[middle..]), b"", false)
        }
    };
    must_not_mislead(base, &forged);
});
