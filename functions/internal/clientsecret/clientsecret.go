// Package clientsecret is what lies in the secret of a client: all that the client needs to read the API, as JSON. The
// deployment writes it and the rotation replaces a part of it. Nothing here appears in an error or a log.
package clientsecret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// Value is the content of a secret.
type Value struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	SecretID     string `json:"secretId,omitempty"` // of ClientSecret in Amazon Cognito; empty for the client's first one
	TokenURL     string `json:"tokenUrl"`
	Scope        string `json:"scope"`
	APIURL       string `json:"apiUrl"`
	APIKey       string `json:"apiKey,omitempty"`
}

// Store is the part of the client of AWS Secrets Manager that is used.
type Store interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput,
		...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput,
		...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
	UpdateSecretVersionStage(context.Context, *secretsmanager.UpdateSecretVersionStageInput,
		...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error)
}

// Read returns the current version of a secret with its id, which is empty where there is none. A version may be empty,
// too: somebody took out what was in it, or an emulator makes a new secret with one.
func Read(ctx context.Context, s Store, secret string) (v Value, version string, err error) {
	out, err := s.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &secret})
	if _, none := errors.AsType[*types.ResourceNotFoundException](err); none {
		return v, "", nil
	}
	if err != nil {
		return v, "", fmt.Errorf("reading the secret: %w", err)
	}
	if aws.ToString(out.SecretString) == "" && len(out.SecretBinary) == 0 {
		return v, aws.ToString(out.VersionId), nil
	}
	// The error of the decoder could quote the secret.
	if json.Unmarshal([]byte(aws.ToString(out.SecretString)), &v) != nil || v.ClientID == "" {
		return Value{}, "", errors.New("reading the secret: it is not the JSON object that a deployment writes")
	}
	return v, aws.ToString(out.VersionId), nil
}

// The staging labels of a version that is current, and of one that is to become it.
const current, pending = "AWSCURRENT", "AWSPENDING"

// Replace makes v the current version of a secret in the place of another one, which is empty where there is none. It
// fails where another version has become current meanwhile: whoever wrote that has seen more.
func Replace(ctx context.Context, s Store, secret, version string, v Value) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	in := &secretsmanager.PutSecretValueInput{SecretId: &secret, SecretString: aws.String(string(text))}
	if version != "" {
		in.VersionStages = []string{pending}
	}
	out, err := s.PutSecretValue(ctx, in)
	if err == nil && version != "" {
		_, err = s.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
			SecretId: &secret, VersionStage: aws.String(current), MoveToVersionId: out.VersionId, RemoveFromVersionId: &version,
		})
	}
	if err != nil {
		return fmt.Errorf("writing the secret: %w", err)
	}
	return nil
}
