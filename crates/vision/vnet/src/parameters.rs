//! The learned parameters of a network.

/// One named tensor of learned values.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, such as `encode2.0.weight`.
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

    /// BLAKE3 over names and values, hexadecimal: a single changed bit changes it.
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

    /// Tensors of the same names and dimensions, filled with one value.
    pub fn filled(&self, value: f32) -> Self {
        Self(self.0.iter().map(|p| Parameter { values: vec![value; p.values.len()], ..p.clone() }).collect())
    }
}
