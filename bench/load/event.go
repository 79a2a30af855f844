package load

import (
	"strings"
	"time"
)

// BrowserEvents makes events of a shop as Segment's browser library sends them,
// some 900 bytes each: five kinds in turn, of so many customers, who have an id
// of theirs and an anonymous one, with one of 65,536 products and a cart of its
// own. The name sets the message ids of one run apart from those of any other.
// All happen at the given time.
func BrowserEvents(run string, customers int, at time.Time) func(out []byte, serial uint64) []byte {
	var kinds [len(names)]template
	for i, name := range names {
		kinds[i] = newTemplate(name, run, at)
	}
	return func(out []byte, serial uint64) []byte {
		// Equally likely, in no order (SplitMix64, Steele et al. 2014).
		x := serial + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
		start := len(out)
		t := &kinds[serial%uint64(len(kinds))]
		out = append(out, t.text...)
		for _, place := range t.places {
			digits := out[start+place.at:]
			switch place.of {
			case theSerial:
				putHex(digits[:16], serial)
			case theCart:
				putHex(digits[:16], x)
			case theCustomer:
				putHex(digits[:16], x%uint64(customers))
			case theProduct:
				putHex(digits[:4], x>>48)
			}
		}
		return out
	}
}

var names = [...]string{"Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Article Read"}

// template is an event's text with the places that differ from event to event.
type template struct {
	text   []byte
	places []place
}

// place is where a mark stood, which hexadecimal digits replace.
type place struct {
	at int
	of string
}

const (
	theSerial   = "SSSSSSSSSSSSSSSS"
	theCart     = "CCCCCCCCCCCCCCCC"
	theCustomer = "UUUUUUUUUUUUUUUU"
	theProduct  = "NNNN"
)

func newTemplate(name, run string, at time.Time) template {
	text := strings.NewReplacer("RUN", run, "EVENT", name, "WHEN", at.UTC().Format("2006-01-02T15:04:05.000Z07:00")).Replace(browserEvent)
	t := template{text: []byte(text)}
	for _, mark := range []string{theSerial, theCart, theCustomer, theProduct} {
		for from := 0; ; {
			next := strings.Index(text[from:], mark)
			if next < 0 {
				break
			}
			t.places = append(t.places, place{from + next, mark})
			from += next + len(mark)
		}
	}
	return t
}

const hexDigits = "0123456789abcdef"

// putHex writes the lowest digits of a number, as many as there is room for.
func putHex(out []byte, v uint64) {
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = hexDigits[v&15]
		v >>= 4
	}
}

const browserEvent = `{"type":"track","messageId":"ajs-next-RUN-` + theSerial + `","anonymousId":"5f0c8f3e-` + theCustomer + `",` +
	`"userId":"user-` + theCustomer + `","event":"EVENT","timestamp":"WHEN","properties":{"product_id":"tea-` + theProduct + `",` +
	`"sku":"TM-` + theProduct + `","cart_id":"` + theCart + `","category":"Machines","name":"Tea machine ` + theProduct + `",` +
	`"brand":"Beichen","variant":"black","price":1299.5,"quantity":2,"currency":"TWD","position":3,"value":2599,` +
	`"url":"https://shop.example/products/` + theProduct + `"},` +
	`"context":{"page":{"path":"/products/` + theProduct + `","referrer":"https://www.google.com/","title":"Tea machine ` + theProduct + `",` +
	`"url":"https://shop.example/products/` + theProduct + `?utm_medium=cpc"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) ` +
	`AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","locale":"zh-TW","library":{"name":"analytics.js",` +
	`"version":"npm:next-1.84.3"},"timezone":"Asia/Taipei","campaign":{"medium":"cpc","source":"google","name":"spring"}}}`
