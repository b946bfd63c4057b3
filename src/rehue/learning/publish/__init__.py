"""From a run to what users get: the ONNX file, its card, its default colours."""
