package demo

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Broken is a message that cannot be taken, as a careless sender would post it.
type Broken struct {
	Raw    json.RawMessage
	Source string // the write key it came with
	Reason string // the fault key under which capture refuses it
}

// Broken lists messages that were sent to the company's capture address and
// could not be taken: there are Params.Broken of them, of every kind in turn.
// They are to be decoded as live messages, not as imported ones.
func (c *Company) Broken() []Broken {
	y := c.params.End.AddDate(0, 0, -1).Format("2006-01-02")
	kinds := []func(n int) Broken{
		func(n int) Broken {
			return Broken{message(`{"type":"track","event":"Order Placed","properties":{"order_id":"O-9%04d","value":48000,"currency":"TWD"},"timestamp":"%sT03:12:00Z"}`, n, y), "erp", "capture.no-id"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"track","userId":"c-0%04d","event":"Quote Sent","timestamp":"115/11/2%d 下午 3:20"}`, n, n%3), "crm", "capture.bad-time"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"alias","userId":"c-0%04d","timestamp":"%sT06:00:00Z"}`, n, y), "crm", "capture.no-previous-id"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"group","userId":"c-0%04d","traits":{"name":"青嵐資訊股份有限公司"},"timestamp":"%sT06:05:00Z"}`, n, y), "crm", "capture.no-group-id"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"track","userId":"m-0%04d","properties":{"serial":"QS-1-0%04d"},"timestamp":"%sT02:40:00Z"}`, n, n, y), "machines", "capture.no-event"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"purchase","userId":"c-0%04d","event":"Supplies Ordered","timestamp":"%sT08:30:00Z"}`, n, y), "erp", "capture.bad-type"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"track","userId":"m-0%04d","event":"Brew Made","properties":"tea=文山包種;ml=240","timestamp":"%sT02:41:00Z"}`, n, y), "machines", "capture.not-object"}
		},
		func(n int) Broken {
			scan := strings.Repeat("JVBERi0xLjcKJeLjz9MK", 2_000) // a PDF, pasted into the ticket
			return Broken{message(`{"type":"track","userId":"c-0%04d","event":"Ticket Opened","properties":{"topic":"leak","attachment":"%s"},"timestamp":"%sT09:00:00Z"}`, n, scan, y), "desk", "capture.too-large"}
		},
		func(n int) Broken {
			return Broken{message(`{"type":"identify","userId":["c-0%04d","web-0%04d"],"timestamp":"%sT09:10:00Z"}`, n, n, y), "site", "capture.bad-id"}
		},
	}
	var out []Broken
	for n := range c.params.Broken {
		out = append(out, kinds[n%len(kinds)](n+1))
	}
	return out
}

func message(format string, args ...any) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(format, args...))
}
