"""What all experiments on images share: fields, dense networks, what their training says."""
