package load

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// errRefused is an answer other than 200.
var errRefused = errors.New("refused")

// connection speaks as much of HTTP/1.1 as a keep-alive client of one route
// needs. net/http's client costs several times what an event of a large batch
// costs the server, on the same processors.
type connection struct {
	net.Conn
	in     *bufio.Reader
	head   []byte // up to the digits of the length
	out    []byte // the request that is made
	took   []time.Duration
	errors []error
}

// The body's length is written into the head when the body is there: with
// leading zeros, which RFC 9110 §8.6 allows, so that the head's length is known.
const lengthDigits = 8

func newConnection(conn net.Conn, host, path, key string) *connection {
	basic := base64.StdEncoding.EncodeToString([]byte(key + ":"))
	return &connection{
		Conn: conn, in: bufio.NewReader(conn),
		head: fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: ",
			path, host, basic),
	}
}

// begin starts a request; the body is appended to out.
func (c *connection) begin() {
	c.out = append(append(c.out[:0], c.head...), "00000000\r\n\r\n"...)
}

// exchange sends the request and reads the answer to its end.
func (c *connection) exchange() error {
	body := len(c.out) - len(c.head) - lengthDigits - len("\r\n\r\n")
	copy(c.out[len(c.head):], fmt.Appendf(nil, "%0*d", lengthDigits, body))
	if _, err := c.Write(c.out); err != nil {
		return err
	}
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	ok := bytes.HasPrefix(line, []byte("HTTP/1.1 200 "))
	status := ""
	if !ok {
		status = strings.TrimSpace(string(line))
	}
	length := -1
	for {
		if line, err = c.in.ReadSlice('\n'); err != nil {
			return err
		}
		if len(line) <= len("\r\n") {
			break
		}
		if digits, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(digits))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return errors.New("an answer without a length")
	}
	if ok {
		_, err = c.in.Discard(length)
		return err
	}
	answer := make([]byte, min(length, 300))
	if _, err = c.in.Read(answer); err == nil {
		_, err = c.in.Discard(max(0, length-len(answer)))
	}
	return errors.Join(fmt.Errorf("%w: %s %s", errRefused, status, answer), err)
}
