package client

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
)

// Here is the address of an API in this process. It is a loopback one: who is in
// the process is on the machine.
const Here = "http://localhost"

// Within gives the HTTP client of an API in this process: requests are handed to
// its handler, on the goroutine that asks.
func Within(api http.Handler) *http.Client { return &http.Client{Transport: handled{api}} }

type handled struct{ http.Handler }

// RoundTrip lets the handler answer, whole, before it returns.
func (h handled) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context()) // a RoundTripper leaves the request as it is
	r.RequestURI = r.URL.RequestURI()
	r.Host = r.URL.Host
	if r.Body == nil {
		r.Body = http.NoBody
	}
	defer r.Body.Close()
	answer := &answer{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(answer, r)
	return &http.Response{
		Status: strconv.Itoa(answer.status) + " " + http.StatusText(answer.status), StatusCode: answer.status,
		Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: answer.header, Body: io.NopCloser(&answer.body), ContentLength: int64(answer.body.Len()), Request: r,
	}, nil
}

// answer takes what a handler writes.
type answer struct {
	header http.Header
	status int
	begun  bool
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.begun {
		a.status, a.begun = status, true
	}
}

func (a *answer) Write(text []byte) (int, error) {
	a.begun = true
	return a.body.Write(text)
}
