#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kea::fuzzing::answer(data));
