//! The machine a figure was made on, without which it says nothing.

use std::fmt;

use serde::Serialize;

use super::BenchError;

#[derive(Debug, Serialize)]
pub(super) struct Machine {
    processor: String,
    cores: usize,
    memory_mib: u64,
    system: String,
    /// Processes that wanted a core in the last minute, ours not among them.
    load: String,
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, memory_mib, system, load } = self;
        write!(f, "{cores} × {processor}, {memory_mib} MiB, Linux {system}, load {load}")
    }
}

pub(super) async fn describe() -> Result<Machine, BenchError> {
    let processors = tokio::fs::read_to_string("/proc/cpuinfo").await?;
    let memory = tokio::fs::read_to_string("/proc/meminfo").await?;
    let system = tokio::fs::read_to_string("/proc/sys/kernel/osrelease").await?;
    let load = tokio::fs::read_to_string("/proc/loadavg").await?;
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    Ok(Machine {
        processor: model.map_or_else(|| "unknown processor".to_owned(), |(_, name)| name.to_owned()),
        cores: processors.lines().filter(|line| line.starts_with("processor")).count(),
        memory_mib: field(&memory, "MemTotal:").unwrap_or_default() / 1024,
        system: system.trim().to_owned(),
        load: load.split(' ').next().unwrap_or_default().to_owned(),
    })
}

/// The number after a name in a file of `/proc`, such as `VmRSS:   123 kB`.
pub(super) fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_read_by_its_name() {
        let status = "VmPeak:\t   20 kB\nVmHWM:\t   11264 kB\n";
        assert_eq!(field(status, "VmHWM:"), Some(11264));
        assert_eq!(field(status, "VmRSS:"), None);
    }
}
