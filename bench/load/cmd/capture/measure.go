package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"beichen/bench/load"
)

// measured is a run of the generator with what its server did meanwhile.
type measured struct {
	load.Result
	maxLag, endLag float64 // events durable and not loaded
	caughtUp       time.Duration
	cpuPerEvent    time.Duration
	peakMiB        int
}

// measure runs the generator against the server, samples the lag each second,
// and waits until the server has loaded all.
func (s *server) measure(ctx context.Context, what string, c load.Config) (m measured, err error) {
	c.URL, c.Keys = s.url, s.keys
	c.Event = load.BrowserEvents(fmt.Sprintf("%x", time.Now().UnixNano()), 200_000, time.Now())
	cpu, _ := s.spent()
	sampling, stop := context.WithCancel(ctx)
	var sampler sync.WaitGroup
	sampler.Go(func() { m.maxLag = s.watchLag(sampling) })
	m.Result, err = load.Run(ctx, c)
	stop()
	sampler.Wait()
	if err != nil {
		return m, err
	}
	if m.Errors > 0 {
		return m, fmt.Errorf("%s: %d requests failed, the first: %w", what, m.Errors, m.FirstError)
	}
	ended := time.Now()
	for first := true; ; first = false {
		through, loaded, err := s.positions(ctx)
		if err != nil {
			return m, err
		}
		if first {
			m.endLag = through - loaded
			m.maxLag = max(m.maxLag, m.endLag)
		}
		if through == loaded {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	m.caughtUp = time.Since(ended)
	now, peak := s.spent()
	m.cpuPerEvent, m.peakMiB = (now-cpu)/time.Duration(max(1, m.Events)), peak
	fmt.Printf("%-24s %4.0f s  %8.0f events/s  p50 %6.1f  p99 %6.1f  max %6.1f ms  lag most %7.0f, at the end %7.0f, caught up in %4.1f s  CPU %5.1f µs/event  peak %d MiB\n",
		what, c.Duration.Seconds(), m.EventsPerSecond, ms(m.P50), ms(m.P99), ms(m.Max), m.maxLag, m.endLag, m.caughtUp.Seconds(),
		float64(m.cpuPerEvent.Nanoseconds())/1000, m.peakMiB)
	return m, nil
}

// watchLag is the most that was durable and not loaded, of samples a second apart.
func (s *server) watchLag(ctx context.Context) (most float64) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return most
		case <-ticker.C:
			if through, loaded, err := s.positions(ctx); err == nil {
				most = max(most, through-loaded)
			}
		}
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
