//! The DICOM conformance check fails if it was not performed.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with the programs that the script needs, and with a `dciodvfy` if given.
fn programs(folder: &Path, dciodvfy: Option<&str>) {
    for name in ["bash", "env", "find", "grep"] {
        let all = std::env::var_os("PATH").expect("a PATH");
        let path: Option<PathBuf> = std::env::split_paths(&all).map(|p| p.join(name)).find(|p| p.exists());
        symlink(path.expect("installed everywhere"), folder.join(name)).expect("linked");
    }
    if let Some(script) = dciodvfy {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.join("dciodvfy");
        std::fs::write(&path, format!("#!/usr/bin/env bash\n{script}\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    }
}

/// Checks a folder with one file, by that `dciodvfy`.
fn check(dciodvfy: Option<&str>) -> Output {
    let (bin, images) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    programs(bin.path(), dciodvfy);
    std::fs::write(images.path().join("IM0001.dcm"), "no image").expect("written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/peers/dicom_conformance");
    Command::new(script).arg(images.path()).env("PATH", bin.path()).output().expect("it starts")
}

#[test]
fn without_dciodvfy_the_check_fails_with_the_reason() {
    let output = check(None);
    assert!(!output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("dciodvfy is not installed"), "{output:?}");
}

#[test]
fn errors_and_missing_output_fail_and_warnings_pass() {
    assert!(!check(Some("echo MRImage >&2; echo 'Error - missing' >&2; exit 1")).status.success());
    assert!(!check(Some("exit 139")).status.success(), "a crashed checker has checked nothing");
    let good = check(Some("echo MRImage >&2; echo 'Warning - old' >&2"));
    assert!(good.status.success(), "{good:?}");
}
