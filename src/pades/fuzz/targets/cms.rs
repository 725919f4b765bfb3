//! `/Contents` of any bytes: a signature that holds over what nobody signed would be a forgery.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    assert!(!pades::fuzzing::contents(data, b"what nobody signed"), "a forged signature held");
});
