package wiring

// AWS is what AWS Lambda itself sets in the environment of every function.
type AWS struct {
	Region          string `env:"AWS_REGION"`
	AccessKeyID     string `env:"AWS_ACCESS_KEY_ID"`
	SecretAccessKey string `env:"AWS_SECRET_ACCESS_KEY"`
	SessionToken    string `env:"AWS_SESSION_TOKEN,optional"`
	EndpointURL     string `env:"AWS_ENDPOINT_URL,optional"`                // of an emulator
	Function        string `env:"AWS_LAMBDA_FUNCTION_NAME,optional"`        // its own name
	TraceDaemon     string `env:"AWS_XRAY_DAEMON_ADDRESS,optional"`         // where AWS X-Ray listens
	MemoryMB        string `env:"AWS_LAMBDA_FUNCTION_MEMORY_SIZE,optional"` // that the function has
}

// Env returns the environment variables that carry a, for a function that runs elsewhere.
func (a AWS) Env() map[string]string { return env(a) }
