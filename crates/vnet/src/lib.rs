//! The V-Net: network, 3-D kernels, training and inference.
