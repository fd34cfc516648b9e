"""The families of networks that torchvision has, each trained, pruned, slimmed and exported."""
