package access

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/test/iam"
)

// facts are what an environment holds, by its templates.
type facts struct {
	*iam.World
	settings Settings
	changes  stream
	readings table
	log      table // of the change feed; without an ARN where there is none
	rejects  bucket
	datasets []dataset // in the order of their stacks
	byARN    map[string]*assembly.Resource
}

// dataset is the stack of a dataset.
type dataset struct {
	name string
	made []stream // the streams that were made for it
	read []stream // those that are read, by the triggers
}

func factsOf(w *iam.World, s Settings) (*facts, error) {
	f := &facts{World: w, settings: s, byARN: map[string]*assembly.Resource{}}
	for r := range w.Resources("") {
		if arn := w.ARN(r); arn != "" {
			f.byARN[arn] = r
		}
	}
	for _, name := range []string{"Twin/Stream", "Twin/Table", "Twin/Rejects"} {
		if w.Find("", name) == nil {
			return nil, fmt.Errorf("access: %s has no %s", w.Environment, name)
		}
	}
	f.changes = f.stream(w.ARN(w.Find("", "Twin/Stream")))
	t := w.Find("", "Twin/Table")
	f.readings = table{w.ARN(t), w.Text(t, "SSESpecification", "KMSMasterKeyId")}
	if l := w.Find("", "Twin/FeedLog"); l != nil {
		f.log = table{w.ARN(l), w.Text(l, "SSESpecification", "KMSMasterKeyId")}
	}
	b := w.Find("", "Twin/Rejects")
	rule := b.Get("BucketEncryption",
		"ServerSideEncryptionConfiguration").([]any)[0].(map[string]any)["ServerSideEncryptionByDefault"].(map[string]any)
	f.rejects = bucket{w.ARN(b), b.Stack.Resolve(rule["KMSMasterKeyID"], w)}
	for r := range w.Resources("Custom::DigitalTwinDataset") {
		if err := f.addDataset(r); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// stream is a stream of the environment, or of somebody else.
func (f *facts) stream(arn string) stream {
	if r := f.byARN[arn]; r != nil {
		return stream{arn, f.Text(r, "StreamEncryption", "KeyId")}
	}
	for _, d := range f.settings.Datasets {
		if d.SourceArn == arn {
			return stream{arn, d.SourceKeyArn}
		}
	}
	return stream{arn: arn}
}

func (f *facts) addDataset(entry *assembly.Resource) error {
	var named struct{ Name string }
	if err := json.Unmarshal([]byte(f.Text(entry, "Dataset")), &named); err != nil {
		return fmt.Errorf("access: %s: %w", entry.Path, err)
	}
	d := dataset{name: named.Name}
	for _, r := range f.in(d.name, "AWS::Kinesis::Stream") {
		d.made = append(d.made, f.stream(f.ARN(r)))
	}
	for _, r := range f.in(d.name, "AWS::Lambda::EventSourceMapping") {
		source := f.Text(r, "EventSourceArn")
		if strings.Contains(source, ":kinesis:") {
			d.read = append(d.read, f.stream(strings.Split(source, "/consumer/")[0]))
		}
	}
	f.datasets = append(f.datasets, d)
	return nil
}

// in are the resources of a type in the stack of a dataset, or of the core.
func (f *facts) in(dataset, kind string) (found []*assembly.Resource) {
	stack := "DigitalTwin-" + f.Environment
	if dataset != "" {
		stack += "-" + strings.ReplaceAll(dataset, "_", "-")
	}
	for r := range f.Resources(kind) {
		if r.Stack.Name == stack {
			found = append(found, r)
		}
	}
	return found
}

// function is the role of a function in the stack of a dataset or of the core; nil if there is none.
func (f *facts) function(dataset, name string) *iam.Role {
	if r := f.Find(dataset, name+"/Role"); r != nil {
		return f.Roles[f.ARN(r)]
	}
	return nil
}

// ref is what Ref of a resource of the core gives, "" where there is none.
func (f *facts) ref(name string) string {
	if r := f.Find("", name); r != nil {
		return f.Resource(r, "")
	}
	return ""
}

// rights are the statements of a managed policy.
func (f *facts) rights(dataset, name string) []*iam.Statement {
	if r := f.Find(dataset, name); r != nil {
		return f.Policies[f.ARN(r)]
	}
	return nil
}
