//! The learned numbers of a network.

use candle_core::{Device, Result, Tensor, Var};

/// One named tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its place in the network, such as `encode2.0.weight`.
    pub name: String,
    /// Its dimensions.
    pub dims: Vec<usize>,
    /// Its values, last dimension fastest.
    pub values: Vec<f32>,
}

/// All parameters of a network, in the order of its forward pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters(pub Vec<Parameter>);

impl Parameters {
    /// Number of learned values.
    pub fn count(&self) -> usize {
        self.0.iter().map(|p| p.values.len()).sum()
    }

    /// BLAKE3 over names and values, hexadecimal, so that a flipped bit is noticed.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for parameter in &self.0 {
            hasher.update(parameter.name.as_bytes());
            parameter.values.iter().for_each(|v| {
                hasher.update(&v.to_le_bytes());
            });
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The same tensors with one value everywhere.
    pub fn filled(&self, value: f32) -> Self {
        Self(self.0.iter().map(|p| Parameter { values: vec![value; p.values.len()], ..p.clone() }).collect())
    }

    /// As candle tensors on a device, which carry no gradient.
    pub fn tensors(&self, device: &Device) -> Result<Vec<Tensor>> {
        self.0.iter().map(|p| Tensor::from_slice(&p.values, p.dims.as_slice(), device)).collect()
    }

    /// As candle variables on a device, by which a loss can be differentiated.
    pub fn variables(&self, device: &Device) -> Result<Vec<Var>> {
        self.0.iter().map(|p| Var::from_slice(&p.values, p.dims.as_slice(), device)).collect()
    }
}
