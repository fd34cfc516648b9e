"""How much information neighbouring layers share, estimated by spanning trees of samples."""
