//! `plan.json`: versions 1 and 2 are read, version 2 is written.
//!
//! Version 2 has `"format_version": 2`, and every group says by its `target` what it is for. Version 1 has no
//! `format_version`, or 1: there a group says so by `role` and name, an axial group being for the disc that it is named
//! after ("axial L4/L5"), and a flag is about the discs that its message names.
//!
//! Keys that begin with `x-` may stand in every object and are not read; any other unknown key is a mistake.

use std::borrow::Cow;
use std::collections::BTreeMap;

use geometry::written_slice_group::WrittenSliceGroup;
use geometry::{Disc, SatBand};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::flags::Flag;
use crate::plan::{PlanFrame, PlannedLevel, ScanPlan};
use crate::plan_error::PlanError;

/// The version that is written.
pub const FORMAT_VERSION: u64 = 2;

/// A plan as JSON writes it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("patternProperties" = { "^x-": {} }))]
struct WrittenPlan {
    /// Version of this layout: 2. Plans without it are of version 1, which is read, too.
    #[serde(default = "without_version", deserialize_with = "known_version")]
    #[schemars(required, range(min = 2, max = 2))]
    format_version: u64,
    /// Always `patient-lps-mm`.
    frame: PlanFrame,
    /// The labelled discs, from the head downwards.
    levels: Vec<PlannedLevel>,
    /// The prescribed slice groups.
    groups: Vec<WrittenSliceGroup>,
    /// The prescribed saturation bands.
    #[serde(default)]
    sat_bands: Vec<SatBand>,
    /// What the planner is unsure of; an empty list claims that all is well.
    #[serde(default)]
    flags: Vec<Flag>,
    /// Wall-clock milliseconds by stage (`segment`, `label`, `count`, `plan`); not part of the deterministic output.
    #[serde(default)]
    latency_ms: BTreeMap<String, f64>,
}

fn without_version() -> u64 {
    1
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match u64::deserialize(deserializer)? {
        version @ 1..=FORMAT_VERSION => Ok(version),
        other => Err(D::Error::custom(format!("format_version is {other}; this program reads versions 1 and 2"))),
    }
}

impl TryFrom<WrittenPlan> for ScanPlan {
    type Error = PlanError;

    fn try_from(written: WrittenPlan) -> Result<Self, PlanError> {
        let version = written.format_version;
        let group = |group: WrittenSliceGroup| {
            let name = group.name.clone();
            group.read(version).map_err(|source| PlanError::Group { name, source })
        };
        let flag = |flag: Flag| if version == 1 { flag_of_version_1(flag) } else { flag };
        Ok(Self {
            frame: written.frame,
            levels: written.levels,
            groups: written.groups.into_iter().map(group).collect::<Result<_, _>>()?,
            sat_bands: written.sat_bands,
            flags: written.flags.into_iter().map(flag).collect(),
            latency_ms: written.latency_ms,
        })
    }
}

/// A flag of version 1 is about the discs that its message names.
fn flag_of_version_1(flag: Flag) -> Flag {
    let words = flag.message.split(|c: char| !(c.is_ascii_alphanumeric() || c == '/'));
    let discs: Vec<Disc> = words.filter_map(|word| word.parse().ok()).collect();
    if flag.discs.is_empty() { flag.about(discs) } else { flag }
}

impl From<ScanPlan> for WrittenPlan {
    fn from(plan: ScanPlan) -> Self {
        Self {
            format_version: FORMAT_VERSION,
            frame: plan.frame,
            levels: plan.levels,
            groups: plan.groups.into_iter().map(WrittenSliceGroup::from).collect(),
            sat_bands: plan.sat_bands,
            flags: plan.flags,
            latency_ms: plan.latency_ms,
        }
    }
}

impl<'de> Deserialize<'de> for ScanPlan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(WrittenPlan::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for ScanPlan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenPlan::from(self.clone()).serialize(serializer)
    }
}

impl JsonSchema for ScanPlan {
    fn schema_name() -> Cow<'static, str> {
        "ScanPlan".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenPlan::json_schema(generator)
    }
}

impl ScanPlan {
    /// Reads `plan.json` and checks what its types cannot: groups that can be scanned, directions of length 1,
    /// confidences from 0 to 1.
    ///
    /// # Errors
    /// [`PlanError`]: what was found, what was expected, and where.
    pub fn from_json(text: &[u8]) -> Result<Self, PlanError> {
        let written: WrittenPlan = serde_json::from_slice(&without_extensions(text))?;
        let plan = Self::try_from(written)?;
        plan.check()?;
        Ok(plan)
    }
}

