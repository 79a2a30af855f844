package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"beichen/internal/client"
	"beichen/internal/fault"
)

// ClientOptions say whose API a command asks: that of the workspace in a folder, or
// a server's, one of the two.
type ClientOptions struct {
	Options        // Dir, or
	Server  string // https://beichen.example.com
	Key     string // an API key of that server
	Program string // this program's version

	Language fault.Language
}

// answerWithin bounds an answer: the server gives a question two minutes.
const answerWithin = 3 * time.Minute

// OpenClient opens the API of a workspace or of a server. A folder that a server
// runs on is asked by way of that server, with all rights; another is opened, and
// owned by this process until the function that comes with the client closes it.
func OpenClient(ctx context.Context, o ClientOptions) (*client.Client, func() error, error) {
	switch {
	case (o.Dir == "") == (o.Server == ""):
		return nil, nil, fault.New(fault.Invalid, "client.where")
	case o.Server != "" && o.Key == "":
		return nil, nil, fault.New(fault.Invalid, "ledger.no-key")
	case o.Server != "":
		return &client.Client{HTTP: &http.Client{Timeout: answerWithin}, Server: o.Server, Key: o.Key, Language: o.Language}, nothing, nil
	}
	if err := isWorkspace(o.Dir); err != nil {
		return nil, nil, err
	}
	answered, err := askRunning(ctx, o.Dir, http.MethodGet, "/api/v1/workspace", o.Language)
	if errors.Is(err, errNotRunning) {
		return openFolder(ctx, o)
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := announced(o.Dir)
	if err = errors.Join(err, answered.Close()); err != nil {
		return nil, nil, err
	}
	return &client.Client{
		HTTP: &http.Client{Transport: direct(), Timeout: answerWithin}, Server: r.URL, Key: r.Secret, Language: o.Language,
	}, nothing, nil
}

func nothing() error { return nil }

// openFolder opens the workspace in this process and asks it here.
func openFolder(ctx context.Context, o ClientOptions) (*client.Client, func() error, error) {
	w, err := Open(ctx, o.Options)
	if err != nil {
		return nil, nil, err
	}
	secret := newLocalSecret()
	api := w.surface(Serving{Version: o.Program}, secret)
	closing := func() error {
		api.Close()
		return w.Close()
	}
	return &client.Client{HTTP: client.Within(api), Server: client.Here, Key: secret, Language: o.Language}, closing, nil
}
