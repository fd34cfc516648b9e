"""What training starts from: initial weights, networks trained here, files that people bring."""
