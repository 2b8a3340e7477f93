//! DICOM, NIfTI and PNG.
