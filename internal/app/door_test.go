package app

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// says answers with a word, after a time unless it is broken off.
func says(word string, after time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(after):
			w.Write([]byte(word))
		case <-r.Context().Done():
			w.WriteHeader(http.StatusTeapot)
		}
	})
}

// knock asks and tells the answer when it comes.
func knock(d *door, path string) <-chan *httptest.ResponseRecorder {
	answer := make(chan *httptest.ResponseRecorder, 1)
	go func() {
		w := httptest.NewRecorder()
		d.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		answer <- w
	}()
	return answer
}

func TestWhoComesWhileTheDoorIsShutWaitsForTheNextWorkspace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.open(says("old", time.Second))
		inside := knock(&d, "/")
		synctest.Wait()
		began := time.Now()
		d.shut()
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("it was shut after %v, an answer under way takes a second", waited)
		}
		if w := <-inside; w.Body.String() != "old" {
			t.Errorf("the answer under way: %d %s", w.Code, w.Body)
		}
		late := knock(&d, "/")
		for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
			if w := <-knock(&d, path); w.Code != want || time.Since(began) > time.Second {
				t.Errorf("%s while it is shut: %d", path, w.Code)
			}
		}
		time.Sleep(3 * time.Second)
		d.open(says("new", 0))
		if w := <-late; w.Body.String() != "new" || w.Code != http.StatusOK {
			t.Errorf("who waited: %d %s", w.Code, w.Body)
		}
	})
}

func TestADoorSendsAwayWhoStaysTooLongAndWhoWaitsTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		d.open(says("old", time.Hour))
		inside := knock(&d, "/")
		synctest.Wait()
		began := time.Now()
		d.shut()
		if waited := time.Since(began); waited != leaveUntil {
			t.Errorf("it was shut after %v", waited)
		}
		if w := <-inside; w.Code != http.StatusTeapot {
			t.Errorf("the long answer: %d", w.Code)
		}
		w := <-knock(&d, "/")
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") != "2" || time.Since(began) != leaveUntil+waitAtDoor {
			t.Errorf("who waited: %d after %v", w.Code, time.Since(began))
		}
	})
}
