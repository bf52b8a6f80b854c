internal import TouchmonTestSupport

// Prints the JSON Schema of action files: `make schema`.
print(ActionFileSchema.text, terminator: "")