/// The text with spaces in place of every member whose key begins with `x-`, so that lines and columns stay. What is no
/// JSON stays as it is: whoever reads it says what is wrong.
fn without_extensions(text: &[u8]) -> Vec<u8> {
    let mut kept = text.to_vec();
    // For every open bracket: whether it is an object, whether a member was kept in it, and its last comma.
    let mut open: Vec<(bool, bool, Option<usize>)> = Vec::new();
    let (mut at, mut expects_key) = (0, false);
    while at < text.len() {
        match text[at] {
            b'{' | b'[' => {
                open.push((text[at] == b'{', false, None));
                expects_key = text[at] == b'{';
                at += 1;
            }
            b'}' | b']' => {
                open.pop();
                expects_key = false;
                at += 1;
            }
            b',' => {
                if let Some((is_object, _, comma)) = open.last_mut() {
                    (*comma, expects_key) = (Some(at), *is_object);
                }
                at += 1;
            }
            b'"' if expects_key => {
                expects_key = false;
                let Some((_, has_member, comma)) = open.last_mut() else { return kept };
                if !text[at..].starts_with(b"\"x-") {
                    *has_member = true;
                    at = end_of_string(text, at);
                    continue;
                }
                let end = end_of_member(text, at);
                let (from, to) = match (*has_member, *comma) {
                    (true, Some(comma)) => (comma, end),
                    _ if text.get(end) == Some(&b',') => (at, end + 1),
                    _ => (at, end),
                };
                expects_key = to > end;
                kept[from..to].iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b' ');
                at = to;
            }
            b'"' => at = end_of_string(text, at),
            _ => at += 1,
        }
    }
    kept
}

/// Behind the closing quotation mark of the string that begins here.
fn end_of_string(text: &[u8], begin: usize) -> usize {
    let mut at = begin + 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(text.len())
}

