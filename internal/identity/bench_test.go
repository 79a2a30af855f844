package identity_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"beichen/internal/event"
	"beichen/internal/identity"
)

// million makes a graph of a million ids: 600,000 visitors, 400,000 users, a
// link for every second user, and an alias for every hundredth.
func million() *identity.Graph {
	g := identity.NewGraph()
	for i := range 600_000 {
		g.Number(visitorRef(fmt.Sprintf("0b9d3f4a-77aa-4c1e-9d10-%012d", i)))
	}
	for i := range 400_000 {
		user := fmt.Sprintf("user-%08d", i)
		g.Number(userRef(user))
		at := day0.Add(time.Duration(i) * time.Second)
		if i%2 == 0 {
			g.Apply(identity.Row{MessageID: fmt.Sprintf("m-%036d", i), Type: event.Identify, UserID: user, AnonymousID: fmt.Sprintf("0b9d3f4a-77aa-4c1e-9d10-%012d", i), Time: at})
		}
		if i%100 == 1 {
			g.Apply(identity.Row{MessageID: fmt.Sprintf("a-%036d", i), Type: event.Alias, UserID: user, PreviousID: fmt.Sprintf("user-%08d", i-1), Time: at})
		}
	}
	return g
}

func TestAMillionIdsTakeLessThan120MB(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	g := million()
	v := g.View()
	used := float64(heap()-before) / (1 << 20)
	t.Logf("%.0f MB", used)
	if used > 120 {
		t.Errorf("a million ids take %.0f MB, want less than 120", used)
	}
	runtime.KeepAlive(v)
	runtime.KeepAlive(g)
}

func BenchmarkViewOfAMillionIdsAfterALink(b *testing.B) {
	g := million()
	for i := 0; b.Loop(); i++ {
		g.Apply(identity.Row{MessageID: fmt.Sprint(i), Type: event.Identify, UserID: "user-00000001", AnonymousID: fmt.Sprint("new", i), Time: day0})
		g.View()
	}
}

func BenchmarkViewOfAMillionIdsAfterANewId(b *testing.B) {
	g := million()
	for i := 0; b.Loop(); i++ {
		g.Number(visitorRef(fmt.Sprint("new", i)))
		g.View()
	}
}
