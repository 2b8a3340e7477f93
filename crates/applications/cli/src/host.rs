//! The machine and the build that a run is made with, for the record.

use std::fs;

use results::host::Host;

/// Variable that names the machine in a run's record, where the system's name says nothing, as in containers.
const NAME_VARIABLE: &str = "PLUMBLINE_HOST_NAME";

/// This machine and this program.
pub fn here() -> Host {
    Host {
        name: name(),
        os: format!("{}, {}", system(), std::env::consts::ARCH),
        cpu: processor(),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        executable: executable(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: option_env!("PLUMBLINE_COMMIT").map(str::to_owned),
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

fn name() -> String {
    let from_variables = ["HOSTNAME", "COMPUTERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let of_system = || fs::read_to_string("/proc/sys/kernel/hostname").ok().or(from_variables);
    let name = std::env::var(NAME_VARIABLE).ok().or_else(of_system).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { unknown() } else { name.to_owned() }
}

/// As Linux distributions call themselves (`os-release`), else the kind of system.
fn system() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    value_of(&release, "PRETTY_NAME", '=').unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// As Linux lists it; elsewhere the system has no file that says.
fn processor() -> String {
    let list = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    value_of(&list, "model name", ':').unwrap_or_else(unknown)
}

/// The value of the first line `key = "value"`.
fn value_of(text: &str, key: &str, separator: char) -> Option<String> {
    let mut values = text.lines().filter_map(|line| line.split_once(separator));
    let (_, value) = values.find(|(found, _)| found.trim() == key)?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// BLAKE3 of the program's file.
fn executable() -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(std::env::current_exe().ok()?).ok()?).ok()?;
    Some(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_among_other_lines() {
        let release = "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13\"\n";
        assert_eq!(value_of(release, "PRETTY_NAME", '=').as_deref(), Some("Debian GNU/Linux 13"));
        let list = "processor\t: 0\nmodel name\t: Some CPU @ 2.0 GHz\n";
        assert_eq!(value_of(list, "model name", ':').as_deref(), Some("Some CPU @ 2.0 GHz"));
        assert_eq!(value_of(list, "model", ':'), None);
    }

    #[test]
    fn the_program_is_known_by_its_bytes() {
        let host = here();
        assert_eq!(host.executable.map(|hash| hash.len()), Some(64));
        assert!(host.cores >= 1 && !host.name.is_empty());
    }
}
