// Package wiring is how the constructs tell the functions what they are connected to.
//
// Each function has one struct of settings: [Extract], [Apply], [Changes], [Query], [Authorize], [Catalogue],
// [Upgrade], [FlinkStart]. The constructs fill it and hand its Env method's map to the function; the function reads it
// back with [FromEnv] when it starts, and says every missing or wrong name at once. What a custom resource asks of a
// function is one too, [Credentials] and [Bucket], and so is what an application of Apache Flink is told, [Flink]. So a
// name is written down in one place only, the field's tag or a constant here, and a setting that one side forgets does
// not compile or does not start.
//
// This is the only package that reads the process's environment. Nothing secret belongs into a setting:
// an environment variable is shown to everybody who may describe the function.
package wiring
