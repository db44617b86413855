package constructs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	"github.com/railtwin/digitaltwin/constructs/internal/flinkjar"
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Assets gives functions their code.
type Assets interface {
	// Function returns the code of functions/<name>.
	Function(name string) (awslambda.Code, error)
	// Restricted returns the code of functions/<name> with rules of access beside it.
	Restricted(name string, rules []byte) (awslambda.Code, error)
	// Extractor returns the code of functions/<name> with a dataset's SQL beside it.
	Extractor(name, dataset string, sql []byte) (awslambda.Code, error)
	// FlinkExtractor returns the file of functions/extract-flink with an extractor's SQL in it, and how its
	// asset is hashed.
	FlinkExtractor(dataset string, sql []byte) (*awss3assets.AssetProps, error)
}

// Functions are the names of the functions, each a folder of functions/.
var Functions = []string{"apply", "authorize", "catalogue", "changes", "credentials", "empty", "extract", "firehose",
	"flinkstart", "follow", "inside", "objects", "operate", "query", "rotate", "upgrade"}

// module is where the functions' sources are, also when another module imports this package.
const module = "github.com/railtwin/digitaltwin"

// Architecture is what functions are built for.
type Architecture string

// The architectures of AWS Lambda, as Go names them. Arm64 is the cheaper one and the default.
const (
	Arm64 Architecture = "arm64"
	Amd64 Architecture = "amd64"
)

// ReadArchitecture returns the architecture that the app's context "arch" names (cdk deploy -c arch=amd64),
// by default Arm64.
func ReadArchitecture(app awscdk.App) (Architecture, error) {
	switch v := app.Node().TryGetContext(str("arch")); v {
	case nil, string(Arm64):
		return Arm64, nil
	case string(Amd64):
		return Amd64, nil
	default:
		return "", fmt.Errorf(`constructs: the context "arch" is %q: want %s or %s`, fmt.Sprint(v), Arm64, Amd64)
	}
}

// Build compiles every function into out/<architecture>/<name>/bootstrap and returns them as [Assets].
// The builds are reproducible: the same sources and toolchain give the same bytes in every folder, so a
// deployment changes only the functions that changed. What out holds already of the same sources is not linked again.
//
// It runs the go command in the folder of this module, which may lie in the module cache. It is meant
// for main, before the app is synthesized: an error is an ordinary error with the compiler's words.
func Build(out string, arch Architecture) (Assets, error) {
	abs, err := filepath.Abs(filepath.Join(out, string(arch)))
	if err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	dir, err := goCommand("", nil, "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(abs, 0o755); err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	fresh, err := os.MkdirTemp(abs, "build-")
	if err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	// One command for all: the functions share most of what is compiled, and are linked side by side. It knows by the
	// build ID of a binary that lies there already whether it has to be linked again.
	args := []string{"build", "-trimpath", "-buildvcs=false", "-mod=readonly", "-tags=lambda.norpc", "-ldflags=-s -w",
		"-o", fresh + string(filepath.Separator)}
	for _, name := range Functions {
		args = append(args, "./functions/"+name)
		err := os.Link(filepath.Join(abs, name, "bootstrap"), filepath.Join(fresh, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("constructs: %w", err)
		}
	}
	if _, err := goCommand(dir, []string{"GOOS=linux", "GOARCH=" + string(arch), "CGO_ENABLED=0", "GOFLAGS="},
		args...); err != nil {
		return nil, err
	}
	for _, name := range Functions {
		folder := filepath.Join(abs, name)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, fmt.Errorf("constructs: %w", err)
		}
		if err := os.Rename(filepath.Join(fresh, name), filepath.Join(folder, "bootstrap")); err != nil {
			return nil, fmt.Errorf("constructs: %w", err)
		}
	}
	return built{abs, flinkjar.New(filepath.Join(filepath.Dir(abs), "flink"))}, nil
}

func goCommand(dir string, env []string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("constructs: %s: %w\n%s", cmd, err, stderr.Bytes())
	}
	return string(bytes.TrimSpace(out)), nil
}

// built serves dir/<name>/bootstrap.
type built struct {
	dir   string
	flink *flinkjar.Builder
}

func (b built) Function(name string) (awslambda.Code, error) {
	return b.code(filepath.Join(b.dir, name)), nil
}

func (b built) Restricted(name string, rules []byte) (awslambda.Code, error) {
	// Environments have rules of their own, and the same ones the same folder.
	folder := fmt.Sprintf("%x", sha256.Sum256(rules))[:12]
	return b.beside(name, filepath.Join("restricted", name, folder), wiring.RulesFile, rules)
}

func (b built) Extractor(name, dataset string, sql []byte) (awslambda.Code, error) {
	return b.beside(name, filepath.Join("extractors", dataset, name), wiring.SQLFile, sql)
}

// beside returns the code of a function with a file beside it, in a folder for both.
func (b built) beside(name, folder, file string, content []byte) (awslambda.Code, error) {
	folder = filepath.Join(b.dir, folder)
	if err := os.RemoveAll(folder); err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	if err := os.Link(filepath.Join(b.dir, name, "bootstrap"), filepath.Join(folder, "bootstrap")); err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, file), content, 0o644); err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	return b.code(folder), nil
}

func (b built) FlinkExtractor(dataset string, sql []byte) (*awss3assets.AssetProps, error) {
	jar, err := b.flink.Jar(dataset, sql)
	if err != nil {
		return nil, fmt.Errorf("constructs: %w", err)
	}
	return &awss3assets.AssetProps{Path: str(jar), AssetHashType: awscdk.AssetHashType_SOURCE}, nil
}

// code hashes the folder as it is: with SOURCE the hash of the output folder is the content's own.
func (b built) code(folder string) awslambda.Code {
	return awslambda.Code_FromAsset(str(folder), &awss3assets.AssetOptions{AssetHashType: awscdk.AssetHashType_SOURCE})
}

// Stub returns assets without code, for tests of templates: dir is a folder with any file in it. Their
// hashes are stable and the toolchain is not touched.
func Stub(dir string) Assets { return stub{dir} }

type stub struct{ dir string }

func (s stub) Function(name string) (awslambda.Code, error) {
	return awslambda.Code_FromAsset(str(s.dir), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_CUSTOM, AssetHash: str("stub-" + name),
	}), nil
}

func (s stub) Restricted(name string, rules []byte) (awslambda.Code, error) {
	if string(rules) == access.Open {
		return s.Function(name)
	}
	return s.Function(fmt.Sprintf("%s-%.12x", name, sha256.Sum256(rules)))
}

func (s stub) Extractor(name, dataset string, _ []byte) (awslambda.Code, error) {
	return s.Function(name + "-" + dataset)
}

func (s stub) FlinkExtractor(dataset string, _ []byte) (*awss3assets.AssetProps, error) {
	return &awss3assets.AssetProps{Path: str(s.dir), AssetHashType: awscdk.AssetHashType_CUSTOM,
		AssetHash: str("stub-flink-" + dataset)}, nil
}
