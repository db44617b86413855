package rehearsal

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// dropped is what forgetful writes into its log of every event.
const dropped = "an event was dropped"

// forgetful is a function that says that it is done with every event, and does nothing.
const forgetful = `package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
)

type handler struct{}

func (handler) Invoke(context.Context, []byte) ([]byte, error) {
	fmt.Println("` + dropped + `")
	return []byte("{\"batchItemFailures\":[]}"), nil
}

func main() { lambda.Start(handler{}) }
`

// breakFunction puts forgetful in the place of a function of a stack.
func (d *deployment) breakFunction(ctx context.Context, stack, logical string) error {
	name, err := d.resource(ctx, stack, "AWS::Lambda::Function", logical)
	if err != nil {
		return err
	}
	code, err := d.compileForgetful(ctx)
	if err == nil {
		code, err = pack(code)
	}
	if err != nil {
		return err
	}
	client := lambda.NewFromConfig(d.config())
	if _, err := client.UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &name,
		ZipFile: code}); err != nil {
		return err
	}
	return lambda.NewFunctionUpdatedV2Waiter(client).Wait(ctx, &lambda.GetFunctionInput{FunctionName: &name}, time.Minute)
}

// compileForgetful compiles it in the checkout, which has what it imports.
func (d *deployment) compileForgetful(ctx context.Context) ([]byte, error) {
	folder := filepath.Join(d.dir, "functions", "forgetful")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, "main.go"), []byte(forgetful), 0o644); err != nil {
		return nil, err
	}
	binary := filepath.Join(d.dir, "dist", "forgetful")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags=lambda.norpc", "-ldflags=-s -w", "-o", binary,
		"./functions/forgetful")
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return os.ReadFile(binary)
}

// pack makes the zip file of a binary that AWS Lambda takes.
func pack(code []byte) ([]byte, error) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(code); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
