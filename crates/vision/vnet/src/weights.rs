//! The weights file: safetensors with metadata that describe network, images and labels.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use crate::image_contract::ImageContract;
use crate::network_shape::NetworkShape;
use crate::parameters::{Parameter, Parameters};

/// Version of the file's layout.
pub const FORMAT_VERSION: u32 = 1;
/// Name of the weights inside a model's folder.
pub const FILE_NAME: &str = "weights.safetensors";
/// Metadata entry with the hash of the entries "network" and "image".
const READING_HASH: &str = "blake3-reading";

/// Where weights come from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Provenance {
    /// Optimizer steps taken.
    pub steps: u64,
    /// BLAKE3 of the training configuration.
    pub config_hash: String,
    /// Commit of the program that trained.
    pub commit: String,
}

/// Everything a weights file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Shape of the network.
    pub network: NetworkShape,
    /// What the network expects of an image.
    pub image: ImageContract,
    /// Where the weights come from.
    pub provenance: Provenance,
    /// The learned parameters.
    pub parameters: Parameters,
}

/// Why a weights file was refused or could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// Not a complete safetensors file, or one whose hashes do not match.
    #[error("{path}: damaged or truncated: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A metadata entry is missing, malformed or not what was expected.
    #[error("{path}: metadata '{key}': {reason}")]
    Metadata {
        /// The file.
        path: PathBuf,
        /// The entry.
        key: &'static str,
        /// What was found and expected.
        reason: String,
    },
    /// Tensors do not fit the network's shape.
    #[error("{path}: wrong architecture: {reason}")]
    Architecture {
        /// The file.
        path: PathBuf,
        /// What was found and expected.
        reason: String,
    },
}

/// The weights file of a folder, or the file itself.
pub fn file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(FILE_NAME) } else { path.to_path_buf() }
}

impl Weights {
    /// Writes the file under a temporary name and renames it.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        let text = |value: serde_json::Result<String>| value.expect("plain data have a JSON form");
        let network = text(serde_json::to_string(&self.network));
        let image = text(serde_json::to_string(&self.image));
        let metadata = HashMap::from([
            ("format-version".to_owned(), FORMAT_VERSION.to_string()),
            ("labels".to_owned(), text(serde_json::to_string(&self.image.class_names(self.network.classes)))),
            ("provenance".to_owned(), text(serde_json::to_string(&self.provenance))),
            ("blake3".to_owned(), self.parameters.digest()),
            (READING_HASH.to_owned(), reading_digest(&network, &image)),
            ("network".to_owned(), network),
            ("image".to_owned(), image),
        ]);
        write(path, &self.parameters.0, metadata)
    }

    /// Reads and checks a file from its bytes; `path` only names it in errors.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Self, ModelError> {
        let (parameters, metadata) = read(bytes, path)?;
        let entry = |key: &'static str| {
            metadata.get(key).ok_or_else(|| ModelError::Metadata { path: path.into(), key, reason: "missing".into() })
        };
        let version = entry("format-version")?;
        if *version != FORMAT_VERSION.to_string() {
            let reason = format!("found {version}, expected {FORMAT_VERSION}");
            return Err(ModelError::Metadata { path: path.into(), key: "format-version", reason });
        }
        let (network, image) = (entry("network")?, entry("image")?);
        let damaged = |reason: &str| ModelError::Damaged { path: path.into(), reason: reason.into() };
        // Older files have no such hash.
        if metadata.get(READING_HASH).is_some_and(|hash| *hash != reading_digest(network, image)) {
            return Err(damaged("the entries 'network' and 'image' do not match their hash"));
        }
        let mut weights = Self {
            network: parse(network, "network", path)?,
            image: parse(image, "image", path)?,
            provenance: parse(entry("provenance")?, "provenance", path)?,
            parameters,
        };
        let labels = weights.check_shape(path)?;
        let found: Vec<String> = parse(entry("labels")?, "labels", path)?;
        if found != labels {
            let reason = format!("found {found:?}, expected {labels:?}");
            return Err(ModelError::Metadata { path: path.into(), key: "labels", reason });
        }
        weights.parameters = in_order(&weights.network, weights.parameters);
        weights.check(path)?;
        if *entry("blake3")? != weights.parameters.digest() {
            return Err(damaged("the values do not match their hash"));
        }
        Ok(weights)
    }

    /// Refuses parameters that are not the network's, and whatever [`Self::check_shape`] refuses; `path` only names the
    /// weights in errors.
    pub(crate) fn check(&self, path: &Path) -> Result<(), ModelError> {
        self.check_shape(path)?;
        let mismatch = self.network.mismatch(&self.parameters);
        mismatch.map_or(Ok(()), |reason| Err(ModelError::Architecture { path: path.into(), reason }))
    }

    /// The classes' names; refuses a network or contract that is invalid, and a pair that does not fit together.
    fn check_shape(&self, path: &Path) -> Result<Vec<&'static str>, ModelError> {
        if let Some(reason) = self.image.fault() {
            return Err(ModelError::Metadata { path: path.into(), key: "image", reason });
        }
        let wrong = |reason| ModelError::Architecture { path: path.into(), reason };
        if let Some(reason) = self.network.fault() {
            return Err(wrong(reason));
        }
        let (found, needed) = (self.image.multiple, self.network.multiple());
        if (0..3).any(|axis| !found[axis].is_multiple_of(needed[axis])) {
            return Err(wrong(format!(
                "images are padded to multiples of {found:?}, expected multiples of {needed:?}"
            )));
        }
        let labels = self.image.class_names(self.network.classes);
        labels.ok_or_else(|| {
            wrong(format!("no network for {} slices has {} classes", self.image.plane, self.network.classes))
        })
    }
}

