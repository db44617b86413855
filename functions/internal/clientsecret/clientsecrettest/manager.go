// Package clientsecrettest is AWS Secrets Manager for tests, as far as versions of secrets and their labels go.
package clientsecrettest

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/railtwin/digitaltwin/functions/internal/clientsecret"
)

// Manager holds one secret.
type Manager struct {
	ARN      string
	Versions []string          // their contents; the id of a version is its number
	Labels   map[string]string // ids of versions, by label
	Before   func(action string) error
	After    func(action string) error // the action has been done, and its answer may get lost
}

// New returns a manager whose secret has no version yet.
func New(arn string) *Manager { return &Manager{ARN: arn, Labels: map[string]string{}} }

// Current is the current version; the zero value where there is none.
func (m *Manager) Current() (v clientsecret.Value) {
	if id, ok := m.Labels["AWSCURRENT"]; ok {
		n, _ := strconv.Atoi(id)
		_ = json.Unmarshal([]byte(m.Versions[n]), &v)
	}
	return v
}

// Put makes v the current version.
func (m *Manager) Put(v clientsecret.Value) {
	text, _ := json.Marshal(v)
	m.Versions = append(m.Versions, string(text))
	m.Labels["AWSCURRENT"] = strconv.Itoa(len(m.Versions) - 1)
}

func (m *Manager) called(hook func(string) error, action string) error {
	if hook == nil {
		return nil
	}
	return hook(action)
}

// GetSecretValue returns the current version.
func (m *Manager) GetSecretValue(_ context.Context, in *secretsmanager.GetSecretValueInput,
	_ ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	if err := m.called(m.Before, "GetSecretValue"); err != nil {
		return nil, err
	}
	id, ok := m.Labels["AWSCURRENT"]
	if !ok || *in.SecretId != m.ARN {
		return nil, &types.ResourceNotFoundException{}
	}
	n, err := strconv.Atoi(id)
	return &secretsmanager.GetSecretValueOutput{VersionId: &id, SecretString: &m.Versions[n]}, err
}

// PutSecretValue adds a version with the labels, by default AWSCURRENT.
func (m *Manager) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput,
	_ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	if err := m.called(m.Before, "PutSecretValue"); err != nil {
		return nil, err
	}
	if *in.SecretId != m.ARN {
		return nil, &types.ResourceNotFoundException{}
	}
	m.Versions = append(m.Versions, *in.SecretString)
	id, labels := strconv.Itoa(len(m.Versions)-1), in.VersionStages
	if labels == nil {
		labels = []string{"AWSCURRENT"}
	}
	for _, label := range labels {
		m.Labels[label] = id
	}
	return &secretsmanager.PutSecretValueOutput{VersionId: &id}, m.called(m.After, "PutSecretValue")
}

// UpdateSecretVersionStage moves a label from the version that has it.
func (m *Manager) UpdateSecretVersionStage(_ context.Context, in *secretsmanager.UpdateSecretVersionStageInput,
	_ ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error) {
	if err := m.called(m.Before, "UpdateSecretVersionStage"); err != nil {
		return nil, err
	}
	if m.Labels[*in.VersionStage] != aws.ToString(in.RemoveFromVersionId) {
		return nil, errors.New("InvalidParameterException: the staging label is attached to another version")
	}
	m.Labels[*in.VersionStage] = *in.MoveToVersionId
	return &secretsmanager.UpdateSecretVersionStageOutput{}, m.called(m.After, "UpdateSecretVersionStage")
}
