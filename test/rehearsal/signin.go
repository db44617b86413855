package rehearsal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// callback is where the application takes the code with which a person comes back from signing in.
const callback = "https://map.example.com/signed-in"

// member is a person in the user pool.
type member struct{ email, password, group string }

var (
	planner  = member{"ann@example.com", "Correct-horse-7-battery", "fleet"}
	operator = member{"otto@example.com", "Correct-mule-8-battery", "operators"}
)

// invite makes a person of the user pool, as an administrator does.
func (d *deployment) invite(ctx context.Context, m member) error {
	pool, err := d.output("UserPoolId")
	if err != nil {
		return err
	}
	client := cognitoidentityprovider.NewFromConfig(d.config())
	if _, err := client.CreateGroup(ctx, &cognitoidentityprovider.CreateGroupInput{UserPoolId: &pool,
		GroupName: &m.group}); err != nil {
		return err
	}
	if _, err := client.AdminCreateUser(ctx, &cognitoidentityprovider.AdminCreateUserInput{
		UserPoolId: &pool, Username: &m.email, MessageAction: types.MessageActionTypeSuppress,
		TemporaryPassword: &m.password, // the one that the emulator would make is too short for the pool
		UserAttributes:    []types.AttributeType{{Name: aws.String("email"), Value: &m.email}},
	}); err != nil {
		return err
	}
	if _, err := client.AdminSetUserPassword(ctx, &cognitoidentityprovider.AdminSetUserPasswordInput{
		UserPoolId: &pool, Username: &m.email, Password: &m.password, Permanent: true,
	}); err != nil {
		return err
	}
	_, err = client.AdminAddUserToGroup(ctx, &cognitoidentityprovider.AdminAddUserToGroupInput{
		UserPoolId: &pool, Username: &m.email, GroupName: &m.group,
	})
	return err
}

// signIn signs a person in by the authorization code grant with PKCE, as browser and application do it, and returns who
// reads with the token. The verifier that goes with the code is wrong where it is said so.
func (d *deployment) signIn(ctx context.Context, m member, scope string, wrongVerifier bool) (*consumer, error) {
	id, err := d.output("PeopleClientId")
	if err != nil {
		return nil, err
	}
	api, err := d.output("ApiUrl")
	if err != nil {
		return nil, err
	}
	c := d.consumerOf(api)
	verifier, state := rand.Text()+rand.Text(), rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	code, err := d.code(ctx, m, url.Values{
		"response_type": {"code"}, "client_id": {id}, "redirect_uri": {callback}, "scope": {scope}, "state": {state},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}, state)
	if err != nil {
		return nil, err
	}
	if wrongVerifier {
		verifier += "x"
	}
	if c.token, err = c.exchange(ctx, d.url, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {id}, "code": {code}, "redirect_uri": {callback},
		"code_verifier": {verifier},
	}, secret{}); err != nil {
		return nil, err
	}
	c.key, err = d.peopleKey(ctx)
	return c, err
}

var field = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)

// code is what the page to sign in sends a person back with, who fills in its form.
func (d *deployment) code(ctx context.Context, m member, query url.Values, state string) (string, error) {
	browser := &http.Client{Timeout: d.client.Timeout, Transport: d.client.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	c := &consumer{client: browser, base: d.url}
	page, err := c.get(ctx, "/oauth2/authorize?"+query.Encode())
	if err != nil || page.status != http.StatusOK {
		return "", fmt.Errorf("the page to sign in: %s, %w", page, err)
	}
	form := url.Values{"username": {m.email}, "password": {m.password}}
	for _, f := range field.FindAllStringSubmatch(string(page.body), -1) {
		form.Set(f[1], html.UnescapeString(f[2]))
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := c.do(request)
	if err != nil {
		return "", err
	}
	back, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusFound || !strings.HasPrefix(back.String(), callback+"?") ||
		back.Query().Get("state") != state {
		return "", fmt.Errorf("signing in: %s, to %s, %w", a, back, err)
	}
	return back.Query().Get("code"), nil
}

// peopleKey is the key of the application.
func (d *deployment) peopleKey(ctx context.Context) (string, error) {
	id, err := d.output("PeopleApiKeyId")
	if err != nil {
		return "", err
	}
	out, err := apigateway.NewFromConfig(d.config()).GetApiKey(ctx,
		&apigateway.GetApiKeyInput{ApiKey: &id, IncludeValue: aws.Bool(true)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Value), nil
}
