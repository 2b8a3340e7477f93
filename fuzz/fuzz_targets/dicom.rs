//! DICOM files, classic and enhanced; a missing prefix is added, so that the parser is reached.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = vec![0; 128];
    if bytes.get(128..132) == Some(b"DICM") {
        file.clear();
    } else {
        file.extend_from_slice(b"DICM");
    }
    file.extend_from_slice(bytes);
    std::fs::write(folder.path().join("IM0001.dcm"), file).expect("written");
    let _ = imaging_io::read_series(folder.path());
});
