package eventlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"beichen/internal/fault"
)

// kept is what a test knows of one acknowledged payload.
type kept struct {
	record  uint64
	payload string
}

// put appends and waits.
func put(l *Log, payload string) (uint64, error) {
	type outcome struct {
		record uint64
		err    error
	}
	settled := make(chan outcome, 1)
	if err := l.Append([]byte(payload), func(record uint64, err error) { settled <- outcome{record, err} }); err != nil {
		return 0, err
	}
	o := <-settled
	return o.record, o.err
}

func mustOpen(t *testing.T, dir string, o Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func mustPut(t *testing.T, l *Log, payload string) uint64 {
	t.Helper()
	record, err := put(l, payload)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// replayed reads everything after an index.
func replayed(t *testing.T, l *Log, after uint64) []kept {
	t.Helper()
	var out []kept
	want := after
	err := l.Replay(after, func(record uint64, payloads [][]byte) error {
		if want++; record != want {
			t.Fatalf("record %d, want %d", record, want)
		}
		for _, p := range payloads {
			out = append(out, kept{record, string(p)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPowerCutLosesNothingAcknowledged cuts the power at a random operation,
// again and again on the same disk, under concurrent appends, rotation and
// cutting, and looks for every acknowledged payload afterwards.
func TestPowerCutLosesNothingAcknowledged(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		disk := newDisk()
		options := Options{SegmentBytes: int64(200 + r.IntN(1500)), GroupBytes: 100, Linger: time.Nanosecond}
		acknowledged := map[string]uint64{}
		var through uint64 // cut, on purpose, up to here
		for life := range 6 {
			options.FS = disk
			l, err := Open("", options)
			if err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, life, err)
			}
			found := map[string]uint64{}
			for _, k := range replayed(t, l, max(through, l.First()-1)) {
				if found[k.payload] != 0 {
					t.Fatalf("seed %d, life %d: %q stands twice", seed, life, k.payload)
				}
				found[k.payload] = k.record
			}
			for payload, record := range acknowledged {
				if record > through && found[payload] != record {
					t.Fatalf("seed %d, life %d: %q was acknowledged in record %d and is found in %d", seed, life, payload, record, found[payload])
				}
			}
			disk.mu.Lock()
			disk.cutAfter = r.IntN(120)
			disk.mu.Unlock()
			var mu sync.Mutex
			var senders sync.WaitGroup
			for sender := range 3 {
				length := r.IntN(300)
				senders.Go(func() {
					for i := 0; ; i++ {
						noise := make([]byte, length)
						for j := range noise {
							noise[j] = byte(rand.Uint32())
						}
						payload := fmt.Sprintf("%d/%d/%d:%s", life, sender, i, noise)
						record, err := put(l, payload)
						if err != nil {
							return
						}
						mu.Lock()
						acknowledged[payload] = record
						last := record
						mu.Unlock()
						if i%7 == 6 && last > 2 {
							mu.Lock()
							through = max(through, last-2)
							upTo := through
							mu.Unlock()
							if i%2 == 0 {
								_ = l.Turn()
							}
							_ = l.Cut(upTo) // the power may be gone
						}
					}
				})
			}
			senders.Wait()
			_ = l.Close()
			disk = disk.cut(r)
		}
		if len(acknowledged) == 0 {
			t.Fatalf("seed %d acknowledged nothing", seed)
		}
	}
}

func TestReopeningGoesOnWhereItEnded(t *testing.T) {
	dir := t.TempDir()
	var want []kept
	for life := range 4 {
		l := mustOpen(t, dir, Options{SegmentBytes: 100})
		for i := range 10 {
			payload := fmt.Sprintf("%d-%d-%s", life, i, bytes.Repeat([]byte{'x'}, i*10))
			want = append(want, kept{mustPut(t, l, payload), payload})
		}
		if got := replayed(t, l, 0); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("life %d: got %v, want %v", life, got, want)
		}
		if got := replayed(t, l, 5); fmt.Sprint(got) != fmt.Sprint(want[5:]) {
			t.Fatalf("life %d after 5: got %v", life, got)
		}
		if l.Last() != uint64(len(want)) || l.First() != 1 {
			t.Fatalf("first %d, last %d", l.First(), l.Last())
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAfterATurnAllThatWasDurableCanBeCut(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{})
	mustPut(t, l, "secret")
	through := l.Last()
	for range 2 { // there is no second segment without a record
		if err := l.Turn(); err != nil {
			t.Fatal(err)
		}
	}
	later := mustPut(t, l, "later")
	if err := l.Cut(through); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = mustOpen(t, dir, Options{})
	if got := replayed(t, l, through); fmt.Sprint(got) != fmt.Sprint([]kept{{later, "later"}}) {
		t.Errorf("%v", got)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Turn(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a closed log turned: %v", err)
	}
}

func TestPayloadsOfAMomentBecomeOneRecordInTheirOrder(t *testing.T) {
	l := mustOpen(t, t.TempDir(), Options{Linger: 500 * time.Millisecond})
	mustPut(t, l, "the group before") // the first one has nobody to keep a distance from
	var settled sync.WaitGroup
	var order []int
	records := map[uint64]bool{}
	for i := range 50 {
		settled.Add(1)
		err := l.Append([]byte{byte(i)}, func(record uint64, err error) {
			if err != nil {
				t.Error(err)
			}
			order, records[record] = append(order, i), true
			settled.Done()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	settled.Wait()
	if len(records) != 1 {
		t.Errorf("50 payloads of one moment made %d records", len(records))
	}
	for i, got := range order {
		if i != got {
			t.Fatalf("settled in the order %v", order)
		}
	}
}

func TestCutGivesBackWholeSegmentsAndKeepsTheRest(t *testing.T) {
	dir := t.TempDir()
	l := mustOpen(t, dir, Options{SegmentBytes: 60})
	var want []kept
	for i := range 20 {
		payload := fmt.Sprintf("payload number %02d", i)
		want = append(want, kept{mustPut(t, l, payload), payload})
	}
	before := l.Bytes()
	if err := l.Cut(11); err != nil {
		t.Fatal(err)
	}
	if l.Bytes() >= before || l.First() > 12 || l.First() < 2 {
		t.Errorf("after cutting 11 of 20: %d of %d bytes, first %d", l.Bytes(), before, l.First())
	}
	if got := replayed(t, l, 11); fmt.Sprint(got) != fmt.Sprint(want[11:]) {
		t.Errorf("got %v", got)
	}
	if err := l.Replay(0, func(uint64, [][]byte) error { return nil }); !fault.Is(err, fault.Internal) {
		t.Errorf("replaying what was cut: %v", err)
	}
	if err := l.Cut(20); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = mustOpen(t, dir, Options{SegmentBytes: 60})
	if got := mustPut(t, l, "next"); got != 21 {
		t.Errorf("the record after all were cut has index %d", got)
	}
}

func TestAnEmptyLogBeginsWhereItIsTold(t *testing.T) {
	l := mustOpen(t, t.TempDir(), Options{First: 41})
	if l.Last() != 40 || len(replayed(t, l, 40)) != 0 {
		t.Errorf("last %d", l.Last())
	}
	if got := mustPut(t, l, "x"); got != 41 {
		t.Errorf("first record %d", got)
	}
}

func TestATornEndIsDroppedAndDamageIsNot(t *testing.T) {
	write := func(t *testing.T) (dir, file string, whole []byte) {
		dir = t.TempDir()
		l := mustOpen(t, dir, Options{})
		for i := range 5 {
			mustPut(t, l, fmt.Sprintf("payload %d", i))
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(dir, fileName(1))
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return dir, file, whole
	}
	dir, file, whole := write(t)
	size := len(whole) / 5
	for torn := 1; torn < size; torn++ {
		if err := os.WriteFile(file, whole[:len(whole)-torn], 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(dir, Options{})
		if err != nil {
			t.Fatalf("%d bytes torn off: %v", torn, err)
		}
		if l.Last() != 4 || mustPut(t, l, "again") != 5 || len(replayed(t, l, 0)) != 5 {
			t.Fatalf("%d bytes torn off: last %d", torn, l.Last())
		}
		l.Close()
	}
	for bit := range 8 * size * 4 { // any bit of the first four records
		flipped := bytes.Clone(whole)
		flipped[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(file, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(dir, Options{})
		if !fault.Is(err, fault.Internal) {
			t.Fatalf("bit %d flipped: %v", bit, err)
		}
		if l != nil {
			l.Close()
		}
		if now, _ := os.ReadFile(file); !bytes.Equal(now, flipped) {
			t.Fatalf("bit %d flipped: opening changed the file", bit)
		}
	}
}

func TestTheDiskBoundRefusesAndACutAdmitsAgain(t *testing.T) {
	// By segments of the default, and by one that is larger than the whole log may be.
	for _, o := range []Options{{MaxBytes: 400}, {MaxBytes: 400, SegmentBytes: 1000}} {
		refusesAndAdmits(t, mustOpen(t, t.TempDir(), o))
	}
}

func refusesAndAdmits(t *testing.T, l *Log) {
	t.Helper()
	var err error
	for i := 0; i < 1000 && err == nil; i++ {
		_, err = put(l, fmt.Sprintf("payload number %d", i))
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unavailable || f.Args["retryAfter"] != Retry || !l.Full() {
		t.Fatalf("a full log answers %v", err)
	}
	if err := l.Cut(l.Last()); err != nil {
		t.Fatal(err)
	}
	mustPut(t, l, "room again")
}

func TestAfterAFailedSyncNothingIsAcknowledged(t *testing.T) {
	disk := newDisk()
	l := mustOpen(t, "", Options{FS: disk})
	mustPut(t, l, "good")
	disk.mu.Lock()
	disk.failSync = true
	disk.mu.Unlock()
	if _, err := put(l, "lost"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	disk.mu.Lock()
	disk.failSync = false
	disk.mu.Unlock()
	if _, err := put(l, "later"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("a log that lost track of its disk answers %v", err)
	}
}

func TestOneFolderHasOneLog(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir, Options{})
	if _, err := Open(dir, Options{}); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("opened twice: %v", err)
	}
}

func TestCloseSettlesWhatWasAppended(t *testing.T) {
	disk := newDisk()
	l := mustOpen(t, "", Options{FS: disk, Linger: time.Hour, GroupBytes: 1})
	var settled sync.WaitGroup
	for range 20 {
		settled.Add(1)
		if err := l.Append([]byte("x"), func(_ uint64, err error) {
			if err != nil {
				t.Error(err)
			}
			settled.Done()
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	settled.Wait()
	if _, err := put(l, "late"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a closed log answers %v", err)
	}
	if disk.open != 0 {
		t.Errorf("%d files left open", disk.open)
	}
}

func TestMemoryForLargeRecordsStaysWhileTheyComeAndGoesAfterThem(t *testing.T) {
	var c encoder
	kept := func() int { return cap(c.plain) + cap(c.frame) }
	large, small := []entry{{payload: make([]byte, keptBytes)}}, []entry{{payload: []byte("a")}}
	c.encode(1, large)
	for range 10 {
		c.encode(2, small)
	}
	before := &c.plain[:1][0]
	c.encode(3, large)
	if &c.plain[:1][0] != before {
		t.Error("a large record among small ones was given memory anew")
	}
	for range 100 {
		c.encode(4, small)
	}
	if kept() > keptBytes {
		t.Errorf("%d bytes are kept when large records have long ceased", kept())
	}
}

func FuzzPayloads(f *testing.F) {
	f.Add(new(encoder).encode(1, []entry{{payload: []byte("a")}, {payload: nil}}))
	f.Add(make([]byte, headerSize))
	f.Fuzz(func(t *testing.T, frame []byte) {
		if len(frame) < headerSize || len(frame) > 1<<16 {
			return
		}
		_, _ = payloads(frame) // whatever the bytes, an answer and no panic
	})
}
