//! Cross-reference sections with any entries, appended to a signed paper that holds planted objects.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pades_fuzz::{BASES, last_xref, must_not_mislead, section};

/// Rows as they come: object number, type, offset or container, generation or index.
fn rows(data: &[u8], length: usize) -> Vec<(u32, u8, u64, u64)> {
    let row = |bytes: &[u8]| {
        let [number, kind, high, low, third] = *bytes else { return None };
        // Offsets stay near the file, where they can do harm.
        let offset = u64::from(high) << 8 | u64::from(low);
        let offset = if kind & 4 == 0 { offset } else { (length as u64).saturating_sub(offset) };
        Some((u32::from(number) % 110, kind % 3, offset, u64::from(third)))
    };
    data.chunks_exact(5).filter_map(row).collect()
}

fuzz_target!(|data: &[u8]| {
    let [base, flags, rest @ ..] = data else { return };
    let base = BASES[usize::from(*base) % BASES.len()];
    let (table, planted) = rest.split_at(rest.len().min(5 * usize::from(flags >> 3)));
    let mut out = base.to_vec();
    // What is planted stands in the file body, where an entry may find it.
    if flags & 1 != 0 {
        out.extend_from_slice(planted);
        out.push(b'\n');
    }
    let extra: &[u8] = if flags & 2 == 0 { b"" } else { planted };
    let rows = rows(table, out.len());
    let forged = section(out, &rows, extra, flags & 4 != 0, last_xref(base));
    must_not_mislead(base, &forged);
});