/// The comma or bracket that ends the member of an object that begins here.
fn end_of_member(text: &[u8], begin: usize) -> usize {
    let (mut at, mut depth) = (begin, 0usize);
    while at < text.len() {
        match text[at] {
            b'"' => {
                at = end_of_string(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b',' if depth == 0 => break,
            b'}' | b']' if depth == 0 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{SliceTarget, Vertebra};
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    const L4_L5: Disc = Disc::between(Vertebra::L4, Vertebra::L5);

    fn plan(head: &str, what_it_is_for: &str) -> String {
        format!(
            r#"{{{head}"frame": "patient-lps-mm",
"levels": [{{"label": "L4/L5", "centre": [0, 0, 0], "normal": [0, 0, 1], "confidence": 1}}],
"groups": [{{"name": "axial L4/L5", {what_it_is_for}, "centre": [0, 0, 0], "row": [1, 0, 0], "column": [0, 1, 0], "slices": 5,
"thickness_mm": 4, "gap_mm": 0.4, "fov_mm": [180, 180], "matrix": [256, 256], "phase_encoding": "row"}}],
"flags": [{{"code": "low-confidence", "severity": "warning", "message": "L4/L5 is uncertain"}}]}}"#
        )
    }

    fn refusal(text: &str) -> String {
        ScanPlan::from_json(text.as_bytes()).expect_err("wrong").to_string()
    }

    #[test]
    fn version_1_says_by_role_and_name_what_a_group_is_for() {
        for head in ["", "\"format_version\": 1, "] {
            let read = ScanPlan::from_json(plan(head, r#""role": "axial-disc""#).as_bytes()).expect("version 1");
            assert_eq!(read.groups[0].target, SliceTarget::Disc(L4_L5));
            assert_eq!(read.flags[0].discs, [L4_L5]);
        }
        let unnamed = plan("", r#""role": "axial-disc""#).replace("axial L4/L5", "T2 L4/L5");
        let read = ScanPlan::from_json(unnamed.as_bytes()).expect("version 1");
        assert_eq!(read.groups[0].target, SliceTarget::Block(Vec::new()));
    }

    #[test]
    fn version_2_is_what_is_written_and_names_in_it_are_labels() {
        let text = plan("\"format_version\": 2, ", r#""target": {"disc": "L3/L4"}"#);
        let read = ScanPlan::from_json(text.as_bytes()).expect("version 2");
        assert_eq!(read.groups[0].target, SliceTarget::Disc(Disc::between(Vertebra::L3, Vertebra::L4)));
        assert_eq!(read.flags[0].discs, [], "version 2 says which discs a flag is about");
        let written = serde_json::to_value(&read).expect("JSON");
        assert_eq!((&written["format_version"], &written["groups"][0]["role"]), (&2.into(), &"axial-disc".into()));
        assert_eq!(ScanPlan::from_json(written.to_string().as_bytes()).expect("and read again"), read);
    }

    #[test]
    fn what_is_of_no_version_is_refused() {
        let other = plan("\"format_version\": 3, ", r#""target": {"disc": "L4/L5"}"#);
        assert!(refusal(&other).contains("format_version is 3; this program reads versions 1 and 2 at line 1 column"));
        let mixed = plan("", r#""target": {"disc": "L4/L5"}"#);
        assert!(refusal(&mixed).contains("group 'axial L4/L5': it has a target"), "{}", refusal(&mixed));
        let old = plan("\"format_version\": 2, ", r#""role": "axial-disc""#);
        assert!(refusal(&old).contains("group 'axial L4/L5': it has no target"), "{}", refusal(&old));
        let contradiction = plan("\"format_version\": 2, ", r#""target": {"disc": "L4/L5"}, "role": "sagittal""#);
        assert!(refusal(&contradiction).contains("contradicts"), "{}", refusal(&contradiction));
    }

    #[test]
    fn a_place_out_of_all_scanners_is_refused() {
        let right = plan("\"format_version\": 2, ", r#""target": {"disc": "L4/L5"}"#);
        let level = right.replacen("\"centre\": [0, 0, 0]", "\"centre\": [0, 1e308, 0]", 1);
        assert!(refusal(&level).contains("level L4/L5: the centre is [0.0, 1e308, 0.0] mm"), "{}", refusal(&level));
        let group = right.replacen("\"centre\": [0, 0, 0], \"row\"", "\"centre\": [0, 0, -10001], \"row\"", 1);
        assert!(refusal(&group).contains("group 'axial L4/L5': the centre is"), "{}", refusal(&group));
    }

    #[test]
    fn a_vendors_own_keys_are_not_read_and_mistakes_are_shown_in_place() {
        let head = "\"x-vendor\": {\"a\": [1, \"}\", {\"b\": null}]}, \"format_version\": 2, ";
        let text = plan(head, "\"x-id\": \"q\\\"x-,\",\n\"target\": {\"x-n\": 1, \"disc\": \"L4/L5\", \"x-m\": []}");
        let bare = plan("\"format_version\": 2, ", r#""target": {"disc": "L4/L5"}"#);
        let read = |text: &str| ScanPlan::from_json(text.as_bytes());
        assert_eq!(read(&text).expect("extensions"), read(&bare).expect("none"));
        let mistake = text.replacen("\"slices\"", "\"slice\"", 1);
        let line = mistake.lines().position(|line| line.contains("\"slice\"")).expect("there") + 1;
        assert!(refusal(&mistake).contains("unknown field `slice`"), "{}", refusal(&mistake));
        assert!(refusal(&mistake).contains(&format!("at line {line} column")), "{}", refusal(&mistake));
    }

    fn json() -> impl Strategy<Value = Value> {
        let text = "[a-z\\\\\",{}x-]{0,5}";
        let leaf = prop_oneof![Just(Value::Null), any::<i32>().prop_map(Value::from), text.prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((prop_oneof!["x-[a-z\"\\\\]{0,3}", "[a-z]{0,4}"], inner), 0..5)
                    .prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
            ]
        })
    }

    fn bare(value: Value) -> Value {
        match value {
            Value::Array(items) => items.into_iter().map(bare).collect(),
            Value::Object(members) => {
                let own = members.into_iter().filter(|(key, _)| !key.starts_with("x-"));
                Value::Object(own.map(|(key, value)| (key, bare(value))).collect())
            }
            leaf => leaf,
        }
    }

    proptest! {
        #[test]
        fn extensions_are_left_out_wherever_they_stand(value in json(), is_pretty in any::<bool>()) {
            let text = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.expect("JSON");
            let without = without_extensions(text.as_bytes());
            prop_assert_eq!(without.len(), text.len());
            prop_assert_eq!(serde_json::from_slice::<Value>(&without).expect("still JSON"), bare(value));
        }

        #[test]
        fn any_text_is_survived(text in "[x\\-\"{}\\[\\],:\\\\ 1]{0,30}") {
            prop_assert_eq!(without_extensions(text.as_bytes()).len(), text.len());
        }
    }
}
