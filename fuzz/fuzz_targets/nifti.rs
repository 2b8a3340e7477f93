//! NIfTI files, plain and compressed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["image.nii", "image.nii.gz"] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let _ = imaging_io::read_nifti(&path);
    }
});
