package stream

// cache holds answers by question, each for the facts it was made of. It is not
// safe for concurrent use.
type cache struct {
	most    int // bytes
	bytes   int
	clock   uint64
	answers map[string]*answer
}

// moment says which facts an answer is made of.
type moment struct{ through, identity uint64 }

type answer struct {
	at      moment
	streams *Streams
	bytes   int
	used    uint64
}

func (c *cache) get(key string, at moment) *Streams {
	a := c.answers[key]
	if a == nil || a.at != at {
		return nil
	}
	c.clock++
	a.used = c.clock
	return a.streams
}

// put keeps an answer in place of an older one to the same question, and drops
// those used longest ago until all fit.
func (c *cache) put(key string, at moment, s *Streams) {
	c.drop(key)
	size := s.bytes()
	if size > c.most {
		return
	}
	for c.bytes+size > c.most {
		oldest := ""
		for k, a := range c.answers {
			if oldest == "" || a.used < c.answers[oldest].used {
				oldest = k
			}
		}
		c.drop(oldest)
	}
	c.clock++
	c.answers[key] = &answer{at: at, streams: s, bytes: size, used: c.clock}
	c.bytes += size
}

func (c *cache) drop(key string) {
	if a := c.answers[key]; a != nil {
		c.bytes -= a.bytes
		delete(c.answers, key)
	}
}

func (c *cache) clear() {
	clear(c.answers)
	c.bytes = 0
}

// bytes is about what the columns take; dictionaries count a hundred a value.
func (s *Streams) bytes() int {
	n := 8*(len(s.Start)+len(s.Time)+len(s.Seq)+len(s.Match)+len(s.Value)+len(s.Cost)) + 4*(len(s.Name)+len(s.Currency))
	for k := range s.Keys {
		n += 4*len(s.Keys[k]) + 100*len(s.Values[k])
	}
	return n + 100*(len(s.Names)+len(s.Currencies))
}
