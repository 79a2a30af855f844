package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"beichen/internal/client"
	"beichen/internal/fault"
)

// api answers as the API does, and shows what it was asked.
func api(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/v1/refused":
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"kind":"invalid","key":"x.wrong","title":"不對","detail":"請改正","faults":[{"path":"from","line":3,"message":"不是日期"}]}`)
	case "/api/v1/broken":
		http.Error(w, "the proxy is tired", http.StatusBadGateway)
	default:
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "{\"asked\":%q} \n", fmt.Sprintf("%s %s%s %s %s %s", r.Method, r.Host, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Accept-Language"), body))
	}
}

// both are a client of a server and one of a handler in this process.
func both(t *testing.T) map[string]*client.Client {
	server := httptest.NewServer(http.HandlerFunc(api))
	t.Cleanup(server.Close)
	return map[string]*client.Client{
		"a server":     {HTTP: server.Client(), Server: server.URL + "/", Key: "k", Language: fault.TraditionalChinese},
		"this process": {HTTP: client.Within(http.HandlerFunc(api)), Server: client.Here, Key: "k", Language: fault.TraditionalChinese},
	}
}

func TestAServerAndThisProcessAreAskedAlike(t *testing.T) {
	for where, c := range both(t) {
		u, err := url.Parse(c.Server)
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Get(t.Context(), "/journeys/茶", url.Values{"from": {"a b"}})
		if want := `{"asked":"GET ` + u.Host + `/api/v1/journeys/%E8%8C%B6?from=a+b Bearer k zh-Hant "}`; err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", where, got, err, want)
		}
		got, err = c.Post(t.Context(), "/measure", map[string]int{"n": 1})
		if want := `{"asked":"POST ` + u.Host + `/api/v1/measure Bearer k zh-Hant {\"n\":1}"}`; err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", where, got, err, want)
		}
	}
}

func TestWhatTheAPIRefusesIsAFaultInItsWords(t *testing.T) {
	for where, c := range both(t) {
		_, err := c.Get(t.Context(), "/refused", nil)
		f, isFault := errors.AsType[*fault.Error](err)
		if !isFault || f.Kind != fault.Invalid || f.Message(fault.English) != "不對" || f.Hint(fault.English) != "請改正" || len(f.Faults) != 1 || f.Faults[0].In(fault.English) != "3: from: 不是日期" {
			t.Errorf("%s: %v", where, err)
		}
		if refusal, known := errors.AsType[*client.Refusal](err); !known || refusal.Key != "x.wrong" || refusal.Status != 422 {
			t.Errorf("%s: its cause is %v", where, refusal)
		}
		if _, err := c.Get(t.Context(), "/broken", nil); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: what is no answer of the API gives %v", where, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Get(ended, "/journeys", nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a question that was taken back gives %v", where, err)
		}
	}
}
