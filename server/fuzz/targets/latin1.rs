#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kea::fuzzing::latin1_text(data));
