//! Activations surrounded by zeros.

use ndarray::Array3;
use rayon::prelude::*;
use vnet_kernels::Activation;

/// Activations `[slice, row, column, channel]` with a margin of zeros that a kernel may read.
pub(super) struct Padded<T> {
    /// Slices, rows, columns, without the margin.
    pub extent: [usize; 3],
    /// Voxels of margin on either side.
    pub margin: [usize; 3],
    pub channels: usize,
    pub values: Vec<T>,
}

/// Which channels of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channels {
    All,
    /// The first half.
    First,
    /// The second half.
    Second,
}

impl Channels {
    /// The first channel and how many.
    pub fn of(self, channels: usize) -> (usize, usize) {
        match self {
            Self::All => (0, channels),
            Self::First => (0, channels / 2),
            Self::Second => (channels / 2, channels / 2),
        }
    }
}

/// Some channels of a buffer.
#[derive(Clone, Copy)]
pub(super) struct View<'a, T> {
    pub buffer: &'a Padded<T>,
    /// First channel.
    pub first: usize,
}

impl<'a, T: Activation> View<'a, T> {
    /// A line's values from its first voxel on, and the offset from voxel to voxel.
    pub fn line(&self, slice: usize, row: usize) -> (&'a [T], usize) {
        (&self.buffer.values[self.buffer.voxel(slice, row, 0) + self.first..], self.buffer.channels)
    }
}

impl<T: Activation> Padded<T> {
    /// Zeros in the margin and anything inside, in the memory of an earlier buffer if that is large enough: new pages from
    /// the system cost more than filling old ones.
    pub fn new(extent: [usize; 3], margin: [usize; 3], channels: usize, earlier: Option<Self>) -> Self {
        let count = (0..3).map(|axis| extent[axis] + 2 * margin[axis]).product::<usize>() * channels;
        let mut values = earlier.map(|earlier| earlier.values).unwrap_or_default();
        if values.capacity() < count {
            // Freed first: growing would copy values that nobody needs.
            drop(values);
            values = Vec::with_capacity(count);
        }
        values.resize(count, T::default());
        let mut padded = Self { extent, margin, channels, values };
        padded.clear_margin();
        padded
    }

    fn clear_margin(&mut self) {
        let ([slices, rows, columns], margin, channels) = (self.extent, self.margin, self.channels);
        let (line_values, padded_rows) = (self.line_values(), rows + 2 * margin[1]);
        let before = margin[2] * channels;
        self.values.par_chunks_mut(line_values.max(1)).enumerate().for_each(|(line, values)| {
            let (slice, row) = (line / padded_rows, line % padded_rows);
            if (margin[0]..margin[0] + slices).contains(&slice) && (margin[1]..margin[1] + rows).contains(&row) {
                values[..before].fill(T::default());
                values[before + columns * channels..].fill(T::default());
            } else {
                values.fill(T::default());
            }
        });
    }

    /// Some channels of the buffer.
    pub fn view(&self, channels: Channels) -> View<'_, T> {
        View { buffer: self, first: channels.of(self.channels).0 }
    }

    /// Values of a padded line.
    pub fn line_values(&self) -> usize {
        (self.extent[2] + 2 * self.margin[2]) * self.channels
    }

    /// Number of the padded line of a row of a slice.
    pub fn line(&self, slice: usize, row: usize) -> usize {
        (slice + self.margin[0]) * (self.extent[1] + 2 * self.margin[1]) + row + self.margin[1]
    }

    /// Index of a voxel's first value.
    pub fn voxel(&self, slice: usize, row: usize, column: usize) -> usize {
        self.line(slice, row) * self.line_values() + (column + self.margin[2]) * self.channels
    }

    /// Offset from a voxel to another one, in values.
    pub fn offset(&self, [slices, rows, columns]: [isize; 3]) -> isize {
        let lines = slices * (self.extent[1] + 2 * self.margin[1]) as isize + rows;
        lines * self.line_values() as isize + columns * self.channels as isize
    }

    /// Calls `each` in parallel with slice, row and values of every line, margins left out.
    pub fn par_lines(&mut self, each: impl Fn(usize, usize, &mut [T]) + Sync + Send) {
        self.par_lines_init(|| (), |(), slice, row, values| each(slice, row, values));
    }

    /// The same with a state per task, from `init`.
    pub fn par_lines_init<S>(
        &mut self,
        init: impl Fn() -> S + Sync + Send,
        each: impl Fn(&mut S, usize, usize, &mut [T]) + Sync + Send,
    ) {
        let ([slices, rows, columns], margin, channels) = (self.extent, self.margin, self.channels);
        let (line_values, padded_rows) = (self.line_values(), rows + 2 * margin[1]);
        self.values.par_chunks_mut(line_values.max(1)).enumerate().for_each_init(init, |state, (line, values)| {
            let (slice, row) = (line / padded_rows, line % padded_rows);
            if (margin[0]..margin[0] + slices).contains(&slice) && (margin[1]..margin[1] + rows).contains(&row) {
                let inside = &mut values[margin[2] * channels..][..columns * channels];
                each(state, slice - margin[0], row - margin[1], inside);
            }
        });
    }

    /// Copies an image of one channel.
    pub fn fill(&mut self, image: &Array3<f32>) {
        self.par_lines(|slice, row, values| {
            for (column, value) in values.iter_mut().enumerate() {
                *value = T::from_f32(image[[slice, row, column]]);
            }
        });
    }
}
