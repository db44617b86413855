package page

// vendoredFile is a file of others, below vendor.
type vendoredFile struct {
	Name    string
	Package string // of npm, with its version
	From    string // the file of the package, or how it was made from that
	Licence string
	SHA256  string
}

// vendored are all files below vendor. Each package's licence lies beside it, as NAME.LICENSE.
//
// lit-html draws what changes in the detail without building it anew, and puts texts in as text.
// world-atlas has the borders of Natural Earth, which are in the public domain.
// swiss-maps has Switzerland and its lakes of swisstopo and BFS.
// swagger-ui-dist shows the OpenAPI document: it reads OpenAPI 3.1, is kept well, and runs under the policy.
var vendored = []vendoredFile{
	{"lit-html.js", "lit-html@3.3.1", "lit-html.js", "BSD-3-Clause",
		"34ac3236b93fce62ff261d25c3039d82521f78f83bf6f77d04fec74796f1371a"},
	{"countries-50m.json", "world-atlas@2.0.2", "countries-50m.json", "ISC",
		"04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394"},
	{"switzerland.json", "swiss-maps@4.7.0", "2026/ch-combined.json, without the objects but country and lakes and " +
		"without their arcs", "BSD-3-Clause",
		"715bf302ed2dd86f1f07eddeb71e2794f404dfc8624348bc3a8ba8ecc65e07ef"},
	{"swagger-ui-bundle.js", "swagger-ui-dist@5.35.0", "swagger-ui-bundle.js", "Apache-2.0",
		"e6a898692f2d768e807c3ba4626068a69a2c5dd960dd6c76f3e4d3a3de180af2"},
	{"swagger-ui.css", "swagger-ui-dist@5.35.0", "swagger-ui.css", "Apache-2.0",
		"5ed08757e53da3e026d6cbecc61fe5d43585c9560b302d534ad56692519a273d"},
}