/// BLAKE3 of everything besides the parameters that decides how an image is read: the entries "network" and "image".
fn reading_digest(network: &str, image: &str) -> String {
    blake3::hash(format!("{network}\n{image}").as_bytes()).to_hex().to_string()
}

fn parse<T: serde::de::DeserializeOwned>(text: &str, key: &'static str, path: &Path) -> Result<T, ModelError> {
    serde_json::from_str(text).map_err(|e| ModelError::Metadata { path: path.into(), key, reason: e.to_string() })
}

/// Safetensors sorts tensors by name; the network has them in the order of its forward pass.
fn in_order(network: &NetworkShape, parameters: Parameters) -> Parameters {
    let position: HashMap<String, usize> =
        network.layout().into_iter().enumerate().map(|(number, (name, _))| (name, number)).collect();
    let mut list = parameters.0;
    list.sort_by_key(|p| position.get(&p.name).copied().unwrap_or(usize::MAX));
    Parameters(list)
}

/// Writes named f32 tensors with metadata to a temporary file, then renames it.
///
/// # Errors
/// [`ModelError::Io`].
pub fn write(path: &Path, parameters: &[Parameter], metadata: HashMap<String, String>) -> Result<(), ModelError> {
    let io = |source| ModelError::Io { path: path.into(), source };
    let bytes: Vec<Vec<u8>> =
        parameters.iter().map(|p| p.values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let views = parameters.iter().zip(&bytes).map(|(p, bytes)| {
        let view = TensorView::new(Dtype::F32, p.dims.clone(), bytes).expect("the bytes are those of the dimensions");
        (p.name.as_str(), view)
    });
    let whole = safetensors::serialize(views, Some(metadata)).map_err(|e| io(std::io::Error::other(e)))?;
    let temporary = path.with_extension("tmp");
    let written = std::fs::write(&temporary, header_by_name(whole)).and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|error| {
        // No partial file is left; the error reported is that of writing.
        drop(std::fs::remove_file(&temporary));
        io(error)
    })
}

/// The same file with the header's entries sorted by name: safetensors writes metadata in a hash map's order, which differs
/// from run to run.
fn header_by_name(mut file: Vec<u8>) -> Vec<u8> {
    let (length, rest) = file.split_first_chunk_mut::<8>().expect("a file begins with its header's length");
    let header = &mut rest[..u64::from_le_bytes(*length) as usize];
    let entries: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        serde_json::from_slice(header).expect("a header is JSON, its entries are objects");
    let text = serde_json::to_vec(&entries).expect("what was JSON has a JSON form");
    // Sorting does not change the length; the rest of the header is padding.
    header.fill(b' ');
    header[..text.len()].copy_from_slice(&text);
    file
}

