//! E-cabinet: paperless meetings and signed official documents.
