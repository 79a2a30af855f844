package load

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// BrowserEvents makes events of a shop as Segment's browser library sends them,
// some 900 bytes each: five kinds in turn, of so many customers, who have an id
// of theirs and an anonymous one. The name sets the message ids of one run apart
// from those of any other. All happen at the given time.
func BrowserEvents(run string, customers int, at time.Time) func(out []byte, serial uint64) []byte {
	var kinds [len(names)]template
	for i, name := range names {
		kinds[i] = newTemplate(name, run, i, at)
	}
	return func(out []byte, serial uint64) []byte {
		// A customer's events come at irregular intervals (SplitMix64, Steele et al. 2014).
		x := serial + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		return kinds[serial%uint64(len(kinds))].append(out, serial, (x^x>>31)%uint64(customers))
	}
}

var names = [...]string{"Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Article Read"}

// template is an event's text with the places that differ from event to event.
type template struct {
	text               []byte
	id, user, anonymos int
}

const (
	serialMark = "SSSSSSSSSSSSSSSS"
	userMark   = "UUUUUUUUUUUUUUUU"
	visitMark  = "AAAAAAAAAAAAAAAA"
)

func newTemplate(name, run string, kind int, at time.Time) template {
	product := strconv.Itoa(40 + kind)
	text := []byte(strings.NewReplacer("RUN", run, "EVENT", name, "NN", product,
		"WHEN", at.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	).Replace(browserEvent))
	return template{
		text: text, id: bytes.Index(text, []byte(serialMark)),
		user: bytes.Index(text, []byte(userMark)), anonymos: bytes.Index(text, []byte(visitMark)),
	}
}

func (t *template) append(out []byte, serial, customer uint64) []byte {
	start := len(out)
	out = append(out, t.text...)
	putHex(out[start+t.id:], serial)
	putHex(out[start+t.user:], customer)
	putHex(out[start+t.anonymos:], customer)
	return out
}

// putHex writes sixteen hexadecimal digits.
func putHex(out []byte, v uint64) {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], v)
	hex.Encode(out[:16], raw[:])
}

const browserEvent = `{"type":"track","messageId":"ajs-next-RUN-` + serialMark + `","anonymousId":"5f0c8f3e-` + visitMark + `",` +
	`"userId":"user-` + userMark + `","event":"EVENT","timestamp":"WHEN","properties":{"product_id":"tea-NN","sku":"TM-NN",` +
	`"category":"Machines","name":"Tea machine NN","brand":"Beichen","variant":"black","price":1299.5,"quantity":2,"coupon":"SPRING",` +
	`"currency":"TWD","position":3,"value":2599,"url":"https://shop.example/products/tea-machine-NN"},` +
	`"context":{"page":{"path":"/products/tea-machine-NN","referrer":"https://www.google.com/","title":"Tea machine NN",` +
	`"url":"https://shop.example/products/tea-machine-NN?utm_medium=cpc"},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) ` +
	`AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36","locale":"zh-TW","library":{"name":"analytics.js",` +
	`"version":"npm:next-1.84.3"},"timezone":"Asia/Taipei","campaign":{"medium":"cpc","source":"google","name":"spring"}}}`