/// Reads named f32 tensors and metadata from a file's bytes; `path` only names it in errors.
///
/// # Errors
/// [`ModelError::Damaged`] if the bytes are no safetensors file or hold anything but finite f32.
pub fn read(bytes: &[u8], path: &Path) -> Result<(Parameters, HashMap<String, String>), ModelError> {
    let damaged = |reason: String| ModelError::Damaged { path: path.into(), reason };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| damaged(e.to_string()))?;
    let metadata = header.metadata().clone().unwrap_or_default();
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| damaged(e.to_string()))?;
    let mut parameters = Vec::new();
    for (name, view) in tensors.tensors() {
        if view.dtype() != Dtype::F32 {
            return Err(damaged(format!("tensor {name} holds {:?}, expected F32", view.dtype())));
        }
        let values: Vec<f32> =
            view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        if values.iter().any(|v| !v.is_finite()) {
            return Err(damaged(format!("tensor {name} holds values that are not finite")));
        }
        parameters.push(Parameter { name, dims: view.shape().to_vec(), values });
    }
    Ok((Parameters(parameters), metadata))
}

#[cfg(test)]
mod tests {
    use geometry::{Orientation, Structure};

    use super::*;

    fn weights() -> Weights {
        let network = NetworkShape::default();
        let parameters = network.initial(randomness::Stream::from_seed(1));
        Weights { network, image: ImageContract::default(), provenance: Provenance::default(), parameters }
    }

    fn bytes_of(weights: &Weights) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(FILE_NAME);
        weights.save(&path).expect("written");
        std::fs::read(path).expect("read")
    }

    #[test]
    fn saved_weights_load_unchanged() {
        let weights = weights();
        assert_eq!(Weights::from_bytes(&bytes_of(&weights), Path::new("w")).expect("whole"), weights);
    }

    #[test]
    fn saving_gives_the_same_bytes_every_time() {
        let weights = weights();
        let once = bytes_of(&weights);
        assert!((0..8).all(|_| bytes_of(&weights) == once));
    }

    #[test]
    fn only_sagittal_networks_have_a_cortex_class() {
        let mut weights = weights();
        weights.network.classes = Structure::COUNT + 1;
        weights.parameters = weights.network.initial(randomness::Stream::from_seed(1));
        assert_eq!(Weights::from_bytes(&bytes_of(&weights), Path::new("w")).expect("whole"), weights);
        weights.image.plane = Orientation::Coronal;
        let refused = Weights::from_bytes(&bytes_of(&weights), Path::new("w")).expect_err("refused").to_string();
        assert!(refused.contains("6 classes"), "{refused}");
    }

    #[test]
    fn damage_truncation_and_a_wrong_architecture_are_refused() {
        let weights = weights();
        let good = bytes_of(&weights);
        let refusal = |bytes: &[u8]| Weights::from_bytes(bytes, Path::new("w")).expect_err("refused").to_string();
        assert!(refusal(&good[..good.len() - 10]).contains("truncated"));
        let mut flipped = good.clone();
        let middle = good.len() / 2;
        flipped[middle] ^= 1;
        assert!(refusal(&flipped).contains("hash"));
        let step = b"step-mm\\\":4.4";
        let at = good.windows(step.len()).position(|w| w == step).expect("the contract is in the header");
        let mut coarser = good.clone();
        coarser[at + step.len() - 3] = b'5';
        assert!(refusal(&coarser).contains("do not match their hash"));
        let mut other = weights.clone();
        other.network.levels[1].width = 24;
        assert!(refusal(&bytes_of(&other)).contains("architecture"));
        assert!(refusal(b"not a model").contains("damaged"));
    }

    #[test]
    fn another_label_set_is_refused() {
        let good = bytes_of(&weights());
        let find = b"vertebra";
        let at = good.windows(find.len()).position(|w| w == find).expect("labels are in the header");
        let mut other = good;
        other[at..at + find.len()].copy_from_slice(b"vertexes");
        assert!(Weights::from_bytes(&other, Path::new("w")).expect_err("refused").to_string().contains("labels"));
    }
}
